/** What others have stored is kept here when it is asked for again, and not before. */
import { describe, expect, test } from 'vitest';
import { bodyOf } from '../../src/cache/body.js';
import type { Loaded } from '../../src/cache/cache.js';
import { Doorkeeper } from '../../src/cache/doorkeeper.js';
import { MemoryTier } from '../../src/cache/memory-tier.js';
import { createInMemoryTier } from '../contracts/fakes/in-memory-tier.js';
import { createCoreByHand } from '../support/core-by-hand.js';
import { createHandClock } from '../support/hand-clock.js';

const keys = (count: number, name: string): string[] => Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe('a doorkeeper', () => {
  test('knows who has come before', () => {
    const doorkeeper = new Doorkeeper(1);
    expect(doorkeeper.meets('key')).toBe(false);
    expect(doorkeeper.meets('another')).toBe(false);
    expect(doorkeeper.meets('key')).toBe(true);
    expect(doorkeeper.meets('key')).toBe(true);
  });

  test('takes hardly anybody for another', () => {
    const doorkeeper = new Doorkeeper(1);
    expect(keys(100_000, 'new').filter((key) => doorkeeper.meets(key)).length).toBeLessThan(10);
  });

  test('forgets few while a thousand come, and nearly all while half a million do', () => {
    const meetsAgain = (others: number): number => {
      const doorkeeper = new Doorkeeper(1);
      const first = keys(1_000, 'first');
      for (const key of [...first, ...keys(others, 'other')]) doorkeeper.meets(key);
      return first.filter((key) => doorkeeper.meets(key)).length;
    };
    expect(meetsAgain(1_000)).toBeGreaterThan(950);
    expect(meetsAgain(500_000)).toBeLessThan(10);
  });
});

test('memory knows as many as it has room for', () => {
  const many = keys(200_000, 'many');
  const memory = new MemoryTier(2_000_000 * 1_024);
  for (const key of many) memory.meets(key);
  expect(many.filter((key) => memory.meets(key)).length).toBeGreaterThan(180_000);
});

describe('of what another instance has stored', () => {
  const clock = createHandClock();
  const remote = createInMemoryTier(clock);
  const TAG = { tag: 'Agent:1', columns: ['name'] };

  function createInstance() {
    const { cache, write } = createCoreByHand(clock, remote);
    const load = (): Promise<Loaded> =>
      Promise.resolve({
        body: bodyOf('{}'),
        dependencies: [TAG],
        lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
      });
    return {
      cache,
      async ask(key: string, wants = {}) {
        const { status, tier } = await cache.respond(key, load, wants);
        return tier ?? status;
      },
      write: () => write([TAG]),
    };
  }

  test('what is asked for once is fetched, and takes no memory; the second time it is kept', async () => {
    const [one, another] = [createInstance(), createInstance()];
    expect(await one.ask('once')).toBe('MISS');
    expect(await another.ask('once')).toBe('remote');
    expect(another.cache.memory.count).toBe(0);
    expect(another.cache.peek('once')).toBeNull();
    expect(await another.ask('once')).toBe('remote');
    expect(another.cache.memory.count).toBe(1);
    expect(await another.ask('once')).toBe('memory');
  });

  test('what is wanted in memory is kept at once', async () => {
    const [one, another] = [createInstance(), createInstance()];
    await one.ask('wanted');
    expect(await another.ask('wanted', { keeps: true })).toBe('remote');
    expect(await another.ask('wanted')).toBe('memory');
  });

  test('what is asked for all the time is kept as soon as it is fetched after a write', async () => {
    const [one, another] = [createInstance(), createInstance()];
    expect(await another.ask('often')).toBe('MISS');
    expect(await another.ask('often')).toBe('memory');
    for (const instance of [one, another]) instance.write();
    expect(await one.ask('often')).toBe('MISS');
    expect(await another.ask('often')).toBe('remote');
    expect(await another.ask('often')).toBe('memory');
  });
});
