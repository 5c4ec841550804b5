/** What the parts here know of ioredis: one server or a cluster, and which server it is that answers. */
import { Cluster, Command, type Redis } from 'ioredis';

export type RedisConnection = Redis | Cluster;

/** A name for the server that keeps `key`. */
export function serverOf(connection: RedisConnection, key: string): string {
  if (!(connection instanceof Cluster)) return '';
  return connection.slots[new Command('get', [key]).getSlot()]?.[0] ?? '';
}

/** Some server, of a cluster one that is connected and not `lost`, if there is one. Null: the cluster has not been reached yet. */
export function anyServer(connection: RedisConnection, lost: Redis | null): Redis | null {
  if (!(connection instanceof Cluster)) return connection;
  const servers = connection.nodes();
  const good = servers.filter((server) => server.status === 'ready' && server !== lost);
  const candidates = good.length > 0 ? good : servers;
  return candidates[Math.floor(Math.random() * candidates.length)] ?? null;
}
