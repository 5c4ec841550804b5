import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/test-database.js';
import { deafCache } from './careless-caches.js';
import { proveSoundness } from './soundness.js';

const MINUTES = 60_000;

it('keeps no answer that a write has made wrong', { timeout: 10 * MINUTES }, async () => {
  const { ok, result, numbers } = await proveSoundness(
    { cases: 10_000, seed: '1', engine: 'larder' },
    createTestDatabase,
  );
  console.log(result);
  expect(numbers).toMatchObject({ failure: null, differences: 0, seldomAnswered: [] });
  expect(ok).toBe(true);
});

it('would find a cache that never learns of writes', { timeout: 2 * MINUTES }, async () => {
  const options = { cases: 2_000, seed: '1', engine: 'off', through: deafCache };
  const { numbers } = await proveSoundness(options, createTestDatabase);
  expect(numbers.differences).toBeGreaterThan(0);
});

it(
  'would find a cache that learns of mutations only, and shows it by as little as it takes',
  { timeout: 2 * MINUTES },
  async () => {
    const { numbers } = await proveSoundness({ cases: 2_000, seed: '1', engine: 'envelop' }, createTestDatabase);
    expect(numbers.failure).toMatchObject({ write: { kind: 'sql' }, smallest: { writes: [{ kind: 'sql' }] } });
  },
);
