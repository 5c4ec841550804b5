/** A cache between us and who asks that keeps public answers, and lets go of them when it is told to. */
import type { CdnKey } from './cdn-keys.js';

/** Names and values of headers in turn. */
export type RawHeaders = readonly string[];

/** What one kind of CDN wants to hear, and how it is told to forget. */
export interface Cdn {
  /** Of an answer that it may keep until it is `maxAge` seconds old, the time before it was sent included (RFC 9111, 4.2). Addressed to it alone. */
  keep(maxAge: number, keys: readonly CdnKey[]): RawHeaders;
  /** So many keys can be purged by one call. */
  readonly maxKeys: number;
  /** Resolves when no answer under any of the keys is served any more. @throws if that is not certain. */
  purge(keys: readonly CdnKey[]): Promise<void>;
}

/** The CDN is well, and wants to be asked less. */
export class CallsLimited extends Error {
  override name = 'CallsLimited';

  /** @param waitMs how long it wants to be left alone; null if it has not said. */
  constructor(
    message: string,
    readonly waitMs: number | null,
  ) {
    super(message);
  }
}
