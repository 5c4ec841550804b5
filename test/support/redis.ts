/** A Redis server on 127.0.0.1 that is gone with the tests. */
import { Redis } from 'ioredis';
import { REDIS, locateOrExplain } from './programs.js';
import { startServer } from './server-process.js';

export interface TestRedis {
  url: string;
  /** Of the server itself; in Docker, of the client that holds it. */
  pid: number;
  /** Resolves when it has ended. */
  ended: Promise<void>;
  /** Halts its process, as if its machine hung: connections stay, nothing is answered. The function that is returned lets it go on. */
  pause(): () => void;
  stop(): Promise<void>;
}

export interface RedisSettings {
  /** To start a server again where one was before. */
  port?: number;
  /** As in redis.conf. */
  settings?: Readonly<Record<string, string>>;
}

export async function startRedis({ port: wanted, settings: more = {} }: RedisSettings = {}): Promise<
  TestRedis & { port: number }
> {
  const located = locateOrExplain(REDIS);
  const all = { save: '', appendonly: 'no', ...more };
  const settings = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const { port, pid, ended, stop } = await startServer({
    name: 'redis',
    port: wanted,
    prepare: async (port) =>
      located.kind === 'executable'
        ? [located.path, '--bind', '127.0.0.1', '--port', String(port), ...settings]
        : ['docker', 'run', '--rm', '--publish', `127.0.0.1:${port}:6379`, located.image, 'redis-server', ...settings],
    ask: ping,
  });
  return { url: `redis://127.0.0.1:${port}`, port, pid, ended, pause: () => pause(pid), stop };
}

/** @throws where only Docker has Redis. */
export function mustBeHere(): void {
  if (locateOrExplain(REDIS).kind !== 'executable')
    throw new Error('This needs a redis-server of this machine, not of Docker: apt-get install redis-server.');
}

function pause(pid: number): () => void {
  mustBeHere();
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}

async function ping(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
