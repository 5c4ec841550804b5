/** What Prometheus and the log are told of what the server does. */
import { afterEach, expect, test } from 'vitest';
import { type AppOptions, type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';

let app: TestApp | null = null;
let server: Listening;
async function start(options: AppOptions = {}) {
  app = await startApp({ ...options, env: { CACHE_ENGINE: 'larder', ...options.env } });
  server = await listen(app);
  return app;
}
afterEach(async () => {
  await server.close();
  await app?.close();
});

const ask = async (query: string) => {
  const body = JSON.stringify({ query });
  await (
    await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  ).text();
};
const scrape = async () => (await fetch(`${server.url}/metrics`)).text();
const valueOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1] ?? NaN,
  );

test('requests are counted by what the cache did, operations by their names, and writes by what they ended', async () => {
  const { prisma, poll, token } = await start();
  const agentId = idOf('Agent', await createAgent(prisma, { slug: 'one' }));
  await poll();
  for (let time = 0; time < 4; time += 1) await ask('query One { agent(slug: "one") { name author { username } } }');
  await mutate(app!, 'updateAgent', {
    input: { agentId, name: 'new' },
    select: 'agent { id }',
    token: await token('demo', 'ADMIN'),
  });
  await ask('query One { agent(slug: "one") { name author { username } } }');
  await ask('{ nothing }');
  const text = await scrape();
  expect(valueOf(text, 'larder_requests_total{status="hit",tier="memory"}')).toBe(3);
  expect(valueOf(text, 'larder_requests_total{status="miss",tier="none"}')).toBe(2);
  expect(valueOf(text, 'larder_operation_duration_seconds_count{operation="One"}')).toBe(5);
  expect(valueOf(text, 'larder_operation_duration_seconds_bucket{operation="One",le="+Inf"}')).toBe(5);
  expect(valueOf(text, 'larder_operation_duration_seconds_count{operation="(anonymous)"}')).toBe(2);
  expect(valueOf(text, 'larder_stored_total')).toBe(2);
  expect(valueOf(text, 'larder_purged_total')).toBe(1);
  expect(valueOf(text, 'larder_missed_total{reason="changed"}')).toBe(1);
  expect(valueOf(text, 'larder_errors_total{code="BAD_USER_INPUT"}')).toBe(1);
  expect(valueOf(text, 'larder_mutation_wait_seconds_count')).toBeGreaterThan(0);
  expect(valueOf(text, 'larder_loader_batch_size_count')).toBeGreaterThan(0);
  expect(valueOf(text, 'larder_memory_entries')).toBeGreaterThan(0);
  expect(valueOf(text, 'larder_ledger_age_seconds')).toBeLessThan(60);
});

test('why an answer was not stored is counted apart from why it was no hit', async () => {
  const { prisma, poll } = await start();
  await createAgent(prisma, { slug: 'one' });
  await poll();
  await ask('{ node(id: "none") { id } }');
  await ask('mutation { flushCache { purged } }');
  await ask('{ agent(slug: "one") { name } }');
  const text = await scrape();
  const reasons = (name: string) => text.split('\n').filter((line) => line.startsWith(`larder_${name}_total{`));
  expect(reasons('unstored')).toEqual(['larder_unstored_total{reason="errors"} 1']);
  expect(reasons('missed')).toEqual([
    'larder_missed_total{reason="absent"} 2',
    'larder_missed_total{reason="method"} 1',
  ]);
  expect(valueOf(text, 'larder_stored_total')).toBe(1);
});

test('executions under way are shown while they are', async () => {
  const { prisma } = await start();
  await createAgent(prisma, { slug: 'one' });
  let answering = Promise.resolve();
  // The embedded database has one connection, and does one thing after the other.
  await prisma.$transaction(async () => {
    expect(valueOf(await scrape(), 'larder_flights')).toBe(0);
    answering = ask('{ agent(slug: "one") { name } }');
    while (valueOf(await scrape(), 'larder_flights') !== 1) continue;
  });
  await answering;
  expect(valueOf(await scrape(), 'larder_flights')).toBe(0);
});

test('how late a write was learnt of is told by the clock of the database, where nothing had told of it before', async () => {
  const { prisma, poll } = await start();
  const count = async () => valueOf(await scrape(), 'larder_event_lag_seconds_count');
  await poll();
  const before = await count();
  // Written past the API: the ledger alone tells of it.
  await createAgent(prisma, { slug: 'one' });
  await poll();
  expect(await count()).toBeGreaterThan(before);
  const sum = valueOf(await scrape(), 'larder_event_lag_seconds_sum');
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan(60);
});

test('who is turned away is counted by the reason', async () => {
  const log = captureLog();
  const { prisma } = await start({ logger: log.logger, env: { RATE_LIMIT_PER_MINUTE: '2', MAX_IN_FLIGHT: '1' } });
  await createAgent(prisma, { slug: 'one' });
  for (let time = 0; time < 5; time += 1) await ask(`query Q${time} { agent(slug: "one") { name } }`);
  const refused = async (kind: string) => valueOf(await scrape(), `larder_refused_total{kind="${kind}"}`);
  expect(await refused('rate-limited')).toBe(3);
  let answering: Promise<unknown> = Promise.resolve();
  await prisma.$transaction(async () => {
    // Inside until the database answers it.
    answering = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await app!.token('busy')}` },
      body: JSON.stringify({ query: '{ viewer { username } }' }),
    });
    while ((await refused('shed')) !== 3) await ask('{ __typename }');
  });
  await answering;
  expect(await refused('shed')).toBe(3);
  const told = log.lines.filter(({ msg }) => msg === 'requests are turned away');
  expect(told).toMatchObject([{ turnedAway: { 'rate-limited': 1 } }]);
});

test('clients that make up names get one label for all of them from the 201st on', async () => {
  await start();
  for (let number = 0; number < 230; number += 1) await ask(`query Name${number} { __typename }`);
  const labels = new Set((await scrape()).match(/operation="[^"]*"/g));
  expect(labels.size).toBe(201);
  expect(labels).toContain('operation="(other)"');
});

test('in production metrics are for whoever has the token for them, and for admins', async () => {
  const AUTH = { NODE_ENV: 'production', AUTH_SECRET: 'a secret that only the tests know of' };
  const { token } = await start({ env: { ...AUTH, METRICS_TOKEN: 'sixteen characters' } });
  const status = async (authorization?: string) =>
    (await fetch(`${server.url}/metrics`, { headers: authorization ? { authorization } : {} })).status;
  expect(await status()).toBe(401);
  expect(await status('Bearer sixteen character')).toBe(401);
  expect(await status(`Bearer ${await token('demo')}`)).toBe(401);
  expect(await status('Bearer sixteen characters')).toBe(200);
  expect(await status(`Bearer ${await token('demo', 'ADMIN')}`)).toBe(200);
});

test('without METRICS_TOKEN production shows metrics to admins alone; with it development asks for it, too', async () => {
  const AUTH_SECRET = 'a secret that only the tests know of';
  const status = async () => (await fetch(`${server.url}/metrics`)).status;
  const production = await start({ env: { NODE_ENV: 'production', AUTH_SECRET } });
  expect(await status()).toBe(401);
  const authorization = `Bearer ${await production.token('demo', 'ADMIN')}`;
  expect((await fetch(`${server.url}/metrics`, { headers: { authorization } })).status).toBe(200);
  await server.close();
  await production.close();
  await start({ env: { NODE_ENV: 'development', METRICS_TOKEN: 'sixteen characters' } });
  expect(await status()).toBe(401);
});

test('an operation has one line, with what it was and what became of it; of hits every so many', async () => {
  const log = captureLog();
  const { prisma, poll } = await start({ logger: log.logger, env: { LOG_HITS: '0.25', SLOW_MS: '600000' } });
  await createAgent(prisma, { slug: 'one' });
  await poll();
  for (let time = 0; time < 9; time += 1) await ask('query One { agent(slug: "one") { name } }');
  const lines = log.lines.filter(({ msg }) => msg === 'operation');
  expect(lines).toMatchObject([
    { operation: 'One', kind: 'query', cache: 'MISS', reason: 'absent', isStored: true, status: 200, errors: [] },
    { operation: 'One', cache: 'HIT', tier: 'memory', statements: 0 },
    { operation: 'One', cache: 'HIT', tier: 'memory', statements: 0 },
  ]);
  expect(lines[0]!['statements']).toBeGreaterThan(0);
});

test('a slow operation is told with the SQL that took long, without its values', async () => {
  const log = captureLog();
  const { prisma } = await start({ logger: log.logger, env: { SLOW_MS: '50' } });
  await createAgent(prisma, { slug: 'one' });
  // In place of the table, one whose rows take their time.
  await prisma.$executeRawUnsafe('ALTER TABLE "Agent" RENAME TO "FastAgent"');
  await prisma.$executeRawUnsafe(
    `CREATE VIEW "Agent" AS SELECT t.* FROM "FastAgent" t, (SELECT sum(i::numeric ^ 3) FROM generate_series(1, 400000) i) slow(s) WHERE s > 0`,
  );
  await ask('query Slow { agent(slug: "one") { name } }');
  const slow = log.lines.find(({ msg }) => msg === 'a slow operation') as unknown as {
    slow: { sql: string; ms: number }[];
  };
  expect(slow.slow[0]!.sql).toMatch(/"Agent"[^]*\$1/);
  expect(slow.slow[0]!.ms).toBeGreaterThan(50);
  expect(JSON.stringify(slow)).not.toContain('"one"');
});
