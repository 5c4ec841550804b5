/**
 * Keeps a second process out of a data directory: PGlite opens one twice without an error, and ruins it.
 *
 * The lock is a socket in the directory. The kernel closes it with its process, however that ends, so a lock whose
 * socket nobody answers is a dead one's, and a process that is alive but busy still holds it. No clock, no process id.
 */
import { createServer, connect, type Server } from 'node:net';
import { mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { OperatorError } from './operator-error.js';

/** sun_path holds 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 100;
/** A process that died while it took over a dead lock leaves its mark behind for this long at most. */
const TAKEOVER_MS = 2_000;

export class DirectoryLockedError extends OperatorError {
  override name = 'DirectoryLockedError';
}

/**
 * Returns what gives it back.
 * @throws DirectoryLockedError while another process holds the directory, OperatorError if we may not write there.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const server = await take(directory).catch((error: unknown) => {
    throw error instanceof OperatorError ? error : unusable(directory, error);
  });
  // A lock must not keep its process alive.
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function take(directory: string): Promise<Server> {
  await mkdir(directory, { recursive: true });
  const path = await socketPath(directory);
  return (await listen(path)) ?? (await takeOver(directory, path));
}

async function socketPath(directory: string): Promise<string> {
  const real = await realpath(directory);
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\larder-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`;
  const candidates = [join(real, 'lock.sock'), relative(process.cwd(), join(real, 'lock.sock'))];
  const short = candidates.find((path) => Buffer.byteLength(path) <= MAX_SOCKET_PATH);
  if (short) return short;
  throw new OperatorError(
    `The path of the data directory ${real} is too long for a socket in it: choose a shorter DATA_DIR.`,
  );
}

/** Null if the path is taken. */
function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

/** Nobody listens, or nothing is there. Anything else, such as a full queue (EAGAIN), comes from a socket that is held. */
const DEAD = new Set(['ECONNREFUSED', 'ENOENT']);

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (isForbidden(error)) reject(error);
      else resolve(!DEAD.has(error.code ?? ''));
    });
  });
}

/** One process at a time removes a dead lock; otherwise a slow one could remove the lock of a quick one. */
async function takeOver(directory: string, path: string): Promise<Server> {
  const mark = join(directory, 'lock.takeover');
  for (;;) {
    if (await isAlive(path)) throw locked(directory);
    const marked = await open(mark, 'wx').catch((error: unknown) => {
      if (isMarked(error)) return null;
      throw error;
    });
    if (!marked) {
      const age = await stat(mark).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > TAKEOVER_MS) await rm(mark, { force: true });
      await wait(20);
      continue;
    }
    try {
      if (await isAlive(path)) throw locked(directory);
      await rm(path, { force: true });
      const server = await listen(path);
      if (server) return server;
    } finally {
      await marked.close();
      await rm(mark, { force: true });
    }
  }
}

const isMarked = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const isForbidden = ({ code }: NodeJS.ErrnoException): boolean => code === 'EACCES' || code === 'EPERM';

const unusable = (directory: string, error: unknown) =>
  new OperatorError(
    `The data directory ${directory} cannot be used (${error instanceof Error ? error.message : String(error)}). ` +
      'Check that it is a directory in which this user may read and write, or give another DATA_DIR.',
    { cause: error },
  );

const locked = (directory: string) =>
  new DirectoryLockedError(
    `Another process uses the embedded database in ${directory}. Stop it first (the server, for example), ` +
      'or give this one another DATA_DIR, or use a PostgreSQL server for both: DATABASE_URL=postgresql://…',
  );
