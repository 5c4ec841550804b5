/**
 * `npm run prove`: proves everything that is claimed of the cache, one part after the other, and writes docs/PROOF.md.
 *
 *     npm run prove -- [--ci] [--only chaos,zipf]
 *
 * Results are kept in .data/prove, so parts can be proved on different days: the page has the last of each, with its date.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Json, PARTS, type Part } from './parts.js';
import { type Proved, keep, kept, writeProof } from './proof-page.js';
import { type Size, say } from './verdict.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { ci: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const size: Size = values.ci ? 'ci' : 'release';
  const chosen = choose(values.only.split(',').filter(Boolean));
  const proved: Proved[] = [];
  for (const [index, part] of chosen.entries()) {
    say(`\n[${index + 1}/${chosen.length}] ${part.name}: ${part.what}`);
    const result = await prove(part, size);
    proved.push(result);
    await keep(size, result);
    say(
      `[${index + 1}/${chosen.length}] ${part.name}: ${result.ok ? 'ok' : 'NOT SHOWN'}: ${result.result} (${result.seconds} s)`,
    );
  }
  console.table(Object.fromEntries(proved.map(({ name, result, ok }) => [name, { result, ok }])));
  // The page speaks of release sizes only.
  if (size === 'release') await writeProof(await kept(size));
  process.exitCode = proved.every(({ ok }) => ok) ? 0 : 1;
}

function choose(names: readonly string[]): readonly Part[] {
  if (names.length === 0) return PARTS;
  return names.map((name) => {
    const part = PARTS.find((part) => part.name === name);
    if (part) return part;
    throw new Error(`There is no part "${name}"; there are: ${PARTS.map(({ name }) => name).join(', ')}.`);
  });
}

async function prove({ name, command, tell }: Part, size: Size): Promise<Proved> {
  const startedAt = Date.now();
  const program = ['--import', 'tsx', ...command(size)];
  const child = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const json = jsonIn(output);
  return {
    name,
    at: new Date(startedAt).toISOString(),
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    command: program.slice(2).join(' '),
    ok: code === 0 && json !== null,
    result: json === null ? `ended with ${code} and without a result` : (tell ?? resultOf)(json),
    json,
  };
}

const resultOf = (json: Json): string => String((json as { result?: unknown }).result);

/** The last JSON that was printed, on one line or on many. */
function jsonIn(output: string): Json {
  const starts = [...output.matchAll(/^[[{]/gm)].map(({ index }) => index);
  for (const start of starts.reverse()) {
    try {
      return JSON.parse(output.slice(start)) as Json;
    } catch {
      // A brace in the middle of it: it begins earlier.
    }
  }
  return null;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
