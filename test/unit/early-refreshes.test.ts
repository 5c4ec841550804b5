/** What many ask for is executed anew before it expires: nobody waits for it, and what was made together is not made together again. */
import { describe, expect, test } from 'vitest';
import { bodyOf, textOf } from '../../src/cache/body.js';
import type { Loaded } from '../../src/cache/cache.js';
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import { createInMemoryTier } from '../contracts/fakes/in-memory-tier.js';
import { createCoreByHand } from '../support/core-by-hand.js';
import { type HandClock, createHandClock } from '../support/hand-clock.js';

const MAX_AGE = 100;

function createCache(clock: HandClock, remote: RemoteTier | null = null) {
  const { cache, write } = createCoreByHand(clock, remote);
  let load = (version: number): Promise<string> => Promise.resolve(`v${version}`);
  let executions = 0;
  const loadFrom = async (maxAge: number): Promise<Loaded> => ({
    body: bodyOf(await load((executions += 1))),
    dependencies: [{ tag: 'Agent:1', columns: ['name'] }],
    lifetime: { maxAge, staleWhileRevalidate: 0, staleIfError: 0 },
  });
  return {
    cache,
    get executions() {
      return executions;
    },
    loadWith: (next: typeof load) => void (load = next),
    async ask(key = 'key', maxAge = MAX_AGE) {
      const { status, body } = await cache.respond(key, () => loadFrom(maxAge));
      return { status, body: textOf(body) };
    },
    write: () => write([{ tag: 'Agent:1', columns: ['name'] }]),
  };
}

/** Lets what runs in the background come to its end: nothing of it waits for anything but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('an entry that is asked for', () => {
  test('is executed anew once in its last tenth, and nobody misses it for as long as it is asked for', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    const statuses: string[] = [];
    for (let second = 0; second <= 1_000; second += 1) {
      statuses.push((await cached.ask()).status);
      await settled();
      clock.advance(1_000);
    }
    expect(statuses).toEqual(['MISS', ...Array(1_000).fill('HIT')]);
    // The first, and one for each of the lives of 90 to 100 s that follow.
    expect(cached.executions).toBeGreaterThanOrEqual(11);
    expect(cached.executions).toBeLessThanOrEqual(13);
  });

  test('by nobody in its last tenth is left to expire', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask();
    clock.advance(89_999);
    expect(await cached.ask()).toEqual({ status: 'HIT', body: 'v1' });
    await settled();
    clock.advance(10_001);
    expect(cached.executions).toBe(1);
    expect(await cached.ask()).toEqual({ status: 'MISS', body: 'v2' });
  });

  test('in memory alone is not found there once, by the one who has it executed', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask();
    clock.advance(99_999);
    expect(cached.cache.peek('key')).toBeNull();
    let land!: (body: string) => void;
    cached.loadWith(() => new Promise((resolve) => (land = resolve)));
    expect(await cached.ask()).toEqual({ status: 'HIT', body: 'v1' });
    await settled();
    // While it is executed, and after.
    expect(textOf(cached.cache.peek('key')!.body)).toBe('v1');
    land('v2');
    await settled();
    expect(textOf(cached.cache.peek('key')!.body)).toBe('v2');
  });

  test('in memory is found there all the same while there is no room to execute it', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask();
    clock.advance(99_999);
    for (let time = 0; time < 2; time += 1) expect(cached.cache.peek('key', () => false)).not.toBeNull();
    expect(cached.cache.peek('key', () => true)).toBeNull();
    clock.advance(1);
    expect(cached.cache.peek('key', () => false)).toBeNull();
  });

  test('is served to its end when that fails, which is not tried again', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask();
    cached.loadWith(() => Promise.reject(new Error('away')));
    clock.advance(90_000);
    for (let second = 90; second < 100; second += 1) {
      expect(await cached.ask()).toEqual({ status: 'HIT', body: 'v1' });
      await settled();
      clock.advance(1_000);
    }
    expect(cached.executions).toBe(2);
    await expect(cached.ask()).rejects.toThrow('away');
  });

  test('is not stored anew if it was written to meanwhile', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask();
    clock.advance(99_999);
    let land!: (body: string) => void;
    cached.loadWith(() => new Promise((resolve) => (land = resolve)));
    await cached.ask();
    await settled();
    cached.write();
    land('from before the write');
    await settled();
    cached.loadWith(() => Promise.resolve('new'));
    expect(await cached.ask()).toEqual({ status: 'MISS', body: 'new' });
  });

  test('that lasts for seconds alone is left to expire', async () => {
    const clock = createHandClock();
    const cached = createCache(clock);
    await cached.ask('key', 9);
    clock.advance(8_999);
    await cached.ask('key', 9);
    await settled();
    expect(cached.executions).toBe(1);
  });
});

test('entries that were made together are made anew at moments of their own', async () => {
  const clock = createHandClock();
  const cached = createCache(clock);
  const keys = Array.from({ length: 1_000 }, (_, number) => `key of ${number}`);
  for (const key of keys) await cached.ask(key);
  clock.advance(90_000);
  const perSecond: number[] = [];
  for (let second = 0; second < 10; second += 1) {
    const before = cached.executions;
    clock.advance(999);
    for (const key of keys) expect((await cached.ask(key)).status).toBe('HIT');
    await settled();
    perSecond.push(cached.executions - before);
    clock.advance(1);
  }
  // A hundred each, if they were spread as well as can be.
  expect(Math.min(...perSecond)).toBeGreaterThan(50);
  expect(Math.max(...perSecond)).toBeLessThan(150);
});

test('instances that share a tier execute once for all of them, and the others find it there', async () => {
  const clock = createHandClock();
  const tier = createInMemoryTier(clock);
  const fleet = Array.from({ length: 4 }, () => createCache(clock, tier));
  for (const { ask } of fleet) {
    await ask();
    await settled();
  }
  const executions = () => fleet.reduce((sum, cached) => sum + cached.executions, 0);
  expect(executions()).toBe(1);
  clock.advance(99_999);
  expect(await Promise.all(fleet.map(({ ask }) => ask()))).toEqual(Array(4).fill({ status: 'HIT', body: 'v1' }));
  await settled();
  expect(executions()).toBe(2);
  clock.advance(2);
  for (const { ask } of fleet) expect((await ask()).status).toBe('HIT');
  expect(executions()).toBe(2);
});
