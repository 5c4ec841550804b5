import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/platform/logger.js';
import { connectRedis } from '../../src/platform/redis.js';
import {
  type Generation,
  createMemoryGeneration,
  createRedisGeneration,
} from '../../src/response-cache/envelop/generation.js';
import { type TestRedis, startRedis } from '../support/redis.js';

const silent = createLogger('silent');

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis([server.url], silent, 'envelop') as Redis;
  await new Promise((resolve) => redis.once('ready', resolve));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describe.each<[string, () => Generation]>([
  ['memory', () => createMemoryGeneration()],
  ['Redis', () => createRedisGeneration(redis)],
])('a generation in %s', (_name, create) => {
  it('stays the same until it is raised, and never comes back', async () => {
    const generation = create();
    const seen = [await generation.current()];
    expect(await generation.current()).toBe(seen[0]);
    for (let raised = 0; raised < 3; raised += 1) {
      await generation.raise();
      seen.push(await generation.current());
    }
    expect(new Set(seen).size).toBe(4);
  });
});

describe('a generation in Redis', () => {
  it('is one for all instances', async () => {
    const [here, there] = [createRedisGeneration(redis), createRedisGeneration(redis)];
    expect(await here.current()).toBe(await there.current());
    const before = await here.current();
    await there.raise();
    expect(await here.current()).not.toBe(before);
  });

  it('is a new one after Redis has lost everything', async () => {
    const generation = createRedisGeneration(redis);
    const before = await generation.current();
    await redis.flushall();
    expect(await generation.current()).not.toBe(before);
  });
});

describe('a generation in a Redis that is away', () => {
  it('is shared by no two reads, and a raise does not fail', async () => {
    const nobody = connectRedis(['redis://127.0.0.1:1'], silent, 'envelop');
    const generation = createRedisGeneration(nobody);
    await generation.raise();
    expect(await generation.current()).not.toBe(await generation.current());
    nobody.disconnect();
  });

  it('is raised before the next read when Redis is back', async () => {
    const other = createRedisGeneration(redis);
    const before = await other.current();
    const failing = { fail: true };
    const flaky = new Proxy(redis, {
      get: (target, name) =>
        failing.fail && (name === 'get' || name === 'set')
          ? () => Promise.reject(new Error('Redis is away'))
          : Reflect.get(target, name, target),
    });
    const generation = createRedisGeneration(flaky);
    await generation.raise();
    failing.fail = false;
    expect(await generation.current()).not.toBe(before);
    expect(await other.current()).toBe(await generation.current());
  });
});
