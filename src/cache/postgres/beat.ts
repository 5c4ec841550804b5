/** A beat as one statement, so with one snapshot. */
import { parseChange } from '../event.js';
import type { Beat } from '../ledger.js';
import { parseSnapshot, parseXid } from '../snapshot.js';
import { CAPTURE_STAMP } from './capture.js';
import { CURRENT_BOOT } from './epoch.js';

/** With more events than this, or more changes, only the latest are read: to forget what is cached costs less than to go through them. */
const MAX_EVENTS = 10_000;
const MAX_CHANGES = 200_000;
const IS_TOO_MUCH = `count(*) > ${MAX_EVENTS} OR sum(cardinality(changes)) > ${MAX_CHANGES}`;

/**
 * Values: member or null, epoch and snapshot of the known position or nulls.
 *
 * A position counts only under the epoch that it was taken in. Where it lies below the floor, or there is none, reading starts from the floor. Events that a position
 * does not show are those from its xmax on, and of the transactions that were under way and have ended: so found, they cost the same when one has been open for hours,
 * and when that one has written a million rows that nobody sees yet.
 * Each half of `wanted` is cut off after MAX_EVENTS, so where there are too many the latest are read from the table again; where these are too many as well, for the same reason,
 * none: what is visible lies below xmax, and the next beat gives the rest.
 */
export const BEAT = `
WITH boot AS MATERIALIZED (${CURRENT_BOOT}),
taken AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
floor AS MATERIALIZED (SELECT xid, capture FROM public.cache_floor LIMIT 1),
capture AS MATERIALIZED (SELECT ${CAPTURE_STAMP} AS stamp),
known AS MATERIALIZED (SELECT $3::pg_snapshot AS snapshot FROM boot WHERE epoch = $2::text),
alive AS (
  UPDATE public.cache_member SET beat = beat + 1, position = (SELECT snapshot FROM known)
  WHERE id = $1::text AND EXISTS (SELECT FROM boot)
  RETURNING id
),
start AS MATERIALIZED (
  SELECT
    CASE WHEN pg_snapshot_xmin(known.snapshot) >= floor.xid THEN known.snapshot END AS after,
    greatest(floor.xid, pg_snapshot_xmin(known.snapshot)) AS xid
  FROM floor LEFT JOIN known ON true
),
wanted AS MATERIALIZED (
  (SELECT xid, changes, at FROM public.cache_event
    WHERE xid >= (SELECT coalesce(pg_snapshot_xmax(after), xid) FROM start)
    ORDER BY xid LIMIT ${MAX_EVENTS + 1})
  UNION ALL
  (SELECT xid, changes, at FROM public.cache_event
    WHERE xid = ANY (ARRAY(
      SELECT ended FROM start, taken, pg_snapshot_xip(start.after) AS ended WHERE pg_visible_in_snapshot(ended, taken.snapshot)))
    LIMIT ${MAX_EVENTS + 1})
),
amount AS MATERIALIZED (SELECT ${IS_TOO_MUCH} AS is_too_much FROM wanted),
late AS MATERIALIZED (
  SELECT xid, changes, at FROM public.cache_event
  WHERE (SELECT is_too_much FROM amount) AND xid >= (SELECT pg_snapshot_xmin(snapshot) FROM taken)
  ORDER BY xid LIMIT ${MAX_EVENTS + 1}
),
late_amount AS MATERIALIZED (SELECT ${IS_TOO_MUCH} AS is_too_much FROM late),
given AS (
  SELECT xid, changes, at FROM wanted WHERE NOT (SELECT is_too_much FROM amount)
  UNION ALL
  SELECT xid, changes, at FROM late WHERE NOT (SELECT is_too_much FROM late_amount)
)
SELECT
  boot.epoch,
  extract(epoch FROM clock_timestamp() - boot.made)::float8 * 1000 AS age,
  taken.snapshot::text AS snapshot,
  $1::text IS NULL OR EXISTS (SELECT FROM alive) AS "isMember",
  floor.xid::text AS floor,
  CASE
    WHEN (SELECT is_too_much FROM late_amount) THEN pg_snapshot_xmax(taken.snapshot)
    WHEN (SELECT is_too_much FROM amount) THEN pg_snapshot_xmin(taken.snapshot)
    WHEN start.after IS NULL THEN start.xid
  END::text AS gap,
  coalesce((SELECT json_agg(json_build_array(xid::text, changes, extract(epoch FROM clock_timestamp() - at)::float8 * 1000) ORDER BY xid) FROM given), '[]')::text AS events,
  capture.stamp,
  capture.stamp IS NOT DISTINCT FROM floor.capture AS "coversCapture"
FROM taken CROSS JOIN capture LEFT JOIN boot ON true LEFT JOIN floor ON true LEFT JOIN start ON true`;

export interface BeatRow {
  epoch: string | null;
  age: number;
  snapshot: string;
  isMember: boolean;
  floor: string;
  gap: string | null;
  /** JSON: xid, changes and age in milliseconds of each. */
  events: string;
  /** Of the triggers that capture writes: see capture.ts. */
  stamp: string | null;
  /** Whether the floor lies above all that was written before the triggers were as they are. */
  coversCapture: boolean;
}

export function parseBeat(row: BeatRow & { epoch: string }): Omit<Beat, 'fault'> {
  const events = JSON.parse(row.events) as [xid: string, changes: string[], ageMs: number][];
  return {
    epoch: row.epoch,
    epochAgeMs: row.age,
    snapshot: parseSnapshot(row.snapshot),
    isMember: row.isMember,
    floor: parseXid(row.floor),
    gap: row.gap === null ? null : parseXid(row.gap),
    events: events.map(([xid, changes, ageMs]) => ({ xid: parseXid(xid), changes: changes.map(parseChange), ageMs })),
  };
}
