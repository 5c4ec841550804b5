/** What a tier and a bus on a Redis Cluster still promise while one of its servers fails. */
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../src/cache/clock.js';
import { anyServer } from '../../src/cache/redis/connection.js';
import { createRedisBus } from '../../src/cache/redis/redis-bus.js';
import { createRedisTier } from '../../src/cache/redis/redis-tier.js';
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import { createLogger } from '../../src/platform/logger.js';
import { connectRedis } from '../../src/platform/redis.js';
import { reachRedisCluster } from '../support/reached-redis.js';

/** Enough that every server has several. */
const KEYS = Array.from({ length: 60 }, (_, n) => `key ${n}`);
const SOON = { interval: 10, timeout: 15_000 };

let reached: Awaited<ReturnType<typeof reachRedisCluster>>;
/** What is to be done after a test, the last first. */
let ending: (() => unknown)[] = [];

beforeAll(async () => {
  reached = await reachRedisCluster();
});
afterEach(() => {
  for (const end of ending.reverse()) end();
  ending = [];
});
afterAll(() => reached.close());

const fill = async (tier: RemoteTier) => {
  for (const key of KEYS) await tier.set(key, Buffer.from(key), 60_000);
};

/** The keys that are found, one after the other. */
async function found(tier: RemoteTier): Promise<string[]> {
  const keys = [];
  for (const key of KEYS) if (await tier.get(key)) keys.push(key);
  return keys;
}

it('entries of the other servers are found while one hangs, and its own again afterwards', async () => {
  const tier = createRedisTier({ connection: await reached.connect(), clock });
  await expect.poll(async () => (await fill(tier), (await found(tier)).length), SOON).toBe(KEYS.length);
  const resume = reached.cluster.servers[0]!.pause();
  ending.push(resume);
  const first = await found(tier);
  // Longer than its breaker takes to open: nothing of the others was given up meanwhile.
  const later = [...(await found(tier)), ...(await found(tier))];
  ending.pop();
  resume();

  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(KEYS.length);
  expect(later).toEqual([...first, ...first]);
  await expect.poll(async () => (await found(tier)).length, SOON).toBe(KEYS.length);
});

it.each([0, 1, 2])('a bus finds a way around server %i when it hangs', async (index) => {
  const buses = [
    createRedisBus({ connection: await reached.connect(), clock }),
    createRedisBus({ connection: await reached.connect(), clock }),
  ] as const;
  const heard: string[] = [];
  ending.push(buses[0].subscribe('ada', () => undefined));
  ending.push(buses[1].subscribe('bob', (message) => heard.push(Buffer.from(message).toString())));
  const areUp = () => buses.map(({ isUp }) => isUp);
  await expect.poll(areUp, SOON).toEqual([true, true]);
  ending.push(reached.cluster.servers[index]!.pause());
  const arrives = () => {
    buses[0].publish(Buffer.from('around'));
    return heard.includes('around') && areUp().every(Boolean);
  };
  await expect.poll(arrives, SOON).toBe(true);
});

it('the next server is never the one that was lost, while there are others', async () => {
  const connection = await reached.connect();
  await expect
    .poll(async () => (await fill(createRedisTier({ connection, clock })), anyServer(connection, null)))
    .not.toBeNull();
  for (let lost = anyServer(connection, null), n = 0; n < 50; n += 1) {
    const next = anyServer(connection, lost);
    expect(next).not.toBe(lost);
    lost = next;
  }
});

it('a password in REDIS_URL serves for the servers that it does not name, too', async () => {
  for (const { url } of reached.cluster.servers) {
    const admin = new Redis(url);
    await admin.config('SET', 'requirepass', 'p@ss');
    admin.disconnect();
  }
  const urls = reached.cluster.urls.map((url) => url.replace('redis://', 'redis://:p%40ss@'));
  const connection = connectRedis(urls, createLogger('silent'), 'larder');
  ending.push(() => connection.disconnect());
  const tier = createRedisTier({ connection, clock });
  await expect.poll(async () => (await fill(tier), (await found(tier)).length), SOON).toBe(KEYS.length);
});
