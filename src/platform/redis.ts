/** Connects to Redis, one server or a cluster, such that a Redis that is down or slow costs a request little and fails none. */
import { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { brief } from './logger.js';

/** A command that takes longer than this counts as failed: the answer is a miss, and the database is asked. */
const COMMAND_TIMEOUT_MS = 100;

export type RedisConnection = Redis | Cluster;

export function connectRedis(urls: readonly string[], logger: Logger): RedisConnection {
  const options = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 2_000,
    // Commands that cannot be sent now fail now.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, 2_000),
  };
  const connection =
    urls.length === 1
      ? new Redis(urls[0]!, options)
      : new Cluster([...urls], { redisOptions: options, enableOfflineQueue: false });
  let away = false;
  connection.on('error', (error: Error) => {
    if (away) return;
    away = true;
    logger.warn(brief(error), 'Redis cannot be reached; responses are not cached until it can');
  });
  connection.on('ready', () => {
    if (away) logger.info('Redis is back');
    away = false;
  });
  return connection;
}
