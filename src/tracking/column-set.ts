/**
 * Sets of columns, made once each and shared by everyone who means the same: a response depends on thousands of rows
 * but looks at few combinations of columns, so a dependency costs a reference and not a list.
 */

/** Strangers choose combinations, so sharing begins anew when so many are known: the memory of them is bounded. */
const MAX_KNOWN = 10_000;
/** Of one set with others. */
const MAX_UNIONS = 100;

export class ColumnSet {
  /** In order of their names. */
  readonly columns: readonly string[];
  /** What this set becomes with one more column; itself for those that it has. */
  readonly #next = new Map<string, ColumnSet>();
  readonly #unions = new Map<ColumnSet, ColumnSet>();
  /** The sets that are shared with this one, by their columns. */
  readonly #known: Map<string, ColumnSet>;

  static #empty = new ColumnSet([], new Map());

  private constructor(columns: readonly string[], known: Map<string, ColumnSet>) {
    this.columns = columns;
    this.#known = known;
    for (const column of columns) this.#next.set(column, this);
  }

  static empty(): ColumnSet {
    if (ColumnSet.#empty.#known.size > MAX_KNOWN) ColumnSet.#empty = new ColumnSet([], new Map());
    return ColumnSet.#empty;
  }

  static of(columns: readonly string[]): ColumnSet {
    return columns.reduce<ColumnSet>((set, column) => set.with(column), ColumnSet.empty());
  }

  with(column: string): ColumnSet {
    return this.#next.get(column) ?? this.#grow(column);
  }

  has(column: string): boolean {
    return this.#next.get(column) === this;
  }

  union(other: ColumnSet): ColumnSet {
    if (this.columns.length === 0) return other;
    return this.#unions.get(other) ?? this.#unite(other);
  }

  #unite(other: ColumnSet): ColumnSet {
    const union = other.columns.reduce<ColumnSet>((set, column) => set.with(column), this);
    if (this.#unions.size >= MAX_UNIONS) this.#unions.clear();
    this.#unions.set(other, union);
    return union;
  }

  #grow(column: string): ColumnSet {
    const columns = [...this.columns, column].sort();
    const name = columns.join();
    const grown = this.#known.get(name) ?? new ColumnSet(columns, this.#known);
    this.#known.set(name, grown);
    this.#next.set(column, grown);
    return grown;
  }
}
