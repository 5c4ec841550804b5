/** Whatever makes a statement slow, it is ended, and what it held is free again. */
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const POOL = 2;
let place: TestDatabase;
let app: TestApp;
let aside: pg.Client;
beforeEach(async () => {
  place = await createTestDatabase();
  app = await startApp({ place, env: { CACHE_ENGINE: 'larder', DATABASE_POOL: String(POOL) } });
  aside = new pg.Client({ connectionString: place.url });
  await aside.connect();
});
afterEach(async () => {
  await aside.end();
  await app.close();
});

const ask = async () => (await app.execute('{ agentCategories { category } }')).errors[0]?.extensions.code ?? null;

test('statements that would sleep for a minute are ended after five seconds, and the pool is as before', async () => {
  await aside.query(`ALTER TABLE "Category" RENAME TO "Kept"`);
  await aside.query(`CREATE VIEW "Category" AS SELECT k.* FROM pg_sleep(60) LEFT JOIN "Kept" k ON true`);
  const startedAt = performance.now();
  // As many as there are connections, each another operation.
  const codes = await Promise.all(
    Array.from({ length: POOL }, (_, i) =>
      app.execute(`query Q${i} { agentCategories { category } }`).then(({ errors }) => errors[0]?.extensions.code),
    ),
  );
  expect(codes).toEqual(Array(POOL).fill('QUERY_TOO_COMPLEX'));
  expect(performance.now() - startedAt).toBeLessThan(9_000);
  const { rows } = await aside.query<{ sleeping: number }>(
    `SELECT count(*)::int AS sleeping FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'active' AND query LIKE '%Category%' AND pid <> pg_backend_pid()`,
  );
  expect(rows).toEqual([{ sleeping: 0 }]);
  await aside.query(`DROP VIEW "Category"`);
  await aside.query(`ALTER TABLE "Kept" RENAME TO "Category"`);
  await app.poll();
  expect(await Promise.all(Array.from({ length: 5 * POOL }, ask))).toEqual(Array(5 * POOL).fill(null));
});

test('a mutation that waits for a lock gives up before it keeps others waiting, and says that it may be tried again', async () => {
  const token = await app.token('ada');
  expect((await app.execute('mutation { createWalletNonce { nonce } }', {}, { token })).errors).toEqual([]);
  await aside.query('BEGIN');
  await aside.query(`LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE`);
  const { errors } = await app.execute(
    'mutation { updateProfile(input: { displayName: "Ada" }) { user { id } } }',
    {},
    { token },
  );
  await aside.query('ROLLBACK');
  expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  expect(await ask()).toBeNull();
});
