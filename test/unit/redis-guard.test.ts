import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FAILURES, Guard, LATE_ANSWERS, LATE_MS, LIMIT_MS, OPEN_MS } from '../../src/cache/redis/guard.js';
import { type HandClock, createHandClock } from '../support/hand-clock.js';

let clock: HandClock;
let guard: Guard;
/** What was sent, as text: a command of ours, or a probe. */
let sent: string[];

beforeEach(() => {
  // The breaker reads the time of day.
  vi.useFakeTimers({ toFake: ['Date'] });
  clock = createHandClock();
  guard = new Guard(clock);
  sent = [];
});
afterEach(() => vi.useRealTimers());

const settled = () => new Promise((resolve) => setImmediate(resolve));
const answers = async () => 'answer';
const hangs = () => new Promise<never>(() => undefined);
const fails = async () => {
  throw new Error('Connection is closed.');
};
const refuses = async () => {
  throw Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError' });
};

const ask = (command: () => Promise<unknown>, probe = command) =>
  guard.ask(
    () => (sent.push('command'), command()),
    () => (sent.push('probe'), probe()),
  );

/** How long somebody waits for an answer. */
async function waited(command: () => Promise<unknown>): Promise<number> {
  const start = clock.monotonicMs();
  const answer = ask(command).then(() => 'answered');
  while ((await Promise.race([answer, settled()])) !== 'answered') clock.advance(0.5);
  return clock.monotonicMs() - start;
}

async function open() {
  for (let failure = 0; failure < FAILURES; failure += 1) await ask(fails);
  sent = [];
}

it('who needs one answer after the other from a server that hangs waits less than 100 ms in all', async () => {
  const waits = [];
  for (let command = 0; command < 10; command += 1) waits.push(await waited(hangs));
  expect(waits.slice(0, 4)).toEqual([LIMIT_MS, LIMIT_MS / 2, LIMIT_MS / 4, 0]);
  expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThan(100);
});

it('an answer in between gives the next command all its time again', async () => {
  await waited(hangs);
  expect(await ask(answers)).toBe('answer');
  expect(await waited(hangs)).toBe(LIMIT_MS);
});

it('nothing is sent after three failures in a row, and nobody waits', async () => {
  await open();
  expect(await ask(answers)).toBeUndefined();
  expect(sent).toEqual([]);
});

it('after a second one probe finds out whether the server is back, while nobody waits for it', async () => {
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  let letGo: (value: string) => void = () => undefined;
  const slow = () => new Promise<string>((resolve) => (letGo = resolve));
  expect(await Promise.all([ask(answers, slow), ask(answers, slow), ask(answers, slow)])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(sent).toEqual(['probe']);
  letGo('well');
  await settled();
  expect(await ask(answers)).toBe('answer');
});

it('a probe that hangs keeps the breaker open for another second', async () => {
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  await ask(hangs);
  clock.advance(LIMIT_MS);
  await settled();
  await ask(answers);
  vi.advanceTimersByTime(OPEN_MS - 1);
  await ask(answers);
  expect(sent).toEqual(['probe']);
  vi.advanceTimersByTime(1);
  await ask(answers);
  expect(sent).toEqual(['probe', 'probe']);
});

it('a server that says no has answered: it is asked on', async () => {
  for (let command = 0; command < 2 * FAILURES; command += 1) expect(await ask(refuses)).toBeUndefined();
  expect(sent).toHaveLength(2 * FAILURES);
});

it('a server is slow when many answers in a row were late, until one is not', async () => {
  const after = (ms: number) => () => new Promise<void>((resolve) => void clock.after(ms, resolve));
  for (let answer = 1; answer < LATE_ANSWERS; answer += 1) await waited(after(LATE_MS + 5));
  await waited(after(LATE_MS - 5));
  for (let answer = 1; answer < LATE_ANSWERS; answer += 1) await waited(after(LATE_MS + 5));
  expect(guard.isSlow).toBe(false);
  await waited(after(LATE_MS + 5));
  expect(guard.isSlow).toBe(true);
  expect(guard.state).toBe('closed');
  await waited(answers);
  expect(guard.isSlow).toBe(false);
});

it('a server that was away is just back for as long as others may not have found out', async () => {
  expect(guard.isJustBack).toBe(false);
  await open();
  clock.advance(OPEN_MS);
  vi.setSystemTime(Date.now() + OPEN_MS);
  expect(guard.isJustBack).toBe(false);
  await ask(answers);
  await settled();
  expect(guard.state).toBe('closed');
  expect(guard.isJustBack).toBe(true);
  clock.advance(OPEN_MS);
  expect(guard.isJustBack).toBe(true);
  clock.advance(LIMIT_MS);
  expect(guard.isJustBack).toBe(false);
});
