import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastReleased } from '../contract/released.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-released-'));
  git('init', '--quiet');
});
afterEach(() => rm(folder, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: folder });

async function commit(sdl: string): Promise<void> {
  await writeFile(join(folder, 'schema.graphql'), sdl);
  git('add', 'schema.graphql');
  git('commit', '--quiet', '--allow-empty', '--message', sdl);
}

const released = (now: string) => lastReleased(pathToFileURL(`${folder}/`), 'schema.graphql', now)?.sdl;

test('the contract of the last release counts, whatever was committed since', async () => {
  await commit('one');
  git('tag', 'v1.0.0');
  await commit('two');
  await commit('three');
  expect(released('four')).toBe('one');
});

test('before the first release, the last commit with another contract counts', async () => {
  await commit('one');
  await commit('two');
  expect(released('three')).toBe('two');
  expect(released('two')).toBe('one');
});

test('on a branch, the contract of the commit where it began counts', async () => {
  await commit('one');
  git('update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
  await commit('two');
  await commit('three');
  expect(released('four')).toBe('one');
});

test('without history there is nothing to break', async () => {
  expect(released('one')).toBeUndefined();
  await commit('one');
  expect(released('one')).toBeUndefined();
});
