/** What the commands have in common: how they are called, what they say, and how they end. 0: done; 1: failed; 2: called wrongly. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { z } from 'zod';
import { isDatabaseAway } from '../platform/database-errors.js';
import { lastWords } from '../platform/operator-error.js';

class UsageError extends Error {}

export interface Command<Values> {
  usage: string;
  options: NonNullable<ParseArgsConfig['options']>;
  /** What the one argument beside the options is, if there must be one. It is read as the value of this name. */
  argument?: string;
  /** Takes the options, and the argument, as text. */
  schema: z.ZodType<Values>;
  run: (values: Values) => Promise<void>;
}

export async function runCommand<Values>(command: Command<Values>): Promise<void> {
  try {
    const values = read(command);
    if (values === 'help') console.log(command.usage);
    else await command.run(values);
  } catch (error) {
    // Not exitCode: PGlite sets that to 0 when it cannot open its files.
    process.exit(tell(error, command.usage));
  }
}

function read<Values>({ options, argument, schema }: Command<Values>): Values | 'help' {
  const { values, positionals } = parse({ ...options, help: { type: 'boolean', short: 'h' } });
  if (values.help === true) return 'help';
  const [first, second] = positionals;
  if (argument !== undefined && first === undefined) throw new UsageError(`The ${argument} is missing.`);
  const surplus = argument === undefined ? first : second;
  if (surplus !== undefined) throw new UsageError(`It is not clear what "${surplus}" is for.`);
  const parsed = schema.safeParse({ ...values, ...(argument !== undefined && { [argument]: first }) });
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}

function parse(options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function tell(error: unknown, usage: string): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  const away = isDatabaseAway(error) && 'The database went away, and nothing was written. Try again when it is back.';
  console.error(away || lastWords(error));
  return 1;
}
