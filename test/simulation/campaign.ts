/** Many seeds, over several threads, added up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundle } from './bundle.js';
import type { Violation } from './checker.js';
import type { Run } from './simulate.js';
import { type Tally, addTally, nothingYet } from './tally.js';
import type { Patch } from './weakened/weakening.js';
import type { Order } from './worker.js';

export interface Campaign {
  readonly patches?: readonly Patch[];
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  /** Ends with the first seed that breaks the promise. */
  readonly untilBroken?: boolean;
  /** Only wrong answers count, not those that do not come: a weakened protocol must be caught for what it is. */
  readonly wrongOnly?: boolean;
  /** Prints what happens, step by step. */
  readonly isTold?: boolean;
  readonly onProgress?: (summary: Summary) => void;
}

export interface Summary {
  seeds: number;
  tally: Tally;
  /** How many seeds broke the promise, and the first of them. */
  broken: number;
  firstBroken: { seed: number; violations: readonly Violation[] } | null;
  /** Of all runs, whatever their order: the same for the same seeds and the same code. */
  hash: string;
}

/** Little lives longer than its world: with room for it, collecting garbage costs a third. */
const YOUNG_MB = 64;
/** Orders are small, so that all threads end together; smaller still where the first that is broken ends it. */
const SEEDS_PER_ORDER = 20;
const SEEDS_PER_SEARCH = 2;

export async function conduct(campaign: Campaign): Promise<Summary> {
  const { patches = [], from, count, workers, untilBroken, wrongOnly = false, isTold, onProgress } = campaign;
  const place = await mkdtemp(join(tmpdir(), 'larder-simulation-'));
  const file = join(place, 'simulation.mjs');
  await writeFile(file, await bundle(patches));
  const sum = createSum(wrongOnly);
  const isEnough = (): boolean => untilBroken === true && sum.summary.broken > 0;
  const most = untilBroken ? SEEDS_PER_SEARCH : SEEDS_PER_ORDER;
  let next = from;
  const takeOrder = (): Order | null => {
    if (next >= from + count || isEnough()) return null;
    const order = { from: next, count: Math.min(most, from + count - next), isTold };
    next += order.count;
    return order;
  };
  try {
    await Promise.all(
      Array.from({ length: workers }, () =>
        work(file, takeOrder, (runs) => {
          for (const run of runs) sum.add(run);
          onProgress?.(sum.summary);
        }),
      ),
    );
  } finally {
    await rm(place, { recursive: true });
  }
  return sum.summary;
}

/** One thread, until there are no orders any more. */
async function work(file: string, takeOrder: () => Order | null, take: (runs: readonly Run[]) => void): Promise<void> {
  const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  try {
    for (let order = takeOrder(); order; order = takeOrder()) {
      const answer = new Promise<readonly Run[]>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      worker.postMessage(order);
      take(await answer);
      worker.removeAllListeners('error');
    }
  } finally {
    await worker.terminate();
  }
}

function createSum(wrongOnly: boolean): { summary: Summary; add: (run: Run) => void } {
  const summary: Summary = { seeds: 0, tally: nothingYet(), broken: 0, firstBroken: null, hash: '0' };
  let hash = 0n;
  return {
    summary,
    add(run) {
      summary.seeds += 1;
      addTally(summary.tally, run.tally);
      hash ^= BigInt(`0x${run.hash}`) * BigInt(run.seed * 2 + 1);
      summary.hash = BigInt.asUintN(64, hash).toString(16);
      const violations = run.violations.filter(({ kind }) => !wrongOnly || kind !== 'stuck');
      if (violations.length === 0) return;
      summary.broken += 1;
      if (summary.firstBroken === null || run.seed < summary.firstBroken.seed)
        summary.firstBroken = { seed: run.seed, violations };
    },
  };
}
