/** What these proofs have in common as programs: options, a PostgreSQL server of their own, a progress line. */
import { copyDatabase, startMigratedServer } from '../support/migrated-server.js';
import type { TestDatabase } from '../support/test-database.js';
import { type Verdict, asProgram, say, wholeNumber } from './verdict.js';

export interface ProofOptions {
  cases: number;
  /** The same seed asks and writes the same. */
  seed: string;
  /** CACHE_ENGINE of the app that is tried. */
  engine: string;
}

export type CreateDatabase = () => Promise<TestDatabase>;

/** Makes a module the program `--cases N --seed S --engine E`. Does nothing when imported. */
export const asProof = (
  moduleUrl: string,
  cases: { ci: number; release: number },
  prove: (options: ProofOptions, createDatabase: CreateDatabase) => Promise<Verdict>,
): Promise<void> =>
  asProgram(moduleUrl, ['cases', 'seed', 'engine'], async ({ size, options }) => {
    const { seed = '1', engine = 'larder' } = options;
    const server = await startMigratedServer();
    try {
      const wanted = wholeNumber(options['cases'], cases[size]);
      return await prove({ cases: wanted, seed, engine }, () => copyDatabase(server));
    } finally {
      await server.stop();
    }
  });

const EVERY_MS = 5_000;

/** Tells how far a proof is, now and then. */
export function createProgress(name: string, wanted: number): (done: number, note: string) => void {
  let next = performance.now() + EVERY_MS;
  return (done, note) => {
    if (performance.now() < next && done < wanted) return;
    next = performance.now() + EVERY_MS;
    say(`${name}: ${done.toLocaleString('en')} of ${wanted.toLocaleString('en')}, ${note}`);
  };
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;

/** Below this share of hits it was not the cache that answered, and nothing was shown of it. */
const MIN_HITS = 0.25;

/** Engines that say what was a hit are held to it. */
export const wasTried = ({ engine, hits, cases }: { engine: string; hits: number; cases: number }): boolean =>
  engine !== 'larder' || hits >= MIN_HITS * cases;
