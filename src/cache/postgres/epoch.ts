/**
 * The epoch: one run of one PostgreSQL server over one database. Within it transaction ids never repeat and no commit is lost.
 *
 * It stands in an UNLOGGED table, which a crash and the promotion of a standby empty. What a restored dump, a copied directory or a
 * clean restart would leave in the table, the identity beside it tells from ours.
 */
import { CAPTURE_STAMP } from './capture.js';
import type { SqlClient } from './client.js';

/** This very server, run and database. Of the start only the number: its text depends on the session's time zone. */
const IDENTITY = `(SELECT concat_ws('/', system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),
    'public.cache_boot'::regclass::oid, extract(epoch FROM pg_postmaster_start_time())) FROM pg_control_system())`;

/** No row if there is no epoch that stands for this database as it is now. */
export const CURRENT_BOOT = `SELECT epoch, made FROM public.cache_boot WHERE identity = ${IDENTITY} LIMIT 1`;

/**
 * A table lock lets one of several make it. Events of another database (a restored dump) may have ids that are still to come here, and are
 * deleted; all others that had ended lie below the floor.
 */
const MAKE_EPOCH = `DO $$
BEGIN
  LOCK TABLE public.cache_boot IN EXCLUSIVE MODE;
  IF EXISTS (${CURRENT_BOOT}) THEN RETURN; END IF;
  DELETE FROM public.cache_member;
  DELETE FROM public.cache_event WHERE xid >= pg_snapshot_xmax(pg_current_snapshot());
  DELETE FROM public.cache_floor;
  INSERT INTO public.cache_floor (xid, capture) VALUES (pg_snapshot_xmin(pg_current_snapshot()), ${CAPTURE_STAMP});
  DELETE FROM public.cache_boot;
  INSERT INTO public.cache_boot (identity) VALUES (${IDENTITY});
END $$`;

/** Runs a statement that answers with one row, in which `epoch` is null if there is none: then one is made, and it runs again. */
export async function inEpoch<Row extends { epoch: string | null }>(
  client: SqlClient,
  sql: string,
  values: unknown[] = [],
): Promise<Row & { epoch: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const [row] = await client.query<Row>(sql, values);
    if (row && hasEpoch(row)) return row;
    // A server that restarts between the two statements ends the connection, so a second one is never needed.
    if (attempt > 1) throw new Error('The table cache_boot does not keep its row: see who else writes to it.');
    await client.query(MAKE_EPOCH);
  }
}

const hasEpoch = <Row extends { epoch: string | null }>(row: Row): row is Row & { epoch: string } => row.epoch !== null;
