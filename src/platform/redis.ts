/** Connects to Redis, one server or a cluster, such that a Redis that is down or slow costs a request little and fails none. */
import { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { brief } from './logger.js';

/**
 * The time limit of a command, in milliseconds. The envelop engine waits for it before it asks the database. The larder engine has tighter limits of its own
 * (src/cache/redis/guard.ts): there it only cleans up.
 */
const COMMAND_TIMEOUT_MS = { envelop: 100, larder: 1_000, off: 1_000 };
/** A server that has owed an answer for so long is given up, and connected to afresh: its machine may be gone without a word. */
const SILENCE_MS = 2_000;

export type RedisConnection = Redis | Cluster;

export function connectRedis(
  urls: readonly string[],
  logger: Logger,
  engine: keyof typeof COMMAND_TIMEOUT_MS,
): RedisConnection {
  const retryStrategy = (attempt: number) => Math.min(attempt * 100, 2_000);
  const options = {
    commandTimeout: COMMAND_TIMEOUT_MS[engine],
    connectTimeout: 2_000,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 0,
  };
  // Commands that cannot be sent now fail now.
  const enableOfflineQueue = false;
  const connection =
    urls.length === 1
      ? new Redis(urls[0]!, { ...options, retryStrategy, enableOfflineQueue })
      : new Cluster([...urls], {
          redisOptions: { ...options, ...credentialsOf(urls[0]!) },
          clusterNodeRetryStrategy: retryStrategy,
          enableOfflineQueue,
        });
  if (connection instanceof Redis) sendTogether(connection);
  connection.on('+node', (server: Redis) => {
    sendTogether(server);
    // Before the first command needs it: those that come while it connects would be misses.
    void server.connect().catch(() => undefined);
  });
  let away = false;
  connection.on('error', (error: Error) => {
    if (away) return;
    away = true;
    logger.warn(brief(error), 'Redis cannot be reached; what it holds is missed, and nothing is shared, until it can');
  });
  connection.on('ready', () => {
    if (away) logger.info('Redis is back');
    away = false;
  });
  return connection;
}

/** What is sent in one turn of the event loop goes out in one piece: each command by itself would be a call of the system, here and there. */
function sendTogether(server: Redis): void {
  server.on('connect', () => {
    const { stream } = server;
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    let isCorked = false;
    const uncork = (): void => {
      isCorked = false;
      stream.uncork();
    };
    stream.write = (...given: unknown[]): boolean => {
      if (!isCorked) {
        isCorked = true;
        stream.cork();
        setImmediate(uncork);
      }
      return write(...given);
    };
  });
}

/** The servers of a cluster that are not in the list, but named by those that are, take the same ones. */
function credentialsOf(url: string): { username?: string; password?: string; tls?: object } {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}
