import { expect, test } from 'vitest';
import { startChild } from '../support/child.js';

const workersIn = (page: string) =>
  [...page.matchAll(/^toys_total\{worker="(\d)"\} 1$/gm)].map(([, worker]) => worker).sort();

test('a worker that hangs is missing from the metrics, and those of the others are told all the same', async () => {
  const { code, output } = await startChild('test/support/hung-worker.ts').ended;
  expect(code).toBe(0);
  expect(workersIn(output)).toEqual(['1', '2']);
  expect(output).toMatch(/^larder_workers_missing 1$/m);
  for (const worker of [1, 2])
    expect(output).toMatch(new RegExp(`^process_start_time_seconds\\{worker="${worker}"\\} \\d+$`, 'm'));
});

test('a worker that is only starting is not missing from the metrics, and nobody waits for it', async () => {
  const { code, output } = await startChild('test/support/hung-worker.ts', ['starting']).ended;
  expect(code).toBe(0);
  expect(workersIn(output)).toEqual(['1', '2']);
  expect(output).toMatch(/^larder_workers_missing 0$/m);
});
