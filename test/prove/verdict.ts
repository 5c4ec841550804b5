/** How every proof is told: what was found, whether that is what must be shown, and with which numbers. */
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

export interface Verdict {
  ok: boolean;
  /** For the table, in a few words. */
  result: string;
  /** For who wants to know more. JSON. */
  numbers: Record<string, unknown>;
}

export type Size = 'ci' | 'release';

export interface Arguments {
  size: Size;
  /** The other options, as `--name value`. */
  options: Readonly<Record<string, string>>;
}

/** Progress, where the verdict does not go. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stderr.write(`${line}\n`);

/** Makes a module a program: progress on standard error, the verdict as the last line of standard output. Does nothing when imported. */
export async function asProgram(
  moduleUrl: string,
  names: readonly string[],
  prove: (given: Arguments, say: Say) => Promise<Verdict>,
): Promise<void> {
  if (moduleUrl !== pathToFileURL(process.argv[1] ?? '').href) return;
  const { values } = parseArgs({
    options: {
      ci: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const { ci, ...options } = values as { ci: boolean } & Record<string, string>;
  const verdict = await prove({ size: ci ? 'ci' : 'release', options }, say);
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  process.exitCode = verdict.ok ? 0 : 1;
}

/** @throws a sentence for people. */
export function wholeNumber(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`"${text}" is no whole number.`);
}
