import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/test-database.js';
import { proveFuzz } from './fuzz.js';

it('random bad requests end nothing, come to no 5xx and show nothing of our inside', { timeout: 300_000 }, async () => {
  const { ok, numbers } = await proveFuzz({ cases: 3_000, seed: '1', engine: 'larder' }, createTestDatabase);
  expect(numbers).toMatchObject({ crashes: [], failures: [] });
  expect(ok).toBe(true);
});
