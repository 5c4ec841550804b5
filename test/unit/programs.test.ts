import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Program, locate, locateOrExplain } from '../support/programs.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'larder-programs-'));
});
afterEach(() => rm(root, { recursive: true }));

const program = (directories: string[]): Program => ({
  title: 'Nonesuch',
  executables: [['nonesuch', 'nonesuch-init'], ['nonesuch-ng']],
  directories: directories.map((name) => join(root, name)),
  debianPackage: 'nonesuch-server',
});

async function install(path: string, mode = 0o755): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), '');
  await chmod(join(root, path), mode);
}

test('executables that belong together are taken from one directory', async () => {
  await install('a/nonesuch');
  await install('b/nonesuch-init');
  expect(locate(program(['a', 'b']))).toBeNull();
  await install('b/nonesuch');
  expect(locate(program(['a', 'b']))).toEqual({ kind: 'executable', path: join(root, 'b/nonesuch') });
});

test('a file that cannot be executed is no program', async () => {
  await install('a/nonesuch-ng', 0o644);
  expect(locate(program(['a']))).toBeNull();
});

test('what is missing is named with how to get it', () => {
  expect(() => locateOrExplain(program([]))).toThrow(
    'The tests need Nonesuch. Install it so that nonesuch and nonesuch-init can be found in PATH (on Debian and Ubuntu: apt-get install nonesuch-server).',
  );
  expect(() => locateOrExplain({ ...program([]), image: 'nonesuch:1' })).toThrow(
    /or start Docker and run: docker pull nonesuch:1\.$/,
  );
});
