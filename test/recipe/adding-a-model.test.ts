import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Block, applyBlock, blocksOf } from './blocks.js';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'larder-recipe-'));
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: project });
  for (const file of stdout.split('\n').filter(Boolean)) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(project, file), join(copy, file)).catch(ignoreDeleted);
  }
  await symlink(join(project, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** git still lists a file that was deleted and not yet committed. */
function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function walk(block: Block): Promise<string> {
  if (block.kind === 'commands') {
    const env = { ...process.env, NO_COLOR: '1' };
    const { stdout, stderr } = await run('sh', ['-ec', block.text], { cwd: copy, env, maxBuffer: 1e7 });
    return stdout + stderr;
  }
  const file = join(copy, block.file);
  const before = await readFile(file, 'utf8').catch(() => '');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, applyBlock(before, block));
  return '';
}

it('walks docs/adding-a-model.md from the contract to a passing test', { timeout: 600_000 }, async () => {
  const blocks = blocksOf(await readFile(join(project, 'docs/adding-a-model.md'), 'utf8'));
  let output = '';
  for (const block of blocks) output += await walk(block);
  expect(output).toContain('The migrations build exactly what prisma/schema.prisma describes.');
  expect(output).toMatch(/Tests\s+1 passed/);
});
