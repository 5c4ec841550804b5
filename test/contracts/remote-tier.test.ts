import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../src/cache/clock.js';
import { createRedisTier } from '../../src/cache/redis/redis-tier.js';
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

remoteTierContract('Redis', async () => onRedis(await reachRedis()));
remoteTierContract('Redis Cluster', async () => onRedis(await reachRedisCluster()));
