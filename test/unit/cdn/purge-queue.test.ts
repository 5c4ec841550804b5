import { beforeEach, expect, it } from 'vitest';
import { ALL_ANSWERS } from '../../../src/cdn/cdn-keys.js';
import { CallsLimited } from '../../../src/cdn/cdn.js';
import { AGAIN_MS, GATHER_MS, MAX_KEYS, type PurgeNote, PurgeQueue } from '../../../src/cdn/purge-queue.js';
import { type HandClock, createHandClock } from '../../support/hand-clock.js';

let clock: HandClock;
let queue: PurgeQueue;
let calls: (readonly string[])[];
let told: string[];
/** What becomes of a call. */
let answer: () => Promise<void>;
let state: 'closed' | 'open' | 'half-open';

beforeEach(() => {
  clock = createHandClock();
  [calls, told, state] = [[], [], 'closed'];
  answer = async () => undefined;
  queue = new PurgeQueue({
    clock,
    cdn: {
      maxKeys: 3,
      purge: (keys) => {
        calls.push(keys);
        return answer();
      },
    },
    breaker: {
      get state() {
        return state;
      },
      run: async (work) => {
        if (state === 'open') throw new Error('open');
        return await work();
      },
    },
    random: () => 1,
    tell: (note: PurgeNote) => told.push(note.kind),
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
/** So that whatever is due, and what follows from it, has been done. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1) {
    clock.advance(Math.min(left, 1));
    await settled();
  }
}
const fails = async () => {
  throw new Error('503');
};

it('gathers what comes in one moment, each key once', async () => {
  queue.purge(['a', 'b']);
  queue.purge(['b', 'c']);
  expect(calls).toEqual([]);
  await pass(GATHER_MS);
  expect(calls).toEqual([['a', 'b', 'c']]);
});

it('sends no more keys in a call than the CDN takes', async () => {
  queue.purge(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await pass(4 * GATHER_MS);
  expect(calls).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
});

it('purges each key once more, when no answer from before can be on its way, and then never again', async () => {
  queue.purge(['a']);
  await pass(AGAIN_MS - 1);
  expect(calls).toEqual([['a']]);
  await pass(GATHER_MS + 2);
  expect(calls).toEqual([['a'], ['a']]);
  await pass(3 * AGAIN_MS);
  expect(calls).toHaveLength(2);
  expect(queue.size).toBe(0);
});

it('counts the time until the second purge from the last change', async () => {
  queue.purge(['a']);
  await pass(1_000);
  queue.purge(['a']);
  await pass(AGAIN_MS - 1);
  expect(calls).toHaveLength(2);
  await pass(GATHER_MS + 2);
  expect(calls).toHaveLength(3);
});

it('repeats what failed, later each time, until it succeeds', async () => {
  answer = fails;
  queue.purge(['a']);
  await pass(GATHER_MS + 250 + 500 + 1_000);
  expect(calls).toHaveLength(4);
  await pass(1_999);
  expect(calls).toHaveLength(4);
  answer = async () => undefined;
  await pass(2);
  expect(calls).toHaveLength(5);
  expect(told).toEqual(['failing', 'working']);
});

it('asks for one purge only where the first was late enough to be the last', async () => {
  answer = fails;
  queue.purge(['a']);
  await pass(GATHER_MS + 250 + 500 + 1_000 + 2_000 - 1);
  answer = async () => undefined;
  await pass(3);
  const { length } = calls;
  await pass(2 * AGAIN_MS);
  expect(calls).toHaveLength(length);
  expect(queue.size).toBe(0);
});

it('waits for as long as a CDN that limits calls wants to be left alone, and takes what comes meanwhile along', async () => {
  answer = async () => {
    throw new CallsLimited('429', 7_000);
  };
  queue.purge(['a']);
  await pass(GATHER_MS);
  queue.purge(['b']);
  await pass(6_999);
  expect(calls).toEqual([['a']]);
  answer = async () => undefined;
  await pass(2);
  expect(calls[1]).toEqual(['a', 'b']);
});

it('remembers what could not be purged while the breaker is open, and purges it at recovery', async () => {
  state = 'open';
  queue.purge(['a']);
  await pass(30_000);
  queue.purge(['b']);
  expect(calls).toEqual([]);
  state = 'half-open';
  await pass(5_001);
  expect(calls[0]).toEqual(['a', 'b']);
});

it('purges everything when more waits than it remembers, and says so', async () => {
  state = 'open';
  for (let index = 0; index <= MAX_KEYS; index += 1) queue.purge([`k${index}`]);
  expect(queue.size).toBeLessThan(10);
  expect(told).toContain('overflow');
  state = 'closed';
  await pass(5_001);
  expect(calls.flat()).toContain(ALL_ANSWERS);
});

it('what comes while everything waits to be purged is part of it; what comes after it was sent is not', async () => {
  let release: () => void = () => undefined;
  answer = () => new Promise<void>((resolve) => (release = resolve));
  queue.purge([ALL_ANSWERS]);
  queue.purge(['a']);
  await pass(GATHER_MS);
  queue.purge(['b']);
  release();
  answer = async () => undefined;
  await pass(2 * GATHER_MS);
  expect(calls).toEqual([[ALL_ANSWERS], ['b']]);
});

it('a call that hangs holds up no caller, and no end for longer than two seconds', async () => {
  answer = () => new Promise(() => undefined);
  queue.purge(['a']);
  await pass(GATHER_MS);
  queue.purge(['b']);
  expect(queue.size).toBe(1);
  const stopped = queue.stop();
  await pass(2_000);
  await stopped;
});

it('sends what is left when it stops, and nothing after', async () => {
  queue.purge(['a']);
  await queue.stop();
  expect(calls).toEqual([['a']]);
  queue.purge(['b']);
  await pass(2 * AGAIN_MS);
  expect(calls).toEqual([['a']]);
});

it('what waits because the CDN has failed is tried once more at the end, and told if it fails again', async () => {
  answer = fails;
  queue.purge(['a']);
  await pass(GATHER_MS);
  queue.purge(['b']);
  answer = async () => undefined;
  await queue.stop();
  expect(calls).toEqual([['a'], ['a', 'b']]);
  expect(told).toEqual(['failing', 'working']);
});

it('what is left at the end is told', async () => {
  answer = fails;
  queue.purge(['a']);
  await pass(GATHER_MS);
  await queue.stop();
  expect(calls).toEqual([['a'], ['a']]);
  expect(told).toEqual(['failing', 'left']);
});
