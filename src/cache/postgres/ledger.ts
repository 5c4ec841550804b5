/**
 * The ledger in PostgreSQL, or in PGlite: the same statements. The tables are made by prisma/migrations/*_ledger; events are written into them by
 * triggers, in the transactions of the writers.
 *
 * Every method is one statement; only making an epoch, checking triggers that have changed, and pruning much take more.
 */
import type { Ledger, Member } from '../ledger.js';
import { formatSnapshot, parseSnapshot } from '../snapshot.js';
import { BEAT, type BeatRow, parseBeat } from './beat.js';
import { type CaptureTrigger, createCaptureCheck } from './capture.js';
import type { SqlClient } from './client.js';
import { CURRENT_BOOT, inEpoch } from './epoch.js';
import { CHANNEL } from './own-changes.js';
import { pruneOnce } from './prune.js';

/** What the ledger stands in. */
export const LEDGER_TABLES = ['cache_boot', 'cache_event', 'cache_floor', 'cache_member', 'cache_secret'] as const;

interface PostgresLedgerOptions {
  /** The triggers that must be there. */
  readonly capture: readonly CaptureTrigger[];
}

const JOIN = `INSERT INTO public.cache_member (id) VALUES ($1) ON CONFLICT (id) DO NOTHING`;
const EXPEL = `DELETE FROM public.cache_member WHERE id = $1 AND beat = $2::bigint`;
const LEAVE = `DELETE FROM public.cache_member WHERE id = $1`;
/**
 * What was stored before the triggers changed may lack what was written unseen: whoever joins later must not take it from a store that instances
 * share. To change a trigger one must wait for all that write to its table, so whatever they wrote lies below. Once for each change: an older version, to which
 * they look wrong for as long as it lives, must not end what newer ones hold.
 */
const DISTRUST = `UPDATE public.cache_floor SET xid = greatest(xid, pg_snapshot_xmax(pg_current_snapshot())), capture = $1
  WHERE capture IS DISTINCT FROM $1`;
const WAKE = `SELECT pg_notify('${CHANNEL}', '')`;
const POSITION = `SELECT boot.epoch, taken.snapshot::text AS snapshot
  FROM (SELECT pg_current_snapshot() AS snapshot) AS taken LEFT JOIN (${CURRENT_BOOT}) AS boot ON true`;
const MEMBERS = `SELECT boot.epoch,
    (SELECT coalesce(json_agg(json_build_array(id, beat, position::text)), '[]')::text FROM public.cache_member) AS members
  FROM (SELECT) AS one LEFT JOIN (${CURRENT_BOOT}) AS boot ON true`;

/** @param client in whose session commits are synchronous: whoever has joined must have joined after a crash too. */
export function createPostgresLedger(client: SqlClient, { capture }: PostgresLedgerOptions): Ledger {
  const check = createCaptureCheck(client, capture);
  const run = async (sql: string, values: unknown[]): Promise<void> => {
    await client.query(sql, values);
  };
  return {
    join: (member) => run(JOIN, [member]),
    leave: (member) => run(LEAVE, [member]),
    wake: () => run(WAKE, []),
    expel: (member, beat) => run(EXPEL, [member, beat]),

    async beat(member, known) {
      const position = known && formatSnapshot(known.snapshot);
      const row = await inEpoch<BeatRow>(client, BEAT, [member, known?.epoch ?? null, position]);
      const fault = await check.faultAt(row);
      if (!row.coversCapture) await run(DISTRUST, [row.stamp]);
      return { ...parseBeat(row), fault };
    },

    async position() {
      const row = await inEpoch<{ epoch: string | null; snapshot: string }>(client, POSITION);
      return { epoch: row.epoch, snapshot: parseSnapshot(row.snapshot) };
    },

    async members() {
      const row = await inEpoch<{ epoch: string | null; members: string }>(client, MEMBERS);
      return { epoch: row.epoch, members: parseMembers(row.members) };
    },

    async prune(keepMs) {
      while (await pruneOnce(client, keepMs)) continue;
    },
  };
}

function parseMembers(json: string): Member[] {
  const rows = JSON.parse(json) as [id: string, beat: number, position: string | null][];
  return rows.map(([id, beat, position]) => ({
    id,
    beat,
    position: position === null ? null : parseSnapshot(position),
  }));
}
