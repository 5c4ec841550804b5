/** What a tier and a bus on Redis still promise while Redis fails: nobody is told, nobody waits, and all is well again by itself. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/cache/bus.js';
import { type Clock, systemClock as clock } from '../../src/cache/clock.js';
import { ROUND_MS } from '../../src/cache/redis/ear.js';
import { LATE_ANSWERS, LATE_MS } from '../../src/cache/redis/guard.js';
import { createRedisBus } from '../../src/cache/redis/redis-bus.js';
import { createRedisTier } from '../../src/cache/redis/redis-tier.js';
import { type Claim, NO_CLAIM, type RemoteTier } from '../../src/cache/remote-tier.js';
import { createLogger } from '../../src/platform/logger.js';
import { type RedisConnection, connectRedis } from '../../src/platform/redis.js';
import { createHandClock } from '../support/hand-clock.js';
import { type ReachedRedis, reachRedis } from '../support/reached-redis.js';
import { type TestRedis, startRedis } from '../support/redis.js';
import { type SilencingProxy, createSilencingProxy } from '../support/silencing-proxy.js';

/** What a request may lose to a Redis that fails. */
const MOST_MS = 100;
const PASSWORD = 'secret';
const SHORT = { interval: 10, timeout: 10_000 };

let redis: ReachedRedis & { server: TestRedis & { port: number } };
let tier: RemoteTier;
let buses: readonly [Bus, Bus];
let heard: string[];
/** What is to be done after a test, the last first. */
let ending: (() => unknown)[];

beforeEach(async () => {
  redis = await reachRedis();
  heard = [];
  const [one, other] = [await redis.connect(), await redis.connect()];
  ranOut = [];
  tier = createRedisTier({ connection: one, clock: observedClock });
  buses = [createRedisBus({ connection: one, clock }), createRedisBus({ connection: other, clock })];
  ending = [() => redis.close()];
  ending.push(buses[0].subscribe('ada', () => undefined));
  ending.push(buses[1].subscribe('bob', (message) => heard.push(Buffer.from(message).toString())));
  await untilWell();
});
afterEach(async () => {
  for (const end of ending.reverse()) await end();
});

let values = 0;
const newValue = () => `value ${(values += 1)}`;

async function isWell(): Promise<boolean> {
  const value = newValue();
  await tier.set(value, Buffer.from(value), 60_000);
  const isKept = (await tier.get(value)) !== null;
  buses[0].publish(Buffer.from(value));
  return isKept && buses.every(({ isUp }) => isUp) && heard.length > 0;
}

async function untilWell(): Promise<void> {
  heard = [];
  while (!(await isWell())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The time limits that ran out, one after the other. Whatever somebody waits beyond them, the machine is to blame for. */
let ranOut: number[];
const observedClock: Clock = {
  ...clock,
  after: (ms, task) =>
    clock.after(ms, () => {
      ranOut.push(ms);
      task();
    }),
};

/** What a fill asks of Redis before its request is answered. */
async function ask(key: string): Promise<Claim | null> {
  await tier.get(key);
  return await tier.claim(key, 1_000);
}

/** What it does afterwards. */
async function finish(key: string, claim: Claim | null): Promise<void> {
  await tier.set(key, Buffer.from(key), 60_000);
  await claim?.release();
}

/** Fills, one after the other. @returns how long the request waited that waited longest. */
async function fillOnAndOn(): Promise<number> {
  let longest = 0;
  for (let n = 0; n < 200; n += 1) {
    ranOut = [];
    const claim = await ask(newValue());
    longest = Math.max(longest, sum(ranOut));
    await finish(newValue(), claim);
  }
  return longest;
}

async function fillAllAtOnce(): Promise<void> {
  const keys = Array.from({ length: 50 }, newValue);
  await Promise.all(keys.map(async (key) => finish(key, await ask(key))));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

async function command(server: TestRedis, name: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(server.url);
  try {
    return await client.call(name, args);
  } finally {
    client.disconnect();
  }
}

type Mend = () => unknown;

/** Does it, and returns how it is undone. */
const FAULTS: Record<string, { isReadable: boolean; harm: () => Promise<Mend> }> = {
  'is killed, and started again empty': {
    isReadable: false,
    async harm() {
      process.kill(redis.server.pid, 'SIGKILL');
      await redis.server.ended;
      return async () => {
        const again = await startRedis({ port: redis.server.port });
        ending.push(() => again.stop());
      };
    },
  },
  hangs: { isReadable: false, harm: async () => redis.server.pause() },
  'has no memory left': {
    isReadable: true,
    async harm() {
      await command(redis.server, 'CONFIG', 'SET', 'maxmemory', '1');
      return () => command(redis.server, 'CONFIG', 'SET', 'maxmemory', '0');
    },
  },
  'becomes a replica that may not write': {
    isReadable: true,
    async harm() {
      // Of nobody: so that it keeps what it has.
      await command(redis.server, 'REPLICAOF', '127.0.0.1', '1');
      return () => command(redis.server, 'REPLICAOF', 'NO', 'ONE');
    },
  },
  'wants a password that we do not have': {
    isReadable: false,
    async harm() {
      const admin = new Redis(redis.server.url);
      ending.push(() => admin.disconnect());
      await admin.config('SET', 'requirepass', PASSWORD);
      for (const type of ['normal', 'pubsub']) await admin.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      return () => admin.config('SET', 'requirepass', '');
    },
  },
};

describe.each(Object.entries(FAULTS))('a Redis that %s', (_name, { harm, isReadable }) => {
  it('fails no request and costs none more than 100 ms, and is used again when it is well', async () => {
    await tier.set('before', Buffer.from('kept'), 60_000);
    const mend = await harm();
    ending.push(mend);
    const waited = await fillOnAndOn();
    await fillAllAtOnce();
    // On a busy machine the breaker may be open for a moment.
    if (isReadable) await expect.poll(() => tier.get('before'), SHORT).not.toBeNull();
    else expect(await tier.get('before')).toBeNull();
    const sayings = Array.from({ length: 1_000 }, () => buses[0].publish(Buffer.from(newValue())));
    ending.pop();
    await mend();
    await untilWell();

    expect(waited).toBeLessThan(MOST_MS);
    expect(sayings).toHaveLength(1_000);
  });
});

it('every claim is given to everyone while Redis cannot tell, even where memory or the right to write is missing', async () => {
  await command(redis.server, 'CONFIG', 'SET', 'maxmemory', '1');
  for (let n = 0; n < 5; n += 1) expect(await tier.claim('same', 60_000)).not.toBeNull();
});

it('a Redis that answers, but late, is asked for no claims until it is quick again', async () => {
  const slow = createHandClock();
  const late = createRedisTier({ connection: await redis.connect(), clock: slow });
  for (let answer = 0; answer < LATE_ANSWERS; answer += 1) {
    const found = late.get('nothing');
    slow.advance(LATE_MS + 5);
    expect(await found).toBeNull();
  }
  expect(await late.claim('free', 60_000)).toBe(NO_CLAIM);
  await late.get('nothing');
  expect(await late.claim('free', 60_000)).not.toBe(NO_CLAIM);
  expect(await late.claim('free', 60_000)).toBeNull();
});

it('a claim that a Redis takes late, when it goes on after standing still, keeps nobody waiting', async () => {
  const resume = redis.server.pause();
  ending.push(resume);
  const claims = await Promise.all(
    ['late', 'later'].map(async (key) => ({ key, claim: await tier.claim(key, 60_000) })),
  );
  await fillAllAtOnce();
  for (const { key, claim } of claims) await finish(key, claim);
  ending.pop();
  resume();
  await untilWell();
  await expect.poll(() => command(redis.server, 'KEYS', 'larder:claim:*'), SHORT).toEqual([]);
});

it('nor does one of an instance that has not found out yet that Redis goes on', async () => {
  const other = createRedisTier({ connection: await redis.connect(), clock });
  await other.get('anything');
  const resume = redis.server.pause();
  ending.push(resume);
  await Promise.all(['late', 'later'].map((key) => other.claim(key, 60_000)));
  await fillAllAtOnce();
  ending.pop();
  resume();
  await untilWell();
  expect(await command(redis.server, 'KEYS', 'larder:claim:*')).toHaveLength(2);
  for (const key of ['late', 'later']) expect(await tier.claim(key, 60_000)).not.toBeNull();
});

it('a value of another type under our keys is nothing, harms no other key, and is replaced', async () => {
  for (const type of ['LPUSH', 'SADD']) await command(redis.server, type, `larder:entry:${type}`, 'x');
  for (let n = 0; n < 10; n += 1) expect(await tier.get('LPUSH')).toBeNull();
  await tier.set('SADD', Buffer.from('ours'), 60_000);
  expect(Buffer.from((await tier.get('SADD'))!).toString()).toBe('ours');
});

it('every key expires and begins with larder:', async () => {
  await tier.set('entry', Buffer.from('x'), 60_000);
  await tier.claim('claim', 60_000);
  const keys = (await command(redis.server, 'KEYS', '*')) as string[];
  expect(keys.length).toBeGreaterThanOrEqual(2);
  for (const key of keys) {
    expect(key).toMatch(/^larder:/);
    expect(await command(redis.server, 'PTTL', key)).toBeGreaterThan(0);
  }
});

it('a bus says that it is down while Redis hangs, without anybody sending anything', async () => {
  const resume = redis.server.pause();
  ending.push(resume);
  await expect.poll(() => buses.map(({ isUp }) => isUp), SHORT).toEqual([false, false]);
  ending.pop();
  resume();
  await expect.poll(() => buses.map(({ isUp }) => isUp), SHORT).toEqual([true, true]);
});

it('a bus says that it is down as soon as one message was not taken', async () => {
  const connection = await redis.connect();
  const bus = createRedisBus({ connection, clock });
  ending.push(bus.subscribe('eve', () => undefined));
  await expect.poll(() => bus.isUp, SHORT).toBe(true);
  connection.disconnect();
  await new Promise((resolve) => connection.once('end', resolve));
  bus.publish(Buffer.from('lost'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(bus.isUp).toBe(false);
});

describe('connections that fall silent, while Redis is well', () => {
  let proxy: SilencingProxy;
  let connection: RedisConnection;
  beforeEach(async () => {
    proxy = await createSilencingProxy(redis.server.port);
    connection = connectRedis([`redis://127.0.0.1:${proxy.port}`], createLogger('silent'), 'larder');
    ending.push(() => proxy.close());
    ending.push(() => connection.disconnect());
    await new Promise((resolve) => connection.once('ready', resolve));
  });

  it('the one for commands is replaced', async () => {
    const behind = createRedisTier({ connection, clock });
    await behind.set('behind', Buffer.from('x'), 60_000);
    proxy.silence(0);
    expect(await behind.get('behind')).toBeNull();
    await expect.poll(() => behind.get('behind'), SHORT).not.toBeNull();
  });

  it('the one of the ears alone is noticed within two rounds, and replaced', async () => {
    const rounds = createHandClock();
    const bus = createRedisBus({ connection, clock: rounds });
    ending.push(bus.subscribe('eve', () => undefined));
    await expect.poll(() => bus.isUp, SHORT).toBe(true);
    proxy.silence(1);
    rounds.advance(2 * ROUND_MS);
    expect(bus.isUp).toBe(false);
    expect(proxy.count).toBe(2);
    const isUpAfterARound = () => {
      rounds.advance(ROUND_MS);
      return bus.isUp;
    };
    await expect.poll(isUpAfterARound, SHORT).toBe(true);
    expect(proxy.count).toBeGreaterThan(2);
  });
});

it('a bus that lost its ears alone says so, and has new ones soon', async () => {
  const downs = new Set<Bus>();
  await command(redis.server, 'CLIENT', 'KILL', 'TYPE', 'pubsub');
  await expect
    .poll(
      () => {
        buses.filter(({ isUp }) => !isUp).forEach((bus) => downs.add(bus));
        return downs.size;
      },
      { interval: 1, timeout: 5_000 },
    )
    .toBe(2);
  await untilWell();
});

it('what strangers say on our channels is passed on without the name that each message begins with, and dropped where there is none', async () => {
  heard = [];
  for (const text of ['', 'short', '0123456789abcdef', '0123456789abcdefafter'])
    await command(redis.server, 'PUBLISH', 'larder:all', text);
  await expect.poll(() => heard.filter((text) => !text.startsWith('value')), SHORT).toEqual(['', 'after']);
});
