/** Lines of the log go out together, and none stays behind; and which there are can be changed while it is written. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type Child, startChild } from '../support/child.js';

const PROGRAM = fileURLToPath(new URL('../support/log-and-end.ts', import.meta.url));

test.each([
  ['by itself', ['one', 'two']],
  ['by an error', ['one', 'two']],
  ['by process.exit', ['one', 'two']],
  ['killed a second later', ['one', 'two']],
  ['killed after a warning', ['one', 'two', 'a warning']],
])('a process that ends %s has said all of it, in order', (end, said) => {
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', PROGRAM, end], { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(said);
});

let child: Child | null = null;
afterEach(async () => {
  child?.kill('SIGKILL');
  await child?.ended;
});

/** The levels that workers told of, in order. */
const levelsIn = (output: string) =>
  [...output.matchAll(/"logLevel":"(\w+)","worker":(\d+)/g)].map(([, level, worker]) => `${worker} ${level}`);

test(
  'SIGUSR2 changes the level of workers, too, and of one that takes the place of another',
  { timeout: 60_000 },
  async () => {
    child = startChild('test/support/level-of-workers.ts', ['info']);
    const [, pid] = /"worker":(\d+),"msg":"a worker answers"/.exec(await child.says(/a worker answers/))!;
    child.kill('SIGUSR2');
    await child.says(/"logLevel":"debug","worker":1/);
    process.kill(Number(pid), 'SIGKILL');
    await child.says(/"logLevel":"debug","worker":2/);
    child.kill('SIGUSR2');
    const output = await child.says(/"logLevel":"info","worker":2/);
    expect(levelsIn(output)).toEqual(['1 debug', '2 debug', '2 info']);
  },
);

test('a worker that has only been started outlives SIGUSR2', { timeout: 60_000 }, async () => {
  child = startChild('test/support/level-of-workers.ts', ['info']);
  await child.says(/started the workers/);
  child.kill('SIGUSR2');
  await child.says(/"logLevel":"debug","worker":1/);
  expect(await child.says(/a worker answers/)).not.toMatch(/could start|ended by itself/);
});

test('where LOG_LEVEL has debug lines, SIGUSR2 turns them off first, and says so', { timeout: 60_000 }, async () => {
  child = startChild('test/support/level-of-workers.ts', ['debug']);
  await child.says(/a worker answers/);
  child.kill('SIGUSR2');
  await child.says(/"logLevel":"info","worker":1/);
  child.kill('SIGUSR2');
  expect(levelsIn(await child.says(/"logLevel":"debug","worker":1/))).toEqual(['1 info', '1 debug']);
});
