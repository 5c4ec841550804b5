/** A secret that is made once and kept in a file, for development: tokens stay good over restarts, and `npm run token` can sign. */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from './operator-error.js';

const MIN_LENGTH = 32;

/** @throws OperatorError if the file can be neither read nor made, or holds no secret. */
export async function keptSecret(file: string): Promise<string> {
  try {
    const secret = (await read(file)) ?? (await make(file));
    if (secret.length >= MIN_LENGTH) return secret;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`The secret for tokens cannot be kept in ${file} (${reason}): set AUTH_SECRET instead.`);
  }
  throw new OperatorError(
    `${file} holds no secret of at least ${MIN_LENGTH} characters: remove it, or set AUTH_SECRET.`,
  );
}

async function read(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Written beside and then linked to its name: a server and a command that start together end up with one secret, never half of one. */
async function make(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
