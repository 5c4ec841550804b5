import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/test-database.js';
import { roleBlindCache, viewerBlindCache } from './careless-caches.js';
import { proveIsolation } from './isolation.js';

const MINUTES = 60_000;

it('shows nobody what is another’s', { timeout: 10 * MINUTES }, async () => {
  const { ok, result, numbers } = await proveIsolation(
    { cases: 10_000, seed: '1', engine: 'larder' },
    createTestDatabase,
  );
  console.log(result);
  expect(numbers.failure).toBeNull();
  expect(numbers.private).toBeGreaterThan(500);
  expect(ok, result).toBe(true);
});

describe('would find a cache that is', () => {
  it.each([viewerBlindCache, roleBlindCache])('a $name', { timeout: 2 * MINUTES }, async (through) => {
    const options = { cases: 2_000, seed: '1', engine: 'off', through };
    const { numbers } = await proveIsolation(options, createTestDatabase);
    expect(numbers.failure).not.toBeNull();
  });
});
