import { describe, expect, test } from 'vitest';
import { conduct } from './campaign.js';
import { WEAKENED } from './weakened/all.js';
import type { Patch } from './weakened/weakening.js';

const SEEDS = 2_000;
const FEW_SEEDS = 200;
const WORKERS = 2;
/** A change of the protocol's timing changes what happens in a seed: then a neighbour shows what it showed. */
const NEIGHBOURS = 100;
/** A seed takes about 30 ms on a free core. */
const TIME_LIMIT_MS = 10 * 60_000;

/** As strong as ours, with so little room that changes are forgotten all the time. */
const LITTLE_MEMORY: readonly Patch[] = [
  { file: 'src/cache/knowledge.ts', find: 'MAX_KNOWN = 200_000', replace: 'MAX_KNOWN = 12' },
];

describe('the protocol in a simulated world', () => {
  test(
    `no read of ${SEEDS} worlds is older than an acknowledged write, and the cache is of use in them`,
    async () => {
      const summary = await conduct({ from: 1, count: SEEDS, workers: WORKERS, onProgress: progress() });
      expect(summary.firstBroken, 'replay it: npx tsx test/simulation/run.ts --replay <seed>').toBeNull();
      const { reads, hits, mutations, faults } = summary.tally;
      expect(hits / reads).toBeGreaterThan(0.3);
      expect(mutations / SEEDS).toBeGreaterThan(10);
      expect(faults / SEEDS).toBeGreaterThan(20);
    },
    TIME_LIMIT_MS,
  );

  test(
    'nor where there is room for few changes only',
    async () => {
      const patches = LITTLE_MEMORY;
      const { firstBroken } = await conduct({ patches, from: 1, count: FEW_SEEDS, workers: WORKERS });
      expect(firstBroken).toBeNull();
    },
    TIME_LIMIT_MS,
  );

  test('the same seed twice goes the same way, on any thread', async () => {
    const once = await conduct({ from: 7, count: 10, workers: 1 });
    const again = await conduct({ from: 7, count: 10, workers: 2 });
    expect(again.hash).toBe(once.hash);
  });
});

describe('a weakened protocol breaks the promise', () => {
  test.each(WEAKENED)(
    '$name: $why',
    async ({ patches, seed }) => {
      const search = { patches, from: seed, count: NEIGHBOURS, workers: 1, untilBroken: true, wrongOnly: true };
      expect((await conduct(search)).firstBroken).not.toBeNull();
    },
    TIME_LIMIT_MS,
  );
});

/** A line for each quarter. */
function progress(): (summary: { seeds: number }) => void {
  let told = 0;
  return ({ seeds }) => {
    const quarter = Math.floor((seeds * 4) / SEEDS);
    if (quarter === told) return;
    told = quarter;
    console.log(`  ${seeds} of ${SEEDS} simulated worlds`);
  };
}
