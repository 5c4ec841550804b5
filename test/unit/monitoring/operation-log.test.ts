import { expect, test } from 'vitest';
import { Observations } from '../../../src/monitoring/observation.js';
import { logOperations } from '../../../src/monitoring/operation-log.js';
import { captureLog } from '../../support/captured-log.js';
import { missed, observed } from '../../support/observed.js';

const SLOW_MS = 500;

/** @returns how many lines so many hits have. */
function linesOf(hits: number, times: number): number {
  const observations = new Observations();
  const log = captureLog();
  logOperations(observations, log.logger, { hits, slowMs: SLOW_MS });
  for (let time = 0; time < times; time += 1) observations.emit('operation', observed());
  return log.lines.length;
}

test.each([
  [0, 0],
  [0.001, 1],
  [0.01, 10],
  [0.4, 400],
  [0.7, 700],
  [0.99, 990],
  [1, 1_000],
])('LOG_HITS=%d tells %d hits of a thousand', (hits, lines) => {
  expect(linesOf(hits, 1_000)).toBe(lines);
});

test('of ten hits the tenth is told where one in ten is, and slow ones and misses always, beside that', () => {
  const observations = new Observations();
  const log = captureLog();
  logOperations(observations, log.logger, { hits: 0.1, slowMs: SLOW_MS });
  for (let time = 0; time < 9; time += 1) observations.emit('operation', observed());
  expect(log.lines).toEqual([]);
  observations.emit('operation', observed({ durationMs: SLOW_MS }));
  observations.emit('operation', missed());
  expect(log.lines).toMatchObject([{ msg: 'a slow operation' }, { cache: 'MISS' }]);
  observations.emit('operation', observed());
  expect(log.lines.slice(2)).toMatchObject([{ cache: 'HIT' }]);
});
