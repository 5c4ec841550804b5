/**
 * A workload as a marketplace has it, on both engines: few operations are asked often and many seldom, and one request in a hundred is a
 * write. Shows what the cache saves, that it is never stale, and that it removes little that was still right.
 *
 *     tsx test/prove/zipf.ts --cases 100000 --seed 1
 */
import { type CreateDatabase, type ProofOptions, asProof, percent } from './program.js';
import type { Verdict } from './verdict.js';
import { type Tally, runWorkload } from './zipf/run-workload.js';

const MIN_HIT_RATE = 0.97;
const MAX_STATEMENTS = 0.5;
const MIN_PRECISION = 0.6;

export interface ZipfVerdict extends Verdict {
  numbers: { seed: string; larder: Figures; envelop: Figures };
}

interface Figures extends Tally {
  /** Of the reads. */
  hitRate: number;
  statementsPerRequest: number;
  /** Of the entries that changes removed, how many had become wrong. */
  precision: number;
}

export async function proveZipf({ cases, seed }: ProofOptions, createDatabase: CreateDatabase): Promise<ZipfVerdict> {
  const larder = figures(await runWorkload('larder', cases, seed, await createDatabase()));
  const envelop = figures(await runWorkload('envelop', cases, seed, await createDatabase()));
  const ok =
    larder.hitRate >= MIN_HIT_RATE &&
    larder.stale === 0 &&
    larder.checked > 0 &&
    larder.precision >= MIN_PRECISION &&
    larder.statementsPerRequest <= MAX_STATEMENTS * envelop.statementsPerRequest;
  return { ok, result: `larder ${told(larder)}; envelop ${told(envelop)}`, numbers: { seed, larder, envelop } };
}

const figures = (tally: Tally): Figures => ({
  ...tally,
  hitRate: tally.hits / (tally.requests - tally.installations),
  statementsPerRequest: tally.statements / tally.requests,
  precision: tally.changed / Math.max(1, tally.removed),
});

const told = ({
  hits,
  requests,
  installations,
  stale,
  checked,
  statementsPerRequest,
  changed,
  removed,
}: Figures): string =>
  `${percent(hits, requests - installations)} hits, ${stale} of ${checked} stale, ` +
  `${statementsPerRequest.toFixed(3)} statements a request, precision ${percent(changed, removed)}`;

await asProof(import.meta.url, { ci: 10_000, release: 100_000 }, proveZipf);
