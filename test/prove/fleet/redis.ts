/** A Redis that can be killed, and started again, empty, at the same port. */
import { Redis } from 'ioredis';
import { REDIS, locateOrExplain } from '../../support/programs.js';
import { startRedis } from '../../support/redis.js';

export interface MortalRedis {
  readonly port: number;
  /** Undefined while it is dead. */
  readonly pid: number | undefined;
  /** At once, as by `kill -9`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Runs `task` with a connection to it, not through any proxy. */
  with<T>(task: (client: Redis) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startMortalRedis(): Promise<MortalRedis> {
  if (locateOrExplain(REDIS).kind !== 'executable')
    throw new Error('To be killed and started again, Redis must run here, not in Docker: install redis-server.');
  let running: Awaited<ReturnType<typeof startRedis>> | null = await startRedis();
  const { port } = running;
  return {
    port,
    get pid() {
      return running?.pid;
    },
    async kill() {
      if (!running) return;
      const { pid, ended } = running;
      running = null;
      process.kill(pid, 'SIGKILL');
      await ended;
    },
    async start() {
      running ??= await startRedis({ port });
    },
    async with(task) {
      const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return await task(client);
      } finally {
        client.disconnect();
      }
    },
    stop: async () => running?.stop(),
  };
}
