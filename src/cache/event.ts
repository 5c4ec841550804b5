import type { Change } from './dependency.js';

/** The changes of one transaction. A transaction with several statements may come as several events of one xid. */
export interface CacheEvent {
  readonly xid: number;
  readonly changes: readonly Change[];
  /** Since it was written until the ledger was asked, by the clock of the ledger; only of what was read there. Milliseconds. */
  readonly ageMs?: number;
}

/** Changes as the ledger and the bus carry them: the columns, a blank, the tag. Columns have no blanks or commas. */
export const formatChange = ({ tag, columns }: Change): string => `${columns.join(',')} ${tag}`;

export function parseChange(text: string): Change {
  const blank = text.indexOf(' ');
  if (blank < 1) throw new Error(`"${text}" is no change.`);
  return { columns: text.slice(0, blank).split(','), tag: text.slice(blank + 1) };
}
