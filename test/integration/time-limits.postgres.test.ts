/** Whatever makes a statement slow, it is ended, and what it held is free again. */
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QUERY_TIMEOUT_MS } from '../../src/graphql/time-limit.js';
import { type TestApp, startApp } from '../support/app.js';
import { listen } from '../support/listen.js';
import { createAgent, createUser } from '../support/marketplace.js';
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
  const message = expect.stringMatching(/^Somebody else is changing the same\. Try again in a moment\. \(Request /);
  expect(errors).toMatchObject([{ message, extensions: { code: 'UNAVAILABLE' } }]);
  expect(await ask()).toBeNull();
});

const NESTED = 'query Nested { agent(slug: "one") { name reviews { nodes { rating author { username } } } } }';

test.each(['by the server', 'before it'])(
  'a query that takes longer than it may in all, executed %s, is answered, asks nothing further, and gives its connection back',
  async (where) => {
    const server = await listen(app);
    const post = async () => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: NESTED }),
      });
      return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: object }[] };
    };
    try {
      const agent = await createAgent(app.prisma, { slug: 'one' });
      const { id: authorId } = await createUser(app.prisma, 'reviewer');
      const review = await app.prisma.review.create({ data: { agentId: agent.id, authorId, rating: 4, comment: '' } });
      await app.poll();
      if (where === 'before it') {
        for (let time = 0; time < 3; time += 1) expect((await post()).errors).toBeUndefined();
        await app.prisma.review.update({ where: { id: review.id }, data: { rating: 5 } });
        await app.poll();
      }
      await aside.query('BEGIN');
      await aside.query('LOCK TABLE "Review" IN ACCESS EXCLUSIVE MODE');
      await aside.query('SAVEPOINT first');
      await aside.query('LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE');
      // Less than the database lets anyone wait for a lock; the rest of the time is made up, and no statement takes so much of it that its connection is given up.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { result, statements } = await app.countStatements(async () => {
        const answer = post();
        await until('somebody waits for the first', () => isWaitedFor('Agent'));
        await vi.advanceTimersByTimeAsync(QUERY_TIMEOUT_MS / 2);
        await aside.query('ROLLBACK TO SAVEPOINT first');
        await until('somebody waits for the second', () => isWaitedFor('Review'));
        await vi.advanceTimersByTimeAsync(QUERY_TIMEOUT_MS / 2);
        const given = await answer;
        vi.useRealTimers();
        await aside.query('ROLLBACK');
        await until('all connections are free', isPoolFree);
        return given;
      });
      expect(result).toMatchObject({
        errors: [
          {
            message: 'This operation took too long, and was given up. Ask for less at a time, or try again.',
            extensions: { code: 'UNAVAILABLE' },
          },
        ],
      });
      const asked = statements.filter((sql) => /"(Agent|Review|User)"/.test(sql));
      expect(asked.map((sql) => /FROM "(\w+)"/.exec(sql)?.[1])).toEqual(['Agent', 'Review']);
      expect((await post()).errors).toBeUndefined();
    } finally {
      vi.useRealTimers();
      await server.close();
    }
  },
);

/** Asked over and over: the clock stands still. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let time = 0; time < 2_000; time += 1) if (await holds()) return;
  throw new Error(`It never came to it that ${what}.`);
}

async function isWaitedFor(table: string): Promise<boolean> {
  const { rows } = await aside.query<{ waiting: number }>(
    'SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = $1::regclass',
    [`"${table}"`],
  );
  return rows[0]!.waiting > 0;
}

async function isPoolFree(): Promise<boolean> {
  // Lets the process hear of what has ended: a page of metrics is made without a look at its sockets.
  await aside.query('SELECT 1');
  const text = await (await app.request('/metrics')).text();
  const valueOf = (name: string) => Number(new RegExp(`^larder_pool_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return valueOf('connections') > 0 && valueOf('idle') === valueOf('connections') && valueOf('waiting') === 0;
}
