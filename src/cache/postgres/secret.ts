import type { SqlClient } from './client.js';

/** The key that all instances on this database share: what carries its HMAC was written by one of them. 32 bytes. */
export async function readSecret(client: SqlClient): Promise<Uint8Array> {
  const [row] = await client.query<{ key: string }>(`SELECT encode(key, 'hex') AS key FROM public.cache_secret`);
  if (!row)
    throw new Error(
      'The table cache_secret is empty: put its row back from a backup, or insert one with "INSERT INTO cache_secret DEFAULT VALUES".',
    );
  return Buffer.from(row.key, 'hex');
}
