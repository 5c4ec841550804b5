/** Where tokens are read from: a file with one JSON object a line, or a folder with one file a token. */
import type { Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { MAX_RECORD_BYTES, TOO_LONG, readLines, statInput } from './lines.js';
import { type Parsed, type Token, parseToken, tokenIdOfName } from './metadata.js';

/** A record, good or bad, or a file that is none, and where it stands: `line 7`, `7.json`. */
export type Entry = { place: string } & ({ token: Token; bytes: number } | { fault: string } | { note: string });

export interface Source {
  /** The name without its ending. */
  name: string;
  /** How far the reading is, in bytes or files. */
  progress: { done: number; all: number };
  entries(): AsyncGenerator<Entry>;
}

/** @throws OperatorError if there is no such file or folder. */
export async function openSource(path: string): Promise<Source> {
  const found = await statInput(path);
  const { name } = parse(path);
  if (!found.isDirectory()) {
    const progress = { done: 0, all: found.size };
    return { name, progress, entries: () => withoutRepeats(linesOf(path, progress)) };
  }
  const files = (await readdir(path, { withFileTypes: true })).filter(isRecord).map((file) => file.name);
  const progress = { done: 0, all: files.length };
  return { name, progress, entries: () => withoutRepeats(filesOf(path, files.sort(byNumber), progress)) };
}

/** `1` and `1.json`; pictures, hidden files and a README may lie beside them. */
const isRecord = (file: Dirent): boolean => !file.isDirectory() && /^([^.]+\.json|\d+|[0-9a-f]{64})$/i.test(file.name);

const byNumber = new Intl.Collator('en', { numeric: true }).compare;

async function* linesOf(path: string, progress: Source['progress']): AsyncGenerator<Entry> {
  for await (const { number, bytes, position } of readLines(path)) {
    progress.done = position;
    const entry = parseBytes(bytes, null);
    if (entry) yield { place: `line ${number}`, ...entry };
  }
}

async function* filesOf(folder: string, names: readonly string[], progress: Source['progress']): AsyncGenerator<Entry> {
  for (const place of names) {
    const entry = await parseFile(join(folder, place));
    progress.done += 1;
    // Generators put an index of all tokens beside them.
    const isAlien = 'alien' in entry && !isNumbered(place);
    yield { place, ...(isAlien ? { note: `left out: it ${entry.fault}` } : entry) };
  }
}

const isNumbered = (file: string): boolean => tokenIdOfName(parse(file).name) !== null;

async function parseFile(path: string): Promise<Parse> {
  try {
    const { size } = await stat(path);
    const bytes = size > MAX_RECORD_BYTES ? null : await readFile(path);
    return parseBytes(bytes, tokenIdOfName(parse(path).name)) ?? { fault: 'is empty' };
  } catch (error) {
    return { fault: `cannot be read (${error instanceof Error ? error.message : String(error)})` };
  }
}

type Parse = (Parsed & { fault: string }) | { token: Token; bytes: number };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Null for a blank. */
function parseBytes(bytes: Buffer | null, fileId: string | null): Parse | null {
  if (!bytes) return { fault: TOO_LONG };
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    return { fault: 'is not valid UTF-8' };
  }
  if (text === '') return null;
  const parsed = parseToken(text, fileId);
  return 'fault' in parsed ? parsed : { ...parsed, bytes: bytes.length };
}

/** Some hundred bytes a token are remembered: the only thing that grows with the file. */
async function* withoutRepeats(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  const places = new Map<string, string>();
  for await (const entry of entries) {
    const earlier = 'token' in entry ? places.get(entry.token.tokenId) : undefined;
    if ('token' in entry && !earlier) places.set(entry.token.tokenId, entry.place);
    if (!earlier) yield entry;
    else yield { place: entry.place, fault: `has the same token id as ${earlier}` };
  }
}
