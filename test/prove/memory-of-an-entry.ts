/**
 * What an entry takes of the process' memory. Each measurement has a process of its own, with a collector that is called by hand.
 * `tsx test/prove/memory-of-an-entry.ts`
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Say, type Verdict, asProgram } from './verdict.js';

const DEPENDENCIES = [1, 20, 200];
const BODY_BYTES = 2_000;
const FACTOR = 1.3;
const PER_DEPENDENCY_BYTES = 100;

/** Executed here, or fetched from Redis, where another instance had put it. */
const ORIGINS = ['filled', 'fetched'] as const;

interface Measured {
  bytesPerEntry: number;
  /** As Redis holds it. */
  ownBytes: number;
}

export async function memoryOfAnEntry(_given: unknown, say: Say): Promise<Verdict> {
  const rows = [];
  for (const origin of ORIGINS) {
    for (const dependencies of DEPENDENCIES) {
      const { bytesPerEntry, ownBytes } = await measure(dependencies, origin);
      const allowed = Math.round(FACTOR * ownBytes + PER_DEPENDENCY_BYTES * dependencies);
      say(`memory-of-an-entry: ${origin}, ${dependencies} dependencies: ${bytesPerEntry} bytes, allowed ${allowed}`);
      rows.push({ origin, dependencies, bytesPerEntry, ownBytes, allowed });
    }
  }
  return {
    ok: rows.every(({ bytesPerEntry, allowed }) => bytesPerEntry <= allowed),
    result: rows
      .map(
        ({ origin, dependencies, bytesPerEntry, allowed }) =>
          `${origin}, ${dependencies}: ${bytesPerEntry} B of ${allowed}`,
      )
      .join(', '),
    numbers: { bodyBytes: BODY_BYTES, rows },
  };
}

async function measure(dependencies: number, origin: string): Promise<Measured> {
  const program = fileURLToPath(new URL('memory/measure.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--expose-gc', '--import', 'tsx', program],
    ...[String(dependencies), String(BODY_BYTES), origin],
  ]);
  return JSON.parse(stdout) as Measured;
}

await asProgram(import.meta.url, [], memoryOfAnEntry);
