/** A PostgreSQL server on 127.0.0.1 that is gone with the tests. */
import { execFile, execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Located, POSTGRES, locateOrExplain } from './programs.js';
import { type ServerOptions, startServer } from './server-process.js';

/** Fast before safe: this data is thrown away. A time zone that nobody expects shows who relies on the server's. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'autovacuum=off',
  'max_connections=200',
  'shared_buffers=128MB',
  'timezone=Asia/Kathmandu',
].flatMap((setting) => ['-c', setting]);

export interface TestPostgres {
  /** Of the superuser, without the name of a database. */
  url: string;
  stop(): Promise<void>;
}

/** `lasting`: it keeps what it acknowledged when its processes are killed, and whenever it ends it starts again. */
export async function startPostgres({ lasting = false } = {}): Promise<TestPostgres> {
  const located = locateOrExplain(POSTGRES);
  if (lasting && located.kind !== 'executable')
    throw new Error(`To be killed and started again, PostgreSQL must run here, not in Docker: install it.`);
  const { port, stop } = await startServer({
    name: 'postgres',
    ...(located.kind === 'executable' ? local(located, lasting) : container(located)),
    ask: (port) => runSql(`postgresql://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1'),
    stopSignal: lasting ? 'TERM' : 'INT',
  });
  return { url: `postgresql://postgres@127.0.0.1:${port}/`, stop };
}

/** What `lasting` adds. Nothing here survives the machine, so there is still no fsync. */
const LASTING = ['synchronous_commit=on', 'full_page_writes=on', 'autovacuum=on'].flatMap((setting) => ['-c', setting]);

/** A signal that was ignored when a shell began cannot be trapped, and INT is ignored in the background: hence TERM. */
const AGAIN_AND_AGAIN = `
  trap 'stopping=yes; kill -INT $server' TERM
  while [ -z "$stopping" ]; do "$@" & server=$!; wait $server; sleep 0.1; done
  wait $server`;

function local(
  { path }: Extract<Located, { kind: 'executable' }>,
  lasting: boolean,
): Pick<ServerOptions, 'prepare' | 'user'> {
  const user = process.getuid?.() === 0 ? somebodyElse() : undefined;
  return {
    user,
    async prepare(port, directory) {
      const data = join(directory, 'data');
      const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
      await promisify(execFile)(join(dirname(path), 'initdb'), [...options, '--pgdata', data], {
        ...user,
        cwd: directory,
      });
      const address = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
      const command = [path, '-D', data, ...address, ...SETTINGS];
      return lasting ? ['sh', '-c', AGAIN_AND_AGAIN, 'sh', ...command, ...LASTING] : command;
    },
  };
}

function container({ image }: Extract<Located, { kind: 'image' }>): Pick<ServerOptions, 'prepare'> {
  return {
    prepare: async (port) => [
      ...['docker', 'run', '--rm', '--publish', `127.0.0.1:${port}:5432`, '--env', 'POSTGRES_HOST_AUTH_METHOD=trust'],
      ...[image, 'postgres', ...SETTINGS],
    ],
  };
}

/** PostgreSQL refuses to run as root. */
function somebodyElse(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // There is no such user: the next one, then.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and this system has neither a user "postgres" nor "nobody".');
}

export async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
