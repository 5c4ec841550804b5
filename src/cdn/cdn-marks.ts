/** What an entry's answers tell the CDN. Worked out once for each entry, and not at all for those that it is never sent. */
import type { Entry } from '../cache/entry.js';
import type { Cdn, RawHeaders } from './cdn.js';
import type { CdnKey, CdnKeys } from './cdn-keys.js';

interface CdnMarksParts {
  cdn: Cdn;
  keys: CdnKeys;
  /** The CDN may keep an answer for so long without asking. Seconds. */
  maxAge: number;
  /** Whether this instance would learn of a change. */
  isLive: () => boolean;
}

export class CdnMarks {
  readonly #parts: CdnMarksParts;
  readonly #keys = new WeakMap<Entry, readonly CdnKey[]>();
  /** Of all headers that it is told by, in lower case. */
  readonly names: readonly string[];

  constructor(parts: CdnMarksParts) {
    this.#parts = parts;
    this.names = parts.cdn.keep(0, []).filter((_, index) => index % 2 === 0);
  }

  /**
   * What a strong entity tag must stand for besides the content: a CDN that asks whether an answer still holds keeps the old one with its old keys, though the new one
   * may depend on other data.
   */
  keysOf(entry: Entry): readonly CdnKey[] {
    let keys = this.#keys.get(entry);
    if (!keys) this.#keys.set(entry, (keys = this.#parts.keys.ofAnswer(entry.dependencies)));
    return keys;
  }

  /** Headers that let the CDN keep a public answer; null if it may not. @param age seconds since it was executed. */
  of(entry: Entry, age: number): RawHeaders | null {
    const { cdn, maxAge, isLive } = this.#parts;
    // The age counts (RFC 9111, 4.2): without it a CDN would find an older answer stale.
    const until = Math.min(age + maxAge, Math.floor(entry.lifetime.maxAge));
    return until > age && isLive() ? cdn.keep(until, this.keysOf(entry)) : null;
  }
}
