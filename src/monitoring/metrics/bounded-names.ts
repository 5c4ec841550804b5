/** Names that clients choose, as labels: the first so many, and one label for all others. A label that anyone may make up would take all memory. */
export class BoundedNames {
  readonly #known = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** What stands for `name`; null: it has none. */
  labelOf(name: string | null): string {
    if (name === null) return ANONYMOUS;
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.#max) return OTHER;
    this.#known.add(name);
    return name;
  }
}

/** No GraphQL name begins with a bracket. */
const ANONYMOUS = '(anonymous)';
const OTHER = '(other)';
