import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startChild } from '../support/child.js';

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

test.each(['SIGINT', 'SIGKILL'] as const)('a server that tests started ends with them, even by %s', async (signal) => {
  const tests = startChild('test/support/redis-holder.ts');
  const [, port] = /port (\d+)/.exec(await tests.says(/port \d+/))!;
  expect(await isOpen(Number(port))).toBe(true);
  tests.kill(signal);
  await tests.ended;
  await expect.poll(() => isOpen(Number(port))).toBe(false);
});
