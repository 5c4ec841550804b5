/** What response caches are known to get wrong about Redis: absent here. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type TestApp, startApp } from '../support/app.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';
import { type TestCluster, startRedisCluster } from '../support/redis-cluster.js';
import { startRedis } from '../support/redis.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const AGENT = '{ agent(slug: "one") { tagline } }';
const OTHER = '{ agentCategories { category } }';
const statusOf = ({ headers }: Answer) => headers.get('x-cache');
const taglineOf = ({ data }: Answer): unknown => data.agent.tagline;

/** Two instances on one database. The first keeps it when it closes. */
async function startTwo(
  redisUrl: string,
): Promise<{ apps: [TestApp, TestApp]; write: (tagline: string) => Promise<Answer> }> {
  const place = await createTestDatabase();
  const kept: TestDatabase = { ...place, remove: async () => undefined };
  const env = { CACHE_ENGINE: 'larder', REDIS_URL: redisUrl };
  const first = await startApp({ place: kept, env });
  const second = await startApp({ place, env });
  const agentId = idOf('Agent', await createAgent(first.prisma, { slug: 'one', tagline: 'old' }));
  const token = await first.token('author', 'ADMIN');
  await Promise.all([first.poll(), second.poll()]);
  const write = (tagline: string) =>
    mutate(first, 'updateAgent', { input: { agentId, tagline }, select: 'agent { id }', token });
  return { apps: [first, second], write };
}

const close = async (apps: readonly TestApp[]) => {
  for (const app of apps) await app.close();
};

describe('one Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let apps: [TestApp, TestApp];
  let write: (tagline: string) => Promise<Answer>;
  beforeEach(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
    ({ apps, write } = await startTwo(server.url));
  });
  afterEach(async () => {
    await close(apps);
    redis.disconnect();
    await server.stop();
  });

  const entries = () => redis.keys('larder:entry:*');

  /** What one instance has executed, the other one finds. */
  const shared = async () => {
    await apps[0].execute(AGENT);
    await expect.poll(entries).not.toEqual([]);
    expect(statusOf(await apps[1].execute(AGENT))).toBe('HIT');
  };

  it('every key expires, and none is a set that grows with what it knows', async () => {
    for (let version = 0; version < 10; version += 1) {
      await write(`version ${version}`);
      for (const app of apps) await app.execute(AGENT);
    }
    await shared();
    const keys = await redis.keys('*');
    expect(keys).not.toEqual([]);
    for (const key of keys) {
      expect(await redis.type(key)).toBe('string');
      expect(await redis.pttl(key)).toBeGreaterThan(0);
    }
  });

  it('neither reads nor writes look for keys', async () => {
    await shared();
    await redis.config('RESETSTAT');
    await write('new');
    await apps[0].execute(AGENT);
    expect(taglineOf(await apps[1].execute(AGENT))).toBe('new');
    const commands = [...(await redis.info('commandstats')).matchAll(/^cmdstat_([\w|]+):/gm)].map(([, name]) => name);
    expect(commands).toContain('get');
    for (const command of ['keys', 'scan', 'smembers', 'sadd']) expect(commands).not.toContain(command);
  });

  it('what a client sends as a condition never reaches Redis', async () => {
    const seen: string[] = [];
    const monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => seen.push(args.join(' ')));
    await shared();
    await apps[0].execute(AGENT, {}, { headers: { 'if-none-match': '"canary"', 'x-canary': 'canary' } });
    await redis.set('the end', 'of it', 'PX', 1_000);
    await expect.poll(() => seen.join('\n')).toContain('the end');
    monitor.disconnect();
    expect(seen.join('\n')).toContain('larder:');
    expect(seen.join('\n')).not.toContain('canary');
  });

  it('a Redis that dies fails no request, and no write is forgotten', async () => {
    await shared();
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    for (let version = 0; version < 5; version += 1) {
      expect((await write(`version ${version}`)).errors).toEqual([]);
      for (const app of apps) expect(taglineOf(await app.execute(AGENT))).toBe(`version ${version}`);
    }
  });

  it('a Redis that hangs fails no request, and no write is forgotten', async () => {
    await shared();
    const goOn = server.pause();
    try {
      for (let version = 0; version < 5; version += 1) {
        expect((await write(`version ${version}`)).errors).toEqual([]);
        for (const app of apps) expect(taglineOf(await app.execute(AGENT))).toBe(`version ${version}`);
      }
    } finally {
      goOn();
    }
    expect(taglineOf(await apps[1].execute(AGENT))).toBe('version 4');
  });

  it('what others have put under our keys is a miss', async () => {
    await apps[0].execute(AGENT);
    await expect.poll(entries).not.toEqual([]);
    const forged = '{"data":{"agent":{"tagline":"forged"}},"__proto__":{"forged":true}}';
    for (const key of await entries()) await redis.set(key, forged, 'PX', 60_000);
    const answer = await apps[1].execute(AGENT);
    expect([statusOf(answer), taglineOf(answer)]).toEqual(['MISS', 'old']);
    expect(({} as { forged?: boolean }).forged).toBeUndefined();
  });
});

it('a Redis Cluster serves as one Redis does', { timeout: 60_000 }, async () => {
  const cluster = await startRedisCluster();
  const { apps, write } = await startTwo(cluster.urls.join());
  try {
    // Until each instance has reached the cluster: what it stores before stays in its memory, and what others store it does not find.
    const storedBy = (app: TestApp, operation: string) => () =>
      app.execute(operation, {}, { headers: { 'cache-control': 'no-cache' } }).then(() => entriesOf(cluster));
    await expect.poll(storedBy(apps[1], OTHER), { timeout: 20_000 }).toBe(1);
    await expect.poll(storedBy(apps[0], AGENT), { timeout: 20_000 }).toBe(2);
    expect(statusOf(await apps[1].execute(AGENT))).toBe('HIT');
    await write('new');
    for (const app of apps) expect(taglineOf(await app.execute(AGENT))).toBe('new');
  } finally {
    await close(apps);
    await cluster.stop();
  }
});

async function entriesOf({ servers }: TestCluster): Promise<number> {
  const counts = servers.map(async ({ url }) => {
    const redis = new Redis(url);
    const keys = await redis.keys('larder:entry:*').finally(() => redis.disconnect());
    return keys.length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
