/** What a transaction has changed, asked by itself just before its commit, so that others can be told without reading the ledger. */
import { type CacheEvent, parseChange } from '../event.js';
import { parseXid } from '../snapshot.js';
import { CURRENT_BOOT } from './epoch.js';

/** The channel on which instances are told that there is news in the ledger. Nothing is said on it but that. */
export const CHANNEL = 'larder';

/**
 * The last statement of a transaction that writes, for any client of the same connection; its rows go to parseOwnChanges.
 * @param notify whether all instances are to be told, by the database, to read on after the commit: where there is no faster way.
 */
export const ownChanges = ({ notify }: { notify: boolean }): string => `
WITH mine AS MATERIALIZED (
  SELECT xid, changes FROM public.cache_event WHERE xid = pg_current_xact_id_if_assigned()
)
SELECT
  mine.xid::text AS xid,
  (SELECT epoch FROM (${CURRENT_BOOT}) AS boot) AS epoch,
  json_agg(DISTINCT change)::text AS changes${notify ? `,\n  pg_notify('${CHANNEL}', '')::text AS notified` : ''}
FROM mine CROSS JOIN unnest(mine.changes) AS change
GROUP BY mine.xid`;

/**
 * Null if nothing was written. The epoch is empty, and so equals none, if there is none that stands for this database as it is now.
 */
export function parseOwnChanges(rows: readonly unknown[]): (CacheEvent & { readonly epoch: string }) | null {
  const [row] = rows as readonly { xid: string; epoch: string | null; changes: string }[];
  if (!row) return null;
  const changes = JSON.parse(row.changes) as string[];
  return { xid: parseXid(row.xid), epoch: row.epoch ?? '', changes: changes.map(parseChange) };
}
