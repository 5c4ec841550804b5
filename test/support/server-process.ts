/**
 * Servers that live no longer than the tests. Between us and a server stands a shell that waits for the end of its
 * standard input. The kernel closes that with us, however we end (Ctrl-C and kill -9 too): then the shell stops the
 * server and removes its directory.
 */
import { spawn } from 'node:child_process';
import { chown, mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const GUARDIAN = `
  "$@" </dev/null >&2 & server=$!
  echo $server
  exec >&2
  exec 3<&0
  { cat <&3 >/dev/null; kill -s "$STOP_SIGNAL" $server; kill -s CONT $server; } &
  wait $server
  rm -rf "$DIRECTORY"`;

const START_MS = 60_000;
/** Somebody else may take a free port between our finding it and the server's listening there. */
const ATTEMPTS = 3;

export interface ServerOptions {
  name: string;
  /** What must be done in the server's directory, and the command line. Asked again, with another port, if the server ends at once. */
  prepare: (port: number, directory: string) => Promise<readonly string[]>;
  /** Rejects until the server answers. */
  ask: (port: number) => Promise<unknown>;
  /** A free one if left out. */
  port?: number | undefined;
  stopSignal?: 'TERM' | 'INT';
  /** Runs the server as somebody else. */
  user?: { uid: number; gid: number } | undefined;
}

export interface RunningServer {
  port: number;
  /** Of the server itself, for who wants to do it harm. */
  pid: number;
  /** The end of what it wrote. */
  said(): string;
  /** Resolves when it has ended, of itself or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = await guard(options, port);
    const { stop, said, ended, answers } = server;
    if (await answers(() => options.ask(port))) return { port, pid: await server.pid, said, ended, stop };
    await server.stop();
    if (attempt === ATTEMPTS) throw new Error(`${options.name} did not start. It said:\n${server.said()}`);
  }
}

async function guard({ name, prepare, stopSignal = 'TERM', user }: ServerOptions, port: number) {
  const directory = await mkdtemp(join(tmpdir(), `larder-${name}-`));
  if (user) await chown(directory, user.uid, user.gid);
  const guardian = spawn('sh', ['-c', GUARDIAN, 'sh', ...(await prepare(port, directory))], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // In a group of its own, so that Ctrl-C ends us first, and the server after us.
    detached: true,
    cwd: directory,
    env: { ...process.env, DIRECTORY: directory, STOP_SIGNAL: stopSignal },
    ...user,
  });
  const ended = new Promise<void>((resolve) => guardian.once('close', () => resolve()).once('error', () => resolve()));
  // The server has ended by itself: so that what waits for our end goes, too.
  guardian.once('exit', () => guardian.stdin.end());
  let said = '';
  guardian.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-5_000)));

  const pid = new Promise<number>((resolve) => {
    guardian.stdout.once('data', (line: Buffer) => resolve(Number(line)));
  });

  return {
    pid,
    said: () => said,
    ended,
    async stop() {
      guardian.stdin.end();
      await ended;
    },
    /** False if the server ended before it answered, or took too long. */
    async answers(ask: () => Promise<unknown>): Promise<boolean> {
      const deadline = Date.now() + START_MS;
      while (guardian.exitCode === null && Date.now() < deadline) {
        const answered = await ask().then(
          () => true,
          () => false,
        );
        if (answered) return true;
        await wait(50);
      }
      return false;
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
