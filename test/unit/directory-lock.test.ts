import { access, chmod, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryLockedError, lockDirectory } from '../../src/platform/directory-lock.js';
import { type Child, startChild } from '../support/child.js';

let directory: string;
let holders: Child[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-lock-'));
  holders = [];
});
afterEach(async () => {
  holders.forEach((holder) => holder.kill('SIGKILL'));
  await Promise.all(holders.map(({ ended }) => ended));
  await rm(directory, { recursive: true });
});

function startHolder(): Child {
  const holder = startChild('test/support/lock-holder.ts', [directory]);
  holders.push(holder);
  return holder;
}

async function holderOf(): Promise<Child> {
  const holder = startHolder();
  await holder.says(/^locked$/m);
  return holder;
}

/** Leaves the socket of a process that was killed. */
async function leaveDeadLock(): Promise<void> {
  const holder = await holderOf();
  holder.kill('SIGKILL');
  await holder.ended;
  await access(join(directory, 'lock.sock'));
}

/** The same without a process: a server that closes does not find its socket under another name, and leaves it. */
async function fakeDeadLock(): Promise<void> {
  const [path, elsewhere] = [join(directory, 'lock.sock'), join(directory, 'moved.sock')];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await rename(path, elsewhere);
  await new Promise((resolve) => server.close(resolve));
  await rename(elsewhere, path);
}

test('a second process is refused, and told what to do', async () => {
  await holderOf();
  const second = await startHolder().ended;
  expect(second.code).toBe(1);
  expect(second.output).toContain(`Another process uses the embedded database in ${directory}. Stop it first`);
  expect(second.output).toMatch(/another DATA_DIR, or use a PostgreSQL server for both: DATABASE_URL=postgresql:/);
});

test('the holder is refused a second time, too', async () => {
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(DirectoryLockedError);
  await unlock();
});

test('what is given back can be taken again', async () => {
  const unlock = await lockDirectory(directory);
  await unlock();
  await (
    await lockDirectory(directory)
  )();
});

test('a holder that is stopped, and answers nobody, still holds', async () => {
  const holder = await holderOf();
  holder.kill('SIGSTOP');
  await expect(lockDirectory(directory)).rejects.toThrow(DirectoryLockedError);
});

test('a lock ends with its process, even by kill -9', async () => {
  await leaveDeadLock();
  await (
    await lockDirectory(directory)
  )();
});

test('of many processes that find a dead lock at once, exactly one takes it', async () => {
  await leaveDeadLock();
  const rivals = Array.from({ length: 5 }, startHolder);
  const outcomes = await Promise.all(rivals.map(({ says }) => says(/^locked$|DirectoryLockedError/m)));
  expect(outcomes.filter((output) => output.startsWith('locked'))).toHaveLength(1);
});

test('of many callers in one process that find a dead lock at once, exactly one takes it, every time', async () => {
  for (let round = 0; round < 10; round += 1) {
    await fakeDeadLock();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => lockDirectory(directory)));
    const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]!.value();
  }
});

test('a process that died while it took a dead lock over keeps nobody out for ever', async () => {
  await leaveDeadLock();
  const mark = join(directory, 'lock.takeover');
  await writeFile(mark, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(mark, longAgo, longAgo);
  await (
    await lockDirectory(directory)
  )();
});

describe.runIf(process.getuid?.() === 0)('somebody who may not write there', () => {
  const NOBODY = { uid: 65_534, gid: 65_534 };

  test.each([
    ['beside a dead lock', leaveDeadLock],
    ['in an empty directory', async () => undefined],
  ])('is told so at once, %s', async (_where, prepare) => {
    await prepare();
    await chmod(directory, 0o755);
    const stranger = startChild('test/support/lock-holder.ts', [directory], { HOME: '/nonexistent' }, NOBODY);
    holders.push(stranger);
    expect(await stranger.says(/Error/)).toMatch(
      new RegExp(`^OperatorError: The data directory ${directory} cannot be used .*EACCES.*another DATA_DIR`),
    );
  });
});

test('a path that is no directory is told', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  await expect(lockDirectory(file)).rejects.toThrow(/^The data directory .*\/file cannot be used .*EEXIST/);
});

test('the directory is made if there is none', async () => {
  await (
    await lockDirectory(join(directory, 'a', 'b'))
  )();
});
