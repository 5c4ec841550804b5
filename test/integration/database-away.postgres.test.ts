import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import { openDatabase } from '../../src/platform/database.js';
import { isDatabaseAway } from '../../src/platform/database-errors.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { startRedis } from '../support/redis.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { type SeverableProxy, proxyTo } from '../support/severable-proxy.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let proxy: SeverableProxy;
let url: string;
beforeEach(async () => {
  place = await createTestDatabase();
  ({ proxy, url } = await proxyTo(place.url));
});
afterEach(async () => {
  await proxy.cut();
  await place.remove();
});

const open = (options: { url: string; waitSeconds: number }, log = captureLog()) =>
  openDatabase({ kind: 'server', poolSize: 2, ...options }, { migrations: MIGRATIONS, logger: log.logger });

describe('a database that is away at the start', () => {
  test('is waited for, which the log says, and used once it is there', async () => {
    const log = captureLog();
    const opening = open({ url, waitSeconds: 30 }, log);
    await log.said(/waiting for the database/);
    await proxy.join();
    const database = await opening;
    expect(await database.prisma.category.count()).toBe(0);
    await database.close();
  });

  test('is waited for with longer pauses, and given up after the limit with a sentence that says what to check', async () => {
    const log = captureLog();
    await expect(open({ url, waitSeconds: 1 }, log)).rejects.toThrow(
      /^The database at postgresql:\/\/larder@127\.0\.0\.1:\d+\/test_\w+ cannot be reached \(.*ECONNREFUSED.*\)\. Check DATABASE_URL and that PostgreSQL runs\.$/,
    );
    const times = log.lines.map(({ time }) => Date.parse(String(time)));
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(240);
  });

  test('is not waited for when that cannot help', async () => {
    const log = captureLog();
    const nowhere = url.replace(/test_\w+/, 'nowhere');
    await proxy.join();
    await expect(open({ url: nowhere, waitSeconds: 30 }, log)).rejects.toThrow(/database "nowhere" does not exist/);
    expect(log.lines).toEqual([]);
  });

  test('never has its password in a message or in the log', async () => {
    const log = captureLog();
    const secret = url.replace('larder@', 'larder:hunter2@').concat('?password=hunter2');
    const opening = open({ url: secret, waitSeconds: 1 }, log);
    const message = await opening.then(
      () => 'opened',
      (error: unknown) => String(error),
    );
    expect(message).toMatch(/cannot be reached/);
    expect([message, JSON.stringify(log.lines)].join()).not.toContain('hunter2');
  });
});

test('a connection that is lost while nobody uses it is told with message and code, and nothing of the client', async () => {
  await proxy.join();
  const log = captureLog();
  const database = await open({ url, waitSeconds: 5 }, log);
  await database.prisma.$executeRaw`SELECT 1`;
  await proxy.cut();
  await log.said(/a database connection was lost/);
  const line = log.lines.find(({ msg }) => msg === 'a database connection was lost')!;
  expect(line.reason).toMatch(/^Connection terminated|ECONNRESET/);
  expect(Object.keys(line).filter((field) => !['code', 'level', 'msg', 'reason', 'time'].includes(field))).toEqual([]);
  await database.close();
});

test('connections that a burst has opened are there for the next, after 20 quiet minutes, too', async () => {
  await proxy.join();
  const database = await open({ url, waitSeconds: 5 });
  // When a connection is given back somebody may begin to count the time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const burst = () => Promise.all([database.prisma.$queryRaw`SELECT 1`, database.prisma.$queryRaw`SELECT 2`]);
    await burst();
    expect(database.pool!.idle).toBe(2);
    vi.advanceTimersByTime(1_200_000);
    expect(database.pool!.idle).toBe(2);
    await burst();
    expect(database.pool!.total).toBe(2);
  } finally {
    vi.useRealTimers();
    await database.close();
  }
});

test('connections that fall silent are given up as if they were lost, and others are made: after 6 seconds of a statement, after 16 in a transaction', async () => {
  await proxy.join();
  const log = captureLog();
  const database = await openDatabase(
    { kind: 'server', poolSize: 2, url, waitSeconds: 5 },
    { migrations: MIGRATIONS, logger: log.logger, announcesWrites: true },
  );
  const ask = () => database.readRows(Prisma.sql`SELECT 1`);
  await Promise.all([ask(), ask()]);
  proxy.fallSilent();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const seen: string[] = [];
    const tell = (name: string) => (error: unknown) => void seen.push(`${name}: ${isDatabaseAway(error)}`);
    const asked = ask().catch(tell('statement'));
    const changed = database
      .transact(({ readRows }) => readRows(Prisma.sql`SELECT 2`), null)
      .catch(tell('transaction'));
    await turn();
    vi.advanceTimersByTime(6_000);
    await asked;
    expect(seen).toEqual(['statement: true']);
    vi.advanceTimersByTime(10_000);
    await changed;
    expect(seen).toEqual(['statement: true', 'transaction: true']);
    expect(database.pool!.total).toBe(0);
  } finally {
    vi.useRealTimers();
  }
  expect(await ask()).toHaveLength(1);
  await database.close();
});

describe('a database that goes away later', () => {
  let app: TestApp;
  beforeEach(async () => {
    await proxy.join();
    app = await startApp({ env: { DATABASE_URL: url } });
  });
  afterEach(() => app.close());

  const QUERY = '{ agentCategories { category } }';
  const readiness = async () => {
    const response = await app.request('/health/ready');
    return { status: response.status, ...((await response.json()) as object) };
  };

  test('makes requests UNAVAILABLE and the instance unready, and nothing else; with its return both are over', async () => {
    expect(await readiness()).toMatchObject({ status: 'ok', database: true });
    await proxy.cut();

    const { status, errors, data } = await app.execute(QUERY);
    expect({ status, data, code: errors[0]?.extensions.code }).toEqual({
      status: 503,
      data: null,
      code: 'UNAVAILABLE',
    });
    expect(errors[0]?.message).toMatch(
      /^The database cannot be reached now\. Try again in a moment\. \(Request [\w-]+\.\)$/,
    );
    expect((await app.request('/health/ready')).status).toBe(503);
    expect((await app.request('/health/live')).status).toBe(200);

    await proxy.join();
    expect((await app.execute(QUERY)).errors).toEqual([]);
    expect((await app.request('/health/ready')).status).toBe(200);
  });

  const CREATE = 'mutation { createWorkspace(input: { name: "Lost" }) { workspace { id } } }';

  test('does not tell anybody to repeat a mutation that it may have written: its COMMIT was sent, and had no answer', async () => {
    const token = await app.token('ada');
    await app.execute('{ viewer { id } }', {}, { token });
    proxy.loseAnswerTo('COMMIT');
    const { status, errors } = await app.execute(CREATE, {}, { token });
    expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
    expect(errors[0]?.message).toMatch(
      /^The database was lost while this was written, and it is not known whether it was: look before you repeat it\. \(Request [\w-]+\.\)$/,
    );
    expect(await app.prisma.workspace.count()).toBe(1);
    expect((await app.execute(CREATE, {}, { token })).errors).toEqual([]);
  });

  test('shows to whoever looks at once, through the cache, what a mutation has written whose COMMIT had no answer', async () => {
    const redis = await startRedis();
    // With a bus, the database tells nobody.
    const cached = await startApp({
      env: { DATABASE_URL: url, CACHE_ENGINE: 'larder', REDIS_URL: redis.url },
      place: { ...place, remove: async () => undefined },
    });
    try {
      const token = await cached.token('ada');
      const look = () => cached.execute('{ viewer { workspaces { name } } }', {}, { token });
      await expect.poll(async () => (await look()).headers.get('x-cache'), { timeout: 15_000 }).toBe('HIT');
      proxy.loseAnswerTo('COMMIT');
      expect((await cached.execute(CREATE, {}, { token })).status).toBe(503);
      expect((await look()).data).toEqual({ viewer: { workspaces: [{ name: 'Lost' }] } });
    } finally {
      await cached.close();
      await redis.stop();
    }
  });

  test('leaves a mutation undone that it cuts off', async () => {
    const token = await app.token('ada');
    await app.execute('{ viewer { id } }', {}, { token });
    await proxy.cut();
    const { status, errors } = await app.execute(CREATE, {}, { token });
    expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
    expect(errors[0]?.message).toContain('Try again in a moment.');
    await proxy.join();
    expect(await app.prisma.workspace.count()).toBe(0);
  });
});
