/**
 * An entry that is asked for in the last tenth of its time is executed anew before it expires, behind the back of whoever asks: nobody waits for what many
 * ask for. The moment within that tenth is each key's own, so that entries which were made together are not executed together. One try for each entry:
 * what fails, or is not stored, is executed when the entry has expired.
 */
import type { Entry } from './entry.js';
import { fnv1a } from './fnv1a.js';

const LAST_SHARE = 0.1;
/** What lasts no longer is not worth an execution more. Milliseconds. */
const LEAST_MS = 10_000;

export class EarlyRefreshes {
  readonly #begun = new WeakSet<Entry>();

  /** @param leftMs until its maxAge is over. */
  isDue(entry: Entry, leftMs: number): boolean {
    const lastMs = LAST_SHARE * entry.lifetime.maxAge * 1_000;
    // Most are asked for before, and need no more than this.
    if (leftMs > lastMs || lastMs < LAST_SHARE * LEAST_MS) return false;
    return leftMs <= lastMs * momentOf(entry.key) && !this.#begun.has(entry);
  }

  begin(entry: Entry): void {
    this.#begun.add(entry);
  }
}

/** Between 0 and 1: a hash of the key (FNV-1a, and the end of MurmurHash3, without which keys that end alike are near each other). */
function momentOf(key: string): number {
  let hash = fnv1a(key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
