/** Lines of the log go out together, and none stays behind. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
