/** What a response depends on, what a write changed, and when the two meet. */
import type { Tag } from './tag.js';

/** In a dependency: whether rows exist. In a change: rows came or went. */
export const EXISTENCE = '*';

/** Data that was looked at: the tag, and the columns that mattered; EXISTENCE among them if it mattered which rows there are. */
export interface Dependency {
  readonly tag: Tag;
  readonly columns: readonly string[];
}

/** Data that was written: the tag, and the columns; EXISTENCE for rows that were inserted, deleted, or entered or left a group. */
export interface Change {
  readonly tag: Tag;
  readonly columns: readonly string[];
}

/**
 * Whether a change of some columns concerns who looked at others, under one tag. A change of existence concerns everyone;
 * who looked at existence alone is concerned by nothing else; columns concern columns.
 */
export function meets(changed: readonly string[], lookedAt: readonly string[]): boolean {
  if (changed.includes(EXISTENCE)) return true;
  return changed.some((column) => lookedAt.includes(column));
}
