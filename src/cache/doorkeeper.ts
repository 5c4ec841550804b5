/** Knows which keys have come before, of late and in little memory (the doorkeeper of TinyLFU: Einziger, Friedman, Manes, ACM Transactions on Storage 13(4), 2017). */
import { fnv1a } from './fnv1a.js';

/** Bounds of the number of places: 256 KB and 64 MB. */
const LEAST_PLACES = 65_536;
const MOST_PLACES = 16_777_216;

export class Doorkeeper {
  /** Each place has the hash of the last key that belongs there. */
  readonly #last: Uint32Array;

  /** @param keys when so many others have come, most are forgotten. */
  constructor(keys: number) {
    this.#last = new Uint32Array(Math.min(MOST_PLACES, Math.max(LEAST_PLACES, Math.ceil(keys))));
  }

  /** Whether it knows `key`, which it does from now on. It takes a few new keys in 100,000 for old ones: it may only decide what is worth the while. */
  meets(key: string): boolean {
    const hash = fnv1a(key);
    const place = hash % this.#last.length;
    const isKnown = this.#last[place] === hash;
    this.#last[place] = hash;
    return isKnown;
  }
}
