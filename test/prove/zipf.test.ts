import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/test-database.js';
import { proveZipf } from './zipf.js';

it('answers a marketplace from memory, fresh, at half the statements and less', { timeout: 600_000 }, async () => {
  const { ok, result, numbers } = await proveZipf({ cases: 10_000, seed: '1', engine: 'larder' }, createTestDatabase);
  console.log(result);
  expect(numbers.larder.stale).toBe(0);
  expect(ok, result).toBe(true);
});
