import { expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/cache/clock.js';
import { Flights } from '../../src/cache/flights.js';
import { createHandClock } from '../support/hand-clock.js';

/** An execution that is released by hand. */
function released<T>() {
  let land!: (value: T) => void;
  let crash!: (error: Error) => void;
  const promise = new Promise<T>((resolve, reject) => {
    land = resolve;
    crash = reject;
  });
  return { promise, land, crash };
}

/** Whatever waits for nothing but promises goes on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const always = () => true;
const never = () => false;

it('a thousand callers at once share one execution', async () => {
  const flights = new Flights<string>(systemClock);
  const execution = released<string>();
  let executions = 0;
  const callers = Array.from({ length: 1_000 }, () =>
    flights.fly('k', () => ((executions += 1), execution.promise), always, always),
  );
  execution.land('answer');
  const answers = await Promise.all(callers);
  expect(executions).toBe(1);
  expect(answers.filter(({ isJoined }) => !isJoined)).toHaveLength(1);
  expect(new Set(answers.map(({ result }) => result))).toEqual(new Set(['answer']));
});

it('of callers whose flight was overtaken by a write, one executes again for all', async () => {
  const flights = new Flights<string>(systemClock);
  const first = released<string>();
  const leader = flights.fly('k', () => first.promise, always, never);
  let executions = 0;
  const late = Array.from({ length: 100 }, () =>
    flights.fly('k', async () => `new ${(executions += 1)}`, always, never),
  );
  first.land('old');
  expect((await leader).result).toBe('old');
  expect(new Set((await Promise.all(late)).map(({ result }) => result))).toEqual(new Set(['new 1']));
});

it('a flight that fails fails nobody but the one who leads it', async () => {
  const flights = new Flights<string>(systemClock);
  const first = released<string>();
  const leader = flights.fly('k', () => first.promise, always, always);
  const joiner = flights.fly('k', async () => 'own', always, always);
  first.crash(new Error('of the leader'));
  await expect(leader).rejects.toThrow('of the leader');
  expect(await joiner).toEqual({ result: 'own', isJoined: false });
});

it('what is nobody else’s business is not shared', async () => {
  const flights = new Flights<string>(systemClock);
  const first = released<string>();
  void flights.fly('k', () => first.promise, always, always);
  const joiner = flights.fly('k', async () => 'own', never, always);
  first.land('private');
  expect(await joiner).toEqual({ result: 'own', isJoined: false });
});

it('nobody waits longer than twice for executions that do not end, and those who come later lead a new flight', async () => {
  const clock = createHandClock();
  const flights = new Flights<string>(clock);
  const hang = () => new Promise<string>(() => undefined);
  void flights.fly('k', hang, always, always);
  // The first of them leads the second flight.
  const own = async () => 'own';
  const [, ...joiners] = [hang, own, own].map((execute) => flights.fly('k', execute, always, always));
  clock.advance(5_000);
  await settled();
  expect(flights.isUnderWay('k')).toBe(true);
  clock.advance(5_000);
  expect(await Promise.all(joiners)).toEqual(Array(2).fill({ result: 'own', isJoined: false }));
  expect(flights.isUnderWay('k')).toBe(false);
});

it.each([
  ['whose second execution is quick', 500],
  ['where all executions take as long', 6_000],
])('a hundred who wait for a flight of six seconds, %s, make two executions of it', async (_what, secondMs) => {
  const clock = createHandClock();
  const flights = new Flights<number>(clock);
  let [executions, stored] = [0, null as number | null];
  const execute = async () => {
    const number = (executions += 1);
    await sleep(clock, number === 1 ? 6_000 : secondMs);
    return (stored ??= number);
  };
  const callers = Array.from({ length: 101 }, () => flights.fly('k', execute, always, never, () => stored));
  for (let second = 0; second < 12; second += 1) {
    await settled();
    clock.advance(1_000);
  }
  const answers = await Promise.all(callers);
  expect(executions).toBe(2);
  expect(answers.filter(({ isJoined }) => !isJoined)).toHaveLength(2);
});

it('whoever has given up a flight takes no other that began before they came', async () => {
  const clock = createHandClock();
  const flights = new Flights<string>(clock);
  const [first, second] = [released<string>(), released<string>()];
  void flights.fly('k', () => first.promise, always, never);
  const given = flights.fly('k', () => second.promise, always, never);
  clock.advance(5_000);
  await settled();
  // The second has begun, and is overtaken.
  const late = flights.fly('k', async () => 'new', always, never);
  first.land('old');
  second.land('older than the last');
  expect((await given).result).toBe('older than the last');
  expect(await late).toEqual({ result: 'new', isJoined: false });
});

it('a crowd that finds a flight overdue shares a new one, and one that nobody has joined is not under way for ever', async () => {
  const clock = createHandClock();
  const flights = new Flights<string>(clock);
  const hung = released<string>();
  void flights.fly('k', () => hung.promise, always, always);
  expect([flights.count, flights.isUnderWay('k')]).toEqual([1, true]);
  clock.advance(5_000);
  expect([flights.count, flights.isUnderWay('k')]).toEqual([0, false]);
  let executions = 0;
  const second = released<string>();
  const crowd = Array.from({ length: 100 }, () =>
    flights.fly('k', () => ((executions += 1), second.promise), always, always),
  );
  // The first comes after all, and is not taken for the second.
  hung.land('late');
  await hung.promise;
  expect(flights.isUnderWay('k')).toBe(true);
  second.land('answer');
  const answers = await Promise.all(crowd);
  expect(executions).toBe(1);
  expect(new Set(answers.map(({ result }) => result))).toEqual(new Set(['answer']));
});
