/**
 * Bounds how many compiled fields all queries hold together. A fragment is compiled anew for each place where it stands, so a short text with nested fragments can come to thousands of fields.
 * Holds weak references only: it keeps neither documents nor what is compiled of them alive.
 */
import { LRUCache } from 'lru-cache';
import type { Shape } from './shape.js';

/** What is compiled of one query, by the values of the variables that decide what it asks. Null: it is left to the interpreter. */
export type Shapes = Map<string, Compiled | null>;

export interface Compiled {
  readonly shape: Shape;
  readonly place: Place;
}

/**
 * Fields: of some 1,000 queries as clients write them. One takes 1,350 to 1,530 bytes with its selection (growth of the heap after the collector has run, over 100 queries of 11 to 330 fields; 2026-11-30,
 * Node 20.20), so all of them 30 MB.
 */
const MAX_FIELDS = 20_000;
/** Of one query, and one set of values. */
const MAX_FIELDS_OF_ONE = 2_000;

/** Where one shape stands. */
export class Place {
  fields = 0;
  readonly #shapes: WeakRef<Shapes>;
  readonly #key: string;

  constructor(shapes: Shapes, key: string) {
    this.#shapes = new WeakRef(shapes);
    this.#key = key;
  }

  /** It is compiled anew when it is asked for again. */
  clear(): void {
    this.#shapes.deref()?.delete(this.#key);
  }

  close(): void {
    this.#shapes.deref()?.set(this.#key, null);
  }
}

export class CompiledRoom {
  readonly #places = new LRUCache<Place, true>({
    maxSize: MAX_FIELDS,
    // One without any has its place as well.
    sizeCalculation: (_true, { fields }) => fields + 1,
    dispose(_true, place, reason) {
      if (reason === 'evict') place.clear();
    },
  });

  /** The place of a shape that is about to be compiled, and will be in `shapes`. */
  enter(shapes: Shapes, key: string): Place {
    const place = new Place(shapes, key);
    this.#places.set(place, true);
    return place;
  }

  /** What was asked for longest ago leaves first. */
  use(place: Place): void {
    this.#places.get(place);
  }

  /** To be told of fields that were compiled for it. Holds nothing else: a shape keeps it. */
  growthOf(place: Place): (fields: number) => void {
    return (fields) => this.#grow(place, fields);
  }

  #grow(place: Place, fields: number): void {
    // Meanwhile it had to leave: whoever executes it still has it.
    if (!this.#places.delete(place)) return;
    place.fields += fields;
    if (place.fields > MAX_FIELDS_OF_ONE) place.close();
    else this.#places.set(place, true);
  }

  has(place: Place): boolean {
    return this.#places.has(place);
  }
}
