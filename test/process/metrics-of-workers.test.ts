import { expect, test } from 'vitest';
import { startChild } from '../support/child.js';

test('a worker that hangs is missing from the metrics, and those of the others are told all the same', async () => {
  const { code, output } = await startChild('test/support/hung-worker.ts').ended;
  expect(code).toBe(0);
  expect([...output.matchAll(/^toys_total\{worker="(\d)"\} 1$/gm)].map(([, worker]) => worker)).toEqual(['1', '2']);
  expect(output).toMatch(/^larder_workers_missing 1$/m);
});
