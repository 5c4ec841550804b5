/** A Redis, or a cluster of them, and connections to it as the server makes them. */
import { createLogger } from '../../src/platform/logger.js';
import { type RedisConnection, connectRedis } from '../../src/platform/redis.js';
import { startRedisCluster } from './redis-cluster.js';
import { type RedisSettings, startRedis } from './redis.js';

export interface ReachedRedis {
  /** One more connection, once it is ready. */
  connect(): Promise<RedisConnection>;
  /** Of the connections and the servers. */
  close(): Promise<void>;
}

export async function reachRedis(settings?: RedisSettings) {
  const server = await startRedis(settings);
  return { ...reach([server.url], () => server.stop()), server };
}

export async function reachRedisCluster() {
  const cluster = await startRedisCluster();
  return { ...reach(cluster.urls, () => cluster.stop()), cluster };
}

function reach(urls: readonly string[], stop: () => Promise<void>): ReachedRedis {
  const connections: RedisConnection[] = [];
  return {
    async connect() {
      const connection = connectRedis(urls, createLogger('silent'), 'larder');
      connections.push(connection);
      await new Promise((resolve) => connection.once('ready', resolve));
      return connection;
    },
    async close() {
      connections.forEach((connection) => connection.disconnect());
      await stop();
    },
  };
}
