import { expect, it } from 'vitest';
import { UnfencedKnowledge, runSchedules } from '../prove/schedules.js';

it('in 10,000 schedules of fill, invalidate and evict, no read is older than what was acknowledged before it began', async () => {
  expect(await runSchedules(10_000, 1)).toEqual({ runs: 10_000, seed: 1, failure: null });
}, 120_000);

it('a cache that stores whatever a slow fill brings is caught by these schedules', async () => {
  const { failure } = await runSchedules(10_000, 1, () => new UnfencedKnowledge());
  expect(failure).toMatch(/had been acknowledged/);
}, 120_000);
