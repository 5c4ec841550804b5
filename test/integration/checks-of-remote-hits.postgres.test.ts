/** Hits from Redis are checked against the truth as those from memory are: whichever way they are answered. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObservedCheck, ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';
import { type TestRedis, startRedis } from '../support/redis.js';
import { createTestDatabase } from '../support/test-database.js';

const QUERY = 'query One($slug: String!) { agent(slug: $slug) { tagline } }';

let redis: TestRedis;
let apps: TestApp[];
let servers: Listening[];
let operations: ObservedOperation[];
let checks: ObservedCheck[];
beforeEach(async () => {
  redis = await startRedis();
  [apps, servers, operations, checks] = [[], [], [], []];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  // The first has made the database, and removes it.
  for (const app of apps.reverse()) await app.close();
  await redis.stop();
});

const ask = async (server: Listening, slug: string, headers: Record<string, string> = {}) =>
  await (
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: QUERY, variables: { slug } }),
    })
  ).text();

/** An answer is in Redis, and not true any more, which no instance was told. @returns one that has it not in memory. */
async function storeWhatIsWrong(env: Record<string, string> = {}): Promise<Listening> {
  const place = await createTestDatabase();
  const start = async (remove: () => Promise<void>) => {
    const settings = { CACHE_ENGINE: 'larder', REDIS_URL: redis.url, CHECK_HITS: '1', WARM_UP: 'off', ...env };
    const app = await startApp({ place: { url: place.url, remove }, env: settings });
    apps.push(app);
    const server = await listen(app);
    servers.push(server);
    return { app, server };
  };
  const first = await start(() => place.remove());
  for (const slug of ['one', 'two']) await createAgent(first.app.prisma, { slug, tagline: 'old' });
  await first.app.poll();
  await ask(first.server, 'one');
  const second = await start(async () => undefined);
  second.app.observations.on('operation', (operation) => operations.push(operation));
  second.app.observations.on('check', (check) => checks.push(check));
  await first.app.prisma.$transaction([
    first.app.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'new'`,
    first.app.prisma.$executeRaw`DELETE FROM cache_event WHERE xid = pg_current_xact_id()`,
  ]);
  return second.server;
}

const REMOTE = { status: 'HIT', tier: 'remote' };
const isFound = () => expect.poll(() => checks, { timeout: 10_000 }).toEqual([{ verdict: 'mismatch' }]);

describe('a wrong hit from Redis is found', () => {
  test.each([
    ['that the server has answered', {}],
    ['that was asked for with wishes', { 'x-cache-explain': '1' }],
  ])('%s', async (_how, headers: Record<string, string>) => {
    const server = await storeWhatIsWrong();
    expect(await ask(server, 'one', headers)).toContain('old');
    expect(operations).toMatchObject([{ ...REMOTE, isFront: false }]);
    await isFound();
    expect(await ask(server, 'one')).toContain('new');
  });

  test('that was answered before the server', async () => {
    const server = await storeWhatIsWrong();
    await ask(server, 'two');
    expect(await ask(server, 'one')).toContain('old');
    expect(operations).toMatchObject([{ status: 'MISS' }, { ...REMOTE, isFront: true }]);
    await isFound();
  });
});
