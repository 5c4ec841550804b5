/** A Redis server on 127.0.0.1 that is gone with the tests. */
import { Redis } from 'ioredis';
import { REDIS, locateOrExplain } from './programs.js';
import { startServer } from './server-process.js';

export interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/** Give a port to start a server again where one was before. */
export async function startRedis({ port: wanted }: { port?: number } = {}): Promise<TestRedis & { port: number }> {
  const located = locateOrExplain(REDIS);
  const settings = ['--save', '', '--appendonly', 'no'];
  const { port, stop } = await startServer({
    name: 'redis',
    port: wanted,
    prepare: async (port) =>
      located.kind === 'executable'
        ? [located.path, '--bind', '127.0.0.1', '--port', String(port), ...settings]
        : ['docker', 'run', '--rm', '--publish', `127.0.0.1:${port}:6379`, located.image, 'redis-server', ...settings],
    ask: ping,
  });
  return { url: `redis://127.0.0.1:${port}`, port, stop };
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
