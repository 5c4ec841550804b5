import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/cache/clock.js';
import { MOST_TOGETHER, createRedisTier } from '../../src/cache/redis/redis-tier.js';
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import type { RedisConnection } from '../../src/platform/redis.js';
import { createHandClock } from '../support/hand-clock.js';
import { type ReachedRedis, reachRedis, reachRedisCluster } from '../support/reached-redis.js';
import { createInMemoryTier } from './fakes/in-memory-tier.js';
import { remoteTierContract } from './remote-tier.js';

remoteTierContract('in memory', async () => {
  const clock = createHandClock();
  const tier = createInMemoryTier(clock);
  return { tiers: [tier, tier], pass: async (ms) => clock.advance(ms), close: async () => undefined };
});

/** How long it may take is not the matter here, and machines that run tests are busy. */
const patientClock = { ...systemClock, after: (ms: number, task: () => void) => systemClock.after(20 * ms, task) };

async function onRedis({ connect, close }: ReachedRedis) {
  const [one, other] = [await tierOn(await connect()), await tierOn(await connect())];
  // Redis counts the time that keys have left itself, and not before it is over.
  return { tiers: [one, other] as const, pass: (ms: number) => wait(ms), close };
}

/** Once every server of a cluster is connected. */
async function tierOn(connection: RedisConnection): Promise<RemoteTier> {
  const tier = createRedisTier({ connection, clock: patientClock });
  const keys = Array.from({ length: 50 }, (_, n) => `connected ${n}`);
  const isKept = async (key: string) => {
    await tier.set(key, new Uint8Array(), 60_000);
    return (await tier.get(key)) !== null;
  };
  for (let next = 0; next < keys.length;) if (await isKept(keys[next]!)) next += 1;
  return tier;
}

test('what is asked for in one turn of the event loop is fetched by few commands, and a value of another type spoils nothing', async () => {
  const redis = await reachRedis();
  try {
    const connection = await redis.connect();
    const tier = await tierOn(connection);
    await connection.lpush('larder:entry:0', 'what is no entry');
    await tier.set('1', new Uint8Array([1]), 60_000);
    await connection.config('RESETSTAT');
    const found = await Promise.all(Array.from({ length: MOST_TOGETHER + 2 }, (_, key) => tier.get(String(key))));
    expect(found.map((bytes) => bytes && bytes[0])).toEqual([null, 1, ...Array<null>(MOST_TOGETHER).fill(null)]);
    const calls = [...(await connection.info('commandstats')).matchAll(/cmdstat_(m?get):calls=(\d+)/g)];
    expect(calls.map(([, name, amount]) => [name, Number(amount)])).toEqual([['mget', 2]]);
  } finally {
    await redis.close();
  }
});

test('where one command may not fetch several, they are found all the same', async () => {
  const redis = await reachRedis();
  try {
    const connection = await redis.connect();
    await connection.acl('SETUSER', 'default', '-mget');
    const tier = await tierOn(connection);
    await tier.set('1', new Uint8Array([1]), 60_000);
    for (let round = 0; round < 2; round += 1) {
      const found = await Promise.all(['0', '1', '2'].map((key) => tier.get(key)));
      expect(found.map((bytes) => bytes && bytes[0])).toEqual([null, 1, null]);
    }
  } finally {
    await redis.close();
  }
});

remoteTierContract('Redis', async () => onRedis(await reachRedis()));
remoteTierContract('Redis Cluster', async () => onRedis(await reachRedisCluster()));
