/** Entries in the memory of the process, bounded by bytes; the least recently used go first. */
import { LRUCache } from 'lru-cache';
import { Doorkeeper } from './doorkeeper.js';
import type { Checked } from './knowledge.js';

/** A larger entry would push many others out, and costs little beside its own sending. */
export const MAX_ENTRY_BYTES = 256 * 1024;
/** Entries are seldom smaller. */
const LEAST_ENTRY_BYTES = 1_024;

export class MemoryTier {
  readonly #entries: LRUCache<string, Checked>;
  readonly #doorkeeper: Doorkeeper;

  constructor(maxBytes: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: MAX_ENTRY_BYTES,
      sizeCalculation: ({ entry }) => entry.bytes,
    });
    this.#doorkeeper = new Doorkeeper(maxBytes / LEAST_ENTRY_BYTES);
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get count(): number {
    return this.#entries.size;
  }

  get(key: string): Checked | null {
    return this.#entries.get(key) ?? null;
  }

  /** Whether `key` was asked for before, of late: of as many keys as there is room for. It was from now on. */
  meets(key: string): boolean {
    return this.#doorkeeper.meets(key);
  }

  set(checked: Checked): void {
    this.#entries.set(checked.entry.key, checked);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** All that is held, valid or not; the most recently used first. */
  values(): Iterable<Checked> {
    return this.#entries.values();
  }
}
