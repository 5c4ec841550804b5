/**
 * Reads owners.csv: `token_id`, `owner` and, for tokens of which there are several, `quantity`.
 *
 * No value holds a line break, so each line is parsed by itself: a quotation mark that is never closed spoils its own
 * line and not the rest of the file.
 */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { MAX_INT, ZERO_ADDRESS, address, tokenId } from '../../graphql/inputs.js';
import { OperatorError } from '../../platform/operator-error.js';
import { type Line, TOO_LONG, readLines, statInput } from './lines.js';

export interface OwnerRow {
  line: number;
  tokenId: string;
  owner: string;
  quantity: number;
}

type OwnerEntry = { row: OwnerRow } | { line: number; fault: string };

export interface OwnersFile {
  /** When it was written: what it knows of the chain is as old. */
  writtenAt: Date;
  /** In bytes. */
  progress: { done: number; all: number };
  entries(): AsyncGenerator<OwnerEntry>;
}

const REQUIRED = ['token_id', 'owner'];

const ownership = z.object({
  token_id: tokenId.transform((id) => BigInt(id).toString()),
  owner: address.refine((text) => text !== ZERO_ADDRESS, 'this is nobody: leave the line out'),
  quantity: z
    .string()
    .transform((text) => (text === '' ? 1 : Number(text)))
    .refine((count) => Number.isInteger(count) && count > 0 && count <= MAX_INT, {
      error: `must be a whole number from 1 to ${MAX_INT}`,
    }),
});

/** @throws OperatorError if it cannot be read, or its first line does not name the columns. */
export async function openOwners(path: string): Promise<OwnersFile> {
  const found = await statInput(path);
  if (!found.isFile()) throw new OperatorError(`${path} is not a file.`);
  const columns = await readColumns(path);
  const progress = { done: 0, all: found.size };
  // By a clock that goes ahead of ours it would be newer than all that is read of these tokens for as long.
  const writtenAt = new Date(Math.min(found.mtimeMs, Date.now()));
  return { writtenAt, progress, entries: () => readOwners(path, columns, progress) };
}

async function readColumns(path: string): Promise<string[]> {
  for await (const line of readLines(path)) {
    const columns = cellsOf(line)?.map((name) => name.toLowerCase()) ?? [];
    const missing = REQUIRED.filter((name) => !columns.includes(name));
    if (missing.length === 0) return columns;
    throw new OperatorError(
      `The first line of ${path} must name its columns, token_id, owner and perhaps quantity: ${missing.join(' and ')} is missing.`,
    );
  }
  throw new OperatorError(`${path} is empty.`);
}

async function* readOwners(
  path: string,
  columns: readonly string[],
  progress: OwnersFile['progress'],
): AsyncGenerator<OwnerEntry> {
  for await (const line of readLines(path)) {
    progress.done = line.position;
    const cells = line.number === 1 ? [] : cellsOf(line);
    if (cells === null) yield { line: line.number, fault: line.bytes ? 'has a stray quotation mark' : TOO_LONG };
    else if (cells.length > 0) yield toEntry(line.number, columns, cells);
  }
}

/** Empty for a blank line, null for one that is no CSV. */
function cellsOf({ bytes }: Line): string[] | null {
  try {
    return bytes && (parse(bytes, { bom: true, trim: true })[0] ?? []);
  } catch {
    return null;
  }
}

function toEntry(line: number, columns: readonly string[], cells: readonly string[]): OwnerEntry {
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  const parsed = ownership.safeParse({
    token_id: cell('token_id'),
    owner: cell('owner'),
    quantity: cell('quantity'),
  });
  if (!parsed.success)
    return { line, fault: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  const { token_id, owner, quantity } = parsed.data;
  return { row: { line, tokenId: token_id, owner, quantity } };
}
