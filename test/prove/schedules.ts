/**
 * Schedules of fill, invalidate and evict: fast-check decides in which order everything that is awaited goes on. A read that begins after a write was
 * acknowledged must bring that write, from memory, from the shared tier, or from somebody else's execution.
 *
 *     tsx test/prove/schedules.ts --runs 100000 --seed 1 [--unfenced]
 */
import { parseArgs } from 'node:util';
import fc, { type Scheduler } from 'fast-check';
import { bodyOf, textOf } from '../../src/cache/body.js';
import { Cache } from '../../src/cache/cache.js';
import { systemClock } from '../../src/cache/clock.js';
import { EXISTENCE } from '../../src/cache/dependency.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import { Seal } from '../../src/cache/seal.js';
import type { Snapshot } from '../../src/cache/snapshot.js';

const EPOCH = 'epoch';
const DAY = { maxAge: 86_400, staleWhileRevalidate: 0, staleIfError: 0 };

/** One table of counters. Transactions commit in any order, and what is committed is read at once. */
class Counters {
  readonly #values = new Map<string, number>();
  readonly #running = new Set<number>();
  #next = 1;

  begin(): number {
    this.#running.add(this.#next);
    return this.#next++;
  }

  commit(xid: number, key: string): number {
    const value = this.read(key) + 1;
    this.#values.set(key, value);
    this.#running.delete(xid);
    return value;
  }

  read(key: string): number {
    return this.#values.get(key) ?? 0;
  }

  snapshot(): Snapshot {
    return { xmin: Math.min(this.#next, ...this.#running), xmax: this.#next, running: [...this.#running] };
  }
}

/** Broken: what a slow fill brings is stored whatever was written meanwhile. Entries that are stored already do notice. */
export class UnfencedKnowledge extends Knowledge {
  override objectionTo(): null {
    return null;
  }
}

type Step = { kind: 'read' | 'write' | 'forget'; key: string };

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>('read', 'read', 'read', 'write', 'write', 'forget'),
    key: fc.constantFrom('a', 'b'),
  }),
  { minLength: 2, maxLength: 8 },
);

/** Runs `steps` at once, under the scheduler's hand. @throws when a read is older than what was acknowledged before it began. */
async function play(s: Scheduler, played: readonly Step[], knowledge: Knowledge): Promise<void> {
  const counters = new Counters();
  const acknowledged = new Map<string, number>();
  const turn = () => s.schedule(Promise.resolve());
  knowledge.begin(EPOCH);
  knowledge.missedBelow(0);
  const cache = new Cache({
    knowledge,
    instance: {
      isLive: true,
      lapsedForMs: 0,
      poll: () => Promise.resolve(),
      position: async () => {
        const snapshot = counters.snapshot();
        await turn();
        return { epoch: EPOCH, snapshot };
      },
    },
    clock: systemClock,
    seal: new Seal(Buffer.from('a key of thirty-two bytes at the least')),
    remote: sharedTier(turn),
    maxBytes: 1_000_000,
  });

  const acts: Record<Step['kind'], (key: string) => Promise<void>> = {
    async read(key) {
      const least = acknowledged.get(key) ?? 0;
      const { body } = await cache.respond(key, async () => {
        await turn();
        const value = counters.read(key);
        await turn();
        const dependencies = [
          { tag: `Counter:${key}`, columns: ['value'] },
          { tag: 'Counter', columns: [EXISTENCE] },
        ];
        return { body: bodyOf(String(value)), dependencies, lifetime: DAY };
      });
      const value = Number(textOf(body));
      if (value < least) throw new Error(`"${key}" was read as ${value}, after ${least} had been acknowledged`);
    },
    async write(key) {
      const xid = counters.begin();
      const learn = () => knowledge.apply({ xid, changes: [{ tag: `Counter:${key}`, columns: ['value'] }] });
      await turn();
      // The bus may be faster than the commit.
      const isEarly = xid % 2 === 0;
      if (isEarly) learn();
      await turn();
      const value = counters.commit(xid, key);
      await turn();
      learn();
      acknowledged.set(key, Math.max(value, acknowledged.get(key) ?? 0));
    },
    async forget(key) {
      await turn();
      cache.memory.delete(key);
    },
  };
  // A failure is kept for the end: others are to go on meanwhile, or nobody would release them.
  const played$ = played.map(({ kind, key }) => turn().then(() => acts[kind](key)));
  await s.waitFor(Promise.allSettled(played$));
  await Promise.all(played$);
}

function sharedTier(turn: () => Promise<void>): RemoteTier {
  const values = new Map<string, Uint8Array>();
  return {
    async get(key) {
      const value = values.get(key) ?? null;
      await turn();
      return value;
    },
    async set(key, sealed) {
      await turn();
      values.set(key, sealed);
    },
    async claim() {
      await turn();
      return { release: () => Promise.resolve() };
    },
  };
}

export interface SchedulesResult {
  runs: number;
  seed: number;
  /** Null: none failed. */
  failure: string | null;
}

export async function runSchedules(
  runs: number,
  seed: number,
  makeKnowledge = () => new Knowledge(),
): Promise<SchedulesResult> {
  const property = fc.asyncProperty(fc.scheduler(), steps, (s, played) => play(s, played, makeKnowledge()));
  const { failed, numRuns, errorInstance } = await fc.check(property, { numRuns: runs, seed });
  return { runs: numRuns, seed, failure: failed ? String(errorInstance) : null };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      unfenced: { type: 'boolean' },
    },
  });
  const knowledge = values.unfenced ? () => new UnfencedKnowledge() : () => new Knowledge();
  const CHUNK = 1_000;
  let done = 0;
  let failure: string | null = null;
  while (done < Number(values.runs) && failure === null) {
    const result = await runSchedules(
      Math.min(CHUNK, Number(values.runs) - done),
      Number(values.seed) + done,
      knowledge,
    );
    done += result.runs;
    failure = result.failure;
    process.stderr.write(`\rschedules: ${done} of ${values.runs}`);
  }
  process.stderr.write('\n');
  console.log(JSON.stringify({ schedules: done, seed: Number(values.seed), failure }));
  process.exitCode = failure === null ? 0 : 1;
}
