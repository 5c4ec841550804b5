/**
 * The files of the embedded database. A new one is made under another name and gets its own when it is complete: PGlite
 * opens no half-made one, so a first start that is killed must not leave that in the way. What exists is never removed.
 */
import { readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { OperatorError } from './operator-error.js';

/** PGlite's 128 MB would be resident before long. What the operating system caches of the files is as near. */
const PARAMETERS = ['-c', 'shared_buffers=32MB'];

const clusterOf = (directory: string): string => join(directory, 'postgres');

/** There is nothing yet, or a directory that somebody made for us. */
export function isNewCluster(directory: string): boolean {
  try {
    return readdirSync(clusterOf(directory)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw unusable(clusterOf(directory), error);
  }
}

/** Only for whoever holds the lock of the directory. `complete` brings the new database as far as it must be to be one. */
export async function openCluster(directory: string, complete: (pglite: PGlite) => Promise<void>): Promise<PGlite> {
  const cluster = clusterOf(directory);
  if (isNewCluster(directory)) await make(cluster, complete);
  const pglite = await explained(cluster, createPGlite(cluster));
  await complete(pglite);
  return pglite;
}

async function make(cluster: string, complete: (pglite: PGlite) => Promise<void>): Promise<void> {
  const draft = `${cluster}.new`;
  await explained(draft, rm(draft, { recursive: true, force: true }));
  const pglite = await explained(draft, createPGlite(draft));
  await complete(pglite);
  await pglite.close();
  await explained(cluster, rename(draft, cluster));
}

/** @param dump what to start from, instead of nothing. */
export const createPGlite = (dataDir: string, dump?: Blob): Promise<PGlite> =>
  PGlite.create({
    dataDir,
    startParams: [...PGlite.defaultStartParams, ...PARAMETERS],
    extensions: { pg_trgm },
    ...(dump && { loadDataDir: dump }),
  });

async function explained<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): OperatorError {
  // What PGlite throws of files is no Error, and has a number only.
  const { message, name, errno } = error as NodeJS.ErrnoException;
  const reason = message || `${name} ${errno}`;
  return new OperatorError(
    `The embedded database in ${path} cannot be opened (${reason}). Check that this user may read and write there and that ` +
      'the disk has room. If the files are damaged: put a backup in their place, move them away to begin anew, or give another DATA_DIR.',
    { cause: error },
  );
}
