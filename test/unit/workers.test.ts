import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasStarted } from '../../src/workers.js';
import { captureLog } from '../support/captured-log.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const newWorker = () => Object.assign(new EventEmitter(), { process: { pid: 4711 } }) as unknown as Worker;

test.each([
  ['listening', true],
  ['exit', false],
])('a worker that takes its time to start is told of each minute, until %s', async (event, isThere) => {
  const { logger, lines } = captureLog();
  const worker = newWorker();
  const started = hasStarted(worker, logger);
  vi.advanceTimersByTime(59_000);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(62_000);
  expect(lines).toMatchObject([
    { worker: 4711, seconds: 60, msg: expect.stringContaining('the new worker does not answer yet') as string },
    { worker: 4711, seconds: 120 },
  ]);
  worker.emit(event);
  expect(await started).toBe(isThere);
  vi.advanceTimersByTime(120_000);
  expect(lines).toHaveLength(2);
});
