import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Guards } from '../../src/cache/redis/guard.js';
import {
  Breaker,
  BreakerOpenError,
  Breakers,
  FAILURES,
  OPEN_MS,
  SUCCESSES,
  WINDOW_MS,
} from '../../src/platform/breaker.js';
import { createHandClock } from '../support/hand-clock.js';

class Refusal extends Error {}

const isFailure = (error: unknown) => !(error instanceof Refusal);

let breaker: Breaker;
/** How often the server was asked. */
let asked: number;

beforeEach(() => {
  // The breaker reads the time of day.
  vi.useFakeTimers({ toFake: ['Date'] });
  breaker = new Breaker('indexer', { isFailure });
  asked = 0;
});
afterEach(() => vi.useRealTimers());

const run = (answer: () => Promise<string>) =>
  breaker
    .run(() => {
      asked += 1;
      return answer();
    })
    .catch((error: unknown) => error);

const well = async () => 'answer';
const fails = async () => {
  throw new Error('ECONNREFUSED');
};
const refuses = async () => {
  throw new Refusal('no such contract');
};

async function open() {
  for (let failure = 0; failure < FAILURES; failure += 1) await run(fails);
  expect(breaker.state).toBe('open');
  asked = 0;
}

it('opens with the fifth failure of a minute, whatever succeeded between', async () => {
  for (let failure = 1; failure < FAILURES; failure += 1) {
    await run(fails);
    await run(well);
  }
  expect(breaker.state).toBe('closed');
  await run(fails);
  expect(breaker.state).toBe('open');
});

it('stays closed while failures come slower than five a minute', async () => {
  for (let failure = 0; failure < 4 * FAILURES; failure += 1) {
    await run(fails);
    vi.advanceTimersByTime(WINDOW_MS / (FAILURES - 1));
  }
  expect(breaker.state).toBe('closed');
});

it('a server that says no is well, and its answer is passed on', async () => {
  for (let answer = 0; answer < 4 * FAILURES; answer += 1) expect(await run(refuses)).toBeInstanceOf(Refusal);
  expect(breaker.state).toBe('closed');
});

it('nothing is asked for a minute after it opened', async () => {
  await open();
  vi.advanceTimersByTime(OPEN_MS - 1);
  expect(await run(well)).toBeInstanceOf(BreakerOpenError);
  expect(asked).toBe(0);
  vi.advanceTimersByTime(1);
  expect(await run(well)).toBe('answer');
});

it('a failure while it is open costs less than a millisecond of CPU, and waits for no timer', async () => {
  await open();
  const order: string[] = [];
  setTimeout(() => order.push('timer'), 0);
  const start = process.cpuUsage();
  for (let call = 0; call < 1_000; call += 1) await run(well);
  const { user, system } = process.cpuUsage(start);
  order.push('refused');
  expect(order).toEqual(['refused']);
  expect((user + system) / 1_000 / 1_000).toBeLessThan(1);
});

it('closes after two answers, one asked for at a time', async () => {
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  let letGo: (value: string) => void = () => undefined;
  const first = run(() => new Promise((resolve) => (letGo = resolve)));
  expect(breaker.state).toBe('half-open');
  expect(await run(well)).toBeInstanceOf(BreakerOpenError);
  letGo('slow answer');
  expect(await first).toBe('slow answer');
  for (let success = 1; success < SUCCESSES; success += 1) {
    expect(breaker.state).toBe('half-open');
    const both = await Promise.all([run(well), run(well)]);
    expect(both).toEqual(['answer', expect.any(BreakerOpenError)]);
  }
  expect(breaker.state).toBe('closed');
  expect(await Promise.all([run(well), run(well)])).toEqual(['answer', 'answer']);
});

it.each([
  ['the first', 0],
  ['the second', 1],
])('opens for another minute if %s answer fails to come', async (_which, answers) => {
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  for (let answer = 0; answer < answers; answer += 1) await run(well);
  await run(fails);
  expect(breaker.state).toBe('open');
  vi.advanceTimersByTime(OPEN_MS - 1);
  expect(await run(well)).toBeInstanceOf(BreakerOpenError);
});

it('a server that says no proves as well as another that it is back', async () => {
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  for (let answer = 0; answer < SUCCESSES; answer += 1) await run(refuses);
  expect(breaker.state).toBe('closed');
});

it('tells each change of its state once', async () => {
  const states: string[] = [];
  breaker.onChange((state) => states.push(state));
  await open();
  vi.advanceTimersByTime(OPEN_MS);
  await run(well);
  await run(well);
  await run(well);
  expect(states).toEqual(['open', 'half-open', 'closed']);
  await open();
  breaker.reset();
  expect(states.slice(3)).toEqual(['open', 'closed']);
});

it('asks at once after it was closed by hand, and counts from nothing', async () => {
  await open();
  breaker.reset();
  for (let failure = 1; failure < FAILURES; failure += 1) await run(fails);
  expect(breaker.state).toBe('closed');
  expect(await run(well)).toBe('answer');
});

it('one that fails after the breaker was closed by hand does not open it', async () => {
  let fail: (error: Error) => void = () => undefined;
  const late = run(() => new Promise((_resolve, reject) => (fail = reject)));
  for (let failure = 1; failure < FAILURES; failure += 1) await run(fails);
  breaker.reset();
  fail(new Error('late'));
  await late;
  expect(breaker.state).toBe('closed');
});

describe('the registry', () => {
  it('shows all breakers by name, tells of their changes, and closes them', async () => {
    const breakers = new Breakers();
    const heard: string[] = [];
    breakers.onChange(({ name, state, reason }) => heard.push(`${name} ${state}, ${reason}`));
    breaker = breakers.create('indexer');
    breakers.create('cdn');
    await open();
    expect(breakers.states()).toEqual([
      { name: 'indexer', state: 'open' },
      { name: 'cdn', state: 'closed' },
    ]);
    expect(breakers.reset()).toEqual(['indexer']);
    expect(breakers.reset()).toEqual([]);
    expect(heard).toEqual(['indexer open, ECONNREFUSED', 'indexer closed, ECONNREFUSED']);
  });

  it('takes no second breaker by a name that it has', () => {
    const breakers = new Breakers();
    breakers.create('indexer');
    expect(() => breakers.create('indexer')).toThrow('"indexer"');
  });

  it('has the guards of Redis servers as one, which is open while one of them is', async () => {
    const breakers = new Breakers();
    const guards = breakers.add('redis', new Guards(createHandClock()));
    const heard: string[] = [];
    breakers.onChange(({ name, state, reason }) => heard.push(`${name} ${state}, ${reason}`));
    await guards.of('one').ask(well, well);
    for (let failure = 0; failure < 3; failure += 1) await guards.of('two').ask(fails, fails);
    expect(breakers.states()).toEqual([{ name: 'redis', state: 'open' }]);
    expect(await guards.of('one').ask(well, well)).toBe('answer');
    expect(breakers.reset()).toEqual(['redis']);
    expect(await guards.of('two').ask(well, well)).toBe('answer');
    // Nothing was open any more.
    guards.reset();
    expect(heard).toEqual(['redis open, null', 'redis closed, null']);
  });
});
