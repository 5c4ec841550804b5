/** Whether all writes are captured: the triggers that there are, against those that there must be. */
import type { SqlClient } from './client.js';

/** A trigger that captures writes. */
export interface CaptureTrigger {
  readonly table: string;
  readonly name: string;
  /** What it does and when, in the words of INSTALLED_TRIGGERS. */
  readonly definition: string;
}

/** The beginning of the names of all capture triggers and their functions. */
export const CAPTURE_PREFIX = 'larder_capture_';

const CATALOG = `pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE t.tgname LIKE '${CAPTURE_PREFIX.replaceAll('_', '\\_')}%' AND c.relnamespace = 'public'::regnamespace`;

export const INSTALLED_TRIGGERS = `SELECT c.relname::text AS table, t.tgname::text AS name,
    concat_ws(' ', t.tgenabled, t.tgtype, t.tgattr::text, t.tgqual IS NULL, t.tgoldtable, t.tgnewtable,
      p.oid::regproc, p.prosecdef, p.proconfig::text, md5(p.prosrc)) AS definition
  FROM ${CATALOG}`;

/**
 * A value that changes with every change of these triggers, of their functions, and of the names of their tables: by the places of the rows in the catalogs and
 * the transactions that wrote them. Much cheaper than reading the functions, so each beat asks for it.
 */
export const CAPTURE_STAMP = `(SELECT md5(string_agg(concat_ws(' ', t.oid, t.ctid, t.xmin, p.ctid, p.xmin, c.relname), ';' ORDER BY t.oid))
    FROM ${CATALOG})`;

const CHECK = `SELECT ${CAPTURE_STAMP} AS stamp,
  (SELECT coalesce(json_agg(installed), '[]')::text FROM (${INSTALLED_TRIGGERS}) AS installed) AS installed`;

interface CaptureCheck {
  /** What is wrong with the triggers as they were when `stamp` was read, for people; null if nothing is. */
  faultAt(read: CaptureState): Promise<string | null>;
}

/** What a beat saw of the triggers. */
interface CaptureState {
  readonly stamp: string | null;
  /** False: they have changed, and something may have been written unseen meanwhile, even if they are right again. */
  readonly coversCapture: boolean;
}

/** Compares the triggers with `wanted` once for each stamp under which they are right. More triggers do no harm. */
export function createCaptureCheck(client: SqlClient, wanted: readonly CaptureTrigger[]): CaptureCheck {
  let sound: string | null = null;
  return {
    async faultAt({ stamp, coversCapture }) {
      if (wanted.length === 0 || (coversCapture && stamp !== null && stamp === sound)) return null;
      const [row] = await client.query<{ stamp: string | null; installed: string }>(CHECK);
      const fault = faultOf(wanted, JSON.parse(row!.installed) as CaptureTrigger[]);
      if (fault !== null) return fault;
      sound = row!.stamp;
      return coversCapture && stamp === sound ? null : 'The triggers that capture writes have just been changed.';
    },
  };
}

/** In which triggers the database differs from what is wanted. */
export const differingTriggers = (
  wanted: readonly CaptureTrigger[],
  installed: readonly CaptureTrigger[],
): CaptureTrigger[] =>
  wanted.filter(
    ({ table, name, definition }) =>
      !installed.some((found) => found.table === table && found.name === name && found.definition === definition),
  );

function faultOf(wanted: readonly CaptureTrigger[], installed: readonly CaptureTrigger[]): string | null {
  const [first, ...others] = differingTriggers(wanted, installed);
  if (!first) return null;
  const isThere = installed.some(({ table, name }) => table === first.table && name === first.name);
  const what = isThere ? 'is disabled, or not the one that the schema wants' : 'is missing';
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return (
    `Writes are not captured: the trigger ${first.name} of "${first.table}" ${what}${more}. ` +
    'Apply the migrations of this version, or run what "npm run db:diff -- --capture" prints in a checkout of it.'
  );
}
