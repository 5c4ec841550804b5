/** docs/PROOF.md and docs/proof.json, made of the last results of all parts. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { POSTGRES, type Program, REDIS, locate } from '../support/programs.js';
import { type Json, PARTS } from './parts.js';
import type { Size } from './verdict.js';

export interface Proved {
  name: string;
  at: string;
  seconds: number;
  command: string;
  ok: boolean;
  result: string;
  /** Null: it printed none. */
  json: Json;
}

export interface Kept extends Proved {
  /** What was proved. */
  commit: string;
  /** And on what. */
  machine: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROVED = join(ROOT, 'docs/proof.json');
const keptIn = (size: Size): string => join(ROOT, '.data/prove', size);

export async function keep(size: Size, proved: Proved): Promise<void> {
  await mkdir(keptIn(size), { recursive: true });
  const text = JSON.stringify({ ...proved, commit: commit(), machine: machine() }, null, 2);
  // Where the project lies is nobody's business.
  await writeFile(join(keptIn(size), `${proved.name}.json`), text.replaceAll(ROOT, ''));
}

/** The last result of each part: as it was kept here, else as the page has it, which came with the sources. */
export async function kept(size: Size): Promise<Kept[]> {
  const names = new Set(await readdir(keptIn(size)));
  const here = PARTS.map(({ name }) => `${name}.json`).filter((file) => names.has(file));
  const found = await Promise.all(here.map(async (file) => await readJson<Kept>(join(keptIn(size), file))));
  if (size !== 'release') return found;
  const { proved } = await readJson<{ proved: Kept[] }>(PROVED);
  const all = new Map([...proved, ...found].map((one) => [one.name, one]));
  return PARTS.flatMap(({ name }) => all.get(name) ?? []);
}

const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;

export async function writeProof(proved: readonly Kept[]): Promise<void> {
  await writeFile(join(ROOT, 'docs/PROOF.md'), page(proved));
  await writeFile(PROVED, `${JSON.stringify({ proved }, null, 2)}\n`);
}

function page(proved: readonly Kept[]): string {
  const machines = [...new Set(proved.map(({ machine }) => machine))];
  const rows = PARTS.map(({ name, what, mustShow }) => {
    const found = proved.find((one) => one.name === name);
    return found
      ? [
          `\`${name}\``,
          what,
          mustShow,
          found.result,
          found.ok ? 'yes' : '**no**',
          found.at.slice(0, 10),
          found.commit,
          letterOf(machines.indexOf(found.machine)),
          `${found.seconds} s`,
        ]
      : [`\`${name}\``, what, mustShow, 'not run', '**no**', '', '', '', ''];
  });
  const heads = ['part', 'what was run', 'must show', 'result', 'shown', 'date', 'commit', 'on', 'took'];
  const table = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`);
  return [
    '# Proof',
    '',
    'Written by `npm run prove`; do not edit. Everything here was run at release size, on the real server where processes are spoken of.',
    'Seeds, counts and all other numbers are in [proof.json](proof.json). `npm run prove -- --only chaos` repeats one row.',
    '',
    ...machines.map((machine, index) => `- ${letterOf(index)}: ${machine}`),
    '',
    ...table,
    '',
  ].join('\n');
}

const escaped = (cell: string): string => cell.replaceAll('|', '\\|');

const letterOf = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

function machine(): string {
  const [processor] = cpus();
  return [
    `${processor?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, shared`,
    `Node ${process.version}, PostgreSQL ${versionOf(POSTGRES)}, Redis ${versionOf(REDIS)}`,
  ].join('; ');
}

function versionOf(program: Program): string {
  const located = locate(program);
  if (located?.kind !== 'executable') return located?.image ?? 'none';
  return /\d+(\.\d+)+/.exec(execFileSync(located.path, ['--version'], { encoding: 'utf8' }))?.[0] ?? 'unknown';
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'test/prove') === '' ? '' : ' and changes';
  return git('rev-parse', '--short', 'HEAD') + changed;
}
