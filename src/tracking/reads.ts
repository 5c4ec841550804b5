/** What one execution has read: the data that its answer depends on, or why that cannot be said. */
import type { Dependency } from '../cache/dependency.js';
import type { Tag } from '../cache/tag.js';
import { ColumnSet } from './column-set.js';

/** What was looked at under one tag. Who reads on, such as an observed row, keeps it and adds to it. */
export interface Look {
  columns: ColumnSet;
}

export class Reads {
  readonly #looks = new Map<Tag, Look>();
  #refusal: string | null = null;
  #privateReason: string | null = null;

  /** Notes that `columns` of the data named by `tag` were looked at. EXISTENCE among them: which rows there are. */
  depend(tag: Tag, columns: readonly string[]): void {
    const look = this.look(tag);
    look.columns = look.columns.union(ColumnSet.of(columns));
  }

  /** The place where all that is looked at under `tag` comes together. */
  look(tag: Tag): Look {
    const known = this.#looks.get(tag);
    if (known) return known;
    const look = { columns: ColumnSet.empty() };
    this.#looks.set(tag, look);
    return look;
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
    return Array.from(this.#looks, ([tag, { columns }]) => ({ tag, columns: columns.columns }));
  }
}
