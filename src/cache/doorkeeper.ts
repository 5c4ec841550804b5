/** Knows which keys have come before, of late and in little memory (the doorkeeper of TinyLFU: Einziger, Friedman, Manes, ACM Transactions on Storage 13(4), 2017). */

/** A power of two. When so many others have come, most are forgotten. */
const PLACES = 65_536;

export class Doorkeeper {
  /** Each place has the hash of the last key that belongs there. */
  readonly #last = new Uint32Array(PLACES);

  /** Whether it knows `key`, which it does from now on. It takes one new key in 65,536 for an old one: it may only decide what is worth the while. */
  meets(key: string): boolean {
    const hash = hashOf(key);
    const place = hash % PLACES;
    const isKnown = this.#last[place] === hash;
    this.#last[place] = hash;
    return isKnown;
  }
}

/** FNV-1a (Fowler, Noll, Vo) of 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
