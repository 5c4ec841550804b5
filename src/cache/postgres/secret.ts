import type { SqlClient } from './client.js';

/** The key that all instances on this database share: what carries its HMAC was written by one of them. 32 bytes; null if its row is gone. */
export async function readSecret(client: SqlClient): Promise<Uint8Array | null> {
  const [row] = await client.query<{ key: string }>(`SELECT encode(key, 'hex') AS key FROM public.cache_secret`);
  return row ? Buffer.from(row.key, 'hex') : null;
}
