import { beforeEach, expect, test } from 'vitest';
import { type ObservedBreaker, Observations } from '../../../src/monitoring/observation.js';
import { TELL_AGAIN_MS, logTroubles } from '../../../src/monitoring/trouble-log.js';
import { captureLog } from '../../support/captured-log.js';
import { type HandClock, createHandClock } from '../../support/hand-clock.js';

const INFO = 30;
const WARNING = 40;

let observations: Observations;
let clock: HandClock;
let log: ReturnType<typeof captureLog>;
beforeEach(() => {
  observations = new Observations();
  clock = createHandClock();
  log = captureLog();
  logTroubles(observations, log.logger, clock);
});

const becomes = (name: string, state: ObservedBreaker['state'], reason: string | null = null) =>
  observations.emit('breaker', { name, state, reason });
const refuse = (kind: 'shed' | 'rate-limited', times: number) => {
  for (let time = 0; time < times; time += 1) observations.emit('refused', { kind });
};

test('a breaker that opens is told once, with what its server failed by, however often it is tried in vain, and that it has closed', () => {
  becomes('indexer', 'open', 'It does not answer.');
  becomes('indexer', 'half-open');
  becomes('indexer', 'open', 'It does not answer.');
  expect(log.lines).toMatchObject([{ level: WARNING, breaker: 'indexer', reason: 'It does not answer.' }]);
  becomes('indexer', 'half-open');
  becomes('indexer', 'closed');
  expect(log.lines.slice(1)).toMatchObject([{ level: INFO, breaker: 'indexer', msg: 'a breaker has closed' }]);
  becomes('indexer', 'open');
  expect(log.lines).toHaveLength(3);
  expect(log.lines[2]).not.toHaveProperty('reason');
});

test('that of hosts which anybody may name is no warning', () => {
  becomes('token-hosts', 'open');
  expect(log.lines).toMatchObject([{ level: INFO, breaker: 'token-hosts' }]);
});

test('who is turned away is told at once, then how many, twice a minute at most, and of none when there are none', () => {
  refuse('shed', 3);
  expect(log.lines).toMatchObject([{ level: WARNING, turnedAway: { shed: 1 } }]);
  refuse('rate-limited', 5);
  clock.advance(TELL_AGAIN_MS - 1);
  expect(log.lines).toHaveLength(1);
  clock.advance(1);
  expect(log.lines.slice(1)).toMatchObject([{ level: WARNING, turnedAway: { shed: 2, 'rate-limited': 5 } }]);
  clock.advance(10 * TELL_AGAIN_MS);
  expect(log.lines).toHaveLength(2);
  refuse('shed', 1);
  expect(log.lines).toHaveLength(3);
});
