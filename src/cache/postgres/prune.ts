import type { SqlClient } from './client.js';

/** Deleted by one statement at most, but for the rest of the last transaction: it must end well before a beat has to. */
const BATCH = 10_000;

/**
 * Deletes events that are old, of transactions that have ended for everyone, and that every member has read; and raises the floor right above them, no
 * higher: to whoever has read less than the floor, all that is cached counts as forgotten. Of two that prune at once the higher floor stays.
 */
const PRUNE = `
WITH bound AS MATERIALIZED (
  SELECT least(
    pg_snapshot_xmin(pg_current_snapshot()),
    (SELECT pg_snapshot_xmin(position) FROM public.cache_member WHERE position IS NOT NULL ORDER BY 1 LIMIT 1),
    (SELECT xid FROM public.cache_event
      WHERE at >= clock_timestamp() - $1::float8 * interval '1 millisecond' AND xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY xid LIMIT 1)
  ) AS xid
),
old AS MATERIALIZED (
  SELECT xid FROM public.cache_event WHERE xid < (SELECT xid FROM bound) ORDER BY xid LIMIT ${BATCH}
),
last AS MATERIALIZED (SELECT xid FROM old ORDER BY xid DESC LIMIT 1),
raised AS (
  UPDATE public.cache_floor AS floor SET xid = (last.xid::text::numeric + 1)::text::xid8 FROM last
  WHERE floor.xid <= last.xid
),
deleted AS (DELETE FROM public.cache_event AS event USING last WHERE event.xid <= last.xid RETURNING 1)
SELECT count(*)::int AS deleted FROM deleted`;

/** @returns whether there may be more to prune. */
export async function pruneOnce(client: SqlClient, keepMs: number): Promise<boolean> {
  const [row] = await client.query<{ deleted: number }>(PRUNE, [keepMs]);
  return (row?.deleted ?? 0) >= BATCH;
}
