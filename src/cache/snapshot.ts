/**
 * PostgreSQL's `pg_snapshot`: which transactions a reader could see.
 * (PostgreSQL documentation, "Transaction ID and Snapshot Information Functions".)
 *
 * Transaction ids are `xid8`: they never wrap. As numbers they are exact up to 2^53, which a million transactions a second reach
 * after 285 years.
 */
export interface Snapshot {
  /** Every transaction below had ended. */
  readonly xmin: number;
  /** No transaction from here on had begun. */
  readonly xmax: number;
  /** Those between that were under way. */
  readonly running: readonly number[];
}

/** @throws if `text` is no `xid8`. */
export function parseXid(text: string): number {
  const xid = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(xid)) throw new Error(`"${text}" is no transaction id.`);
  return xid;
}

/** `xmin:xmax:xip,xip,…`. @throws if it is anything else. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin, xmax, running, ...rest] = text.split(':');
  if (xmin === undefined || xmax === undefined || running === undefined || rest.length > 0)
    throw new Error(`"${text}" is no snapshot.`);
  return {
    xmin: parseXid(xmin),
    xmax: parseXid(xmax),
    running: running === '' ? [] : running.split(',').map(parseXid),
  };
}

export const formatSnapshot = ({ xmin, xmax, running }: Snapshot): string => `${xmin}:${xmax}:${running.join(',')}`;

/** Whether `xid` had ended before the snapshot was taken. A transaction that was rolled back had nothing to be seen. */
export function isVisible(xid: number, { xmin, xmax, running }: Snapshot): boolean {
  if (xid < xmin) return true;
  return xid < xmax && !running.includes(xid);
}
