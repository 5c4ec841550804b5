/** What one execution has read: the data that its answer depends on, or why that cannot be said. */
import type { Dependency } from '../cache/dependency.js';
import type { Tag } from '../cache/tag.js';
import { ColumnSet } from './column-set.js';

/** What was looked at under one tag. Who reads on, such as an observed row, adds to it. */
export interface Look {
  readonly tag: Tag;
  readonly columns: ColumnSet;
}

export class Reads {
  readonly #looks: Look[] = [];
  #refusal: string | null = null;
  #privateReason: string | null = null;

  /** Notes that `columns` of the data named by `tag` were looked at. EXISTENCE among them: which rows there are. */
  depend(tag: Tag, columns: readonly string[]): void {
    this.look({ tag, columns: ColumnSet.of(columns) });
  }

  /** The same for a look that may go on. */
  look(look: Look): void {
    this.#looks.push(look);
  }

  /** Something was read that dependencies cannot describe, so the answer must not be stored. `reason`: what, and what to do. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  /** The viewer was looked at, so the answer is theirs alone. `reason`: which field or read it was. */
  taint(reason: string): void {
    this.#privateReason ??= reason;
  }

  /** The first reason why the answer must not be stored; null if it may be. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** The first reason why the answer is for this viewer alone; null if it is for all. */
  get privateReason(): string | null {
    return this.#privateReason;
  }

  /** All that has been read so far: each tag once. */
  dependencies(): Dependency[] {
    return together(this.#looks);
  }
}

/**
 * Dependency objects by tag, shared between the answers that have them: they were most of what an answer kept, and the garbage collector copies and marks that again
 * and again. Each has the columns that were looked at last.
 */
const shared = new Map<Tag, Shared>();
/** More are forgotten, and made anew when they are met. About 5 MB. */
const MAX_SHARED = 20_000;

interface Shared {
  dependency: Dependency;
  columns: ColumnSet;
  /** Where it stands in the list that is being made, and which that is. */
  place: number;
  list: Dependency[] | null;
}

function together(looks: readonly Look[]): Dependency[] {
  if (shared.size > MAX_SHARED) shared.clear();
  const list: Dependency[] = [];
  const met: Shared[] = [];
  for (const { tag, columns } of looks) {
    const known = shared.get(tag) ?? remember(tag, columns);
    const isFirst = known.list !== list;
    take(known, isFirst ? columns : known.columns.union(columns));
    if (isFirst) {
      known.list = list;
      known.place = list.length;
      met.push(known);
    }
    list[known.place] = known.dependency;
  }
  for (const known of met) known.list = null;
  // Without the room that it has grown into: there are as many lists as answers.
  return list.slice();
}

function remember(tag: Tag, columns: ColumnSet): Shared {
  const made = { dependency: { tag, columns: columns.columns }, columns, place: 0, list: null };
  shared.set(tag, made);
  return made;
}

function take(known: Shared, columns: ColumnSet): void {
  if (known.columns === columns) return;
  known.columns = columns;
  known.dependency = { tag: known.dependency.tag, columns: columns.columns };
}
