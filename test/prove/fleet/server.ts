/** One server process, at one port over all its lives. */
import { existsSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { type RunningServer, freePort, startServer } from '../../support/server-process.js';
import { isAlive } from './process-figures.js';

export const SECRET = 'a secret that only the proofs know of';

export interface ServerProcess {
  readonly name: string;
  readonly url: string;
  /** Undefined while there is none. */
  readonly pid: number | undefined;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** By `SIGKILL` at once, by `SIGTERM` in order. Resolves when it has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** All that it wrote in all its lives. */
  log(): string;
}

/** Longer than any orderly end may take. */
const END_MS = 15_000;

interface ServerOptions {
  main: string;
  env: Record<string, string>;
  logFile: string;
  nodeOptions?: readonly string[];
  /** Of the machine, as taskset has it; undefined: any. */
  cores?: string | undefined;
}

export async function createServerProcess(
  name: string,
  { main, env, logFile, nodeOptions = [], cores }: ServerOptions,
): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const variables = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    AUTH_SECRET: SECRET,
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PER_MINUTE: '0',
    ...env,
    PORT: String(port),
  };
  const command = [
    ...['sh', '-c', `log=$1; shift; exec "$@" >>"$log" 2>&1`, 'sh', logFile],
    ...['env', '-i', ...Object.entries(variables).map(([key, value]) => `${key}=${value}`)],
    ...(cores === undefined ? [] : ['taskset', '-c', cores]),
    ...[process.execPath, '--max-semi-space-size=32', ...nodeOptions, '--enable-source-maps', main],
  ];
  let running: RunningServer | null = null;

  return {
    name,
    url,
    get pid() {
      return running?.pid;
    },
    async start() {
      running = await startServer({ name, port, prepare: async () => command, ask: () => isReady(url) });
    },
    async end(signal) {
      if (!running) return;
      const { pid, ended } = running;
      running = null;
      // One that has crashed has gone already.
      if (isAlive(pid)) process.kill(pid, signal);
      const late = setTimeout(() => process.kill(pid, 'SIGKILL'), END_MS);
      await ended;
      clearTimeout(late);
    },
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
  };
}

const once = new Agent({ keepAlive: false });

function isReady(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = get(`${url}/health/ready`, { agent: once }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`It is not ready: ${response.statusCode}.`));
    });
    asking.setTimeout(2_000, () => asking.destroy(new Error('It does not answer.'))).on('error', reject);
  });
}
