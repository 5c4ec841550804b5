/**
 * What is to be purged, until it has been: gathered for a moment, sent in as few calls as the CDN takes, repeated until it succeeds. Nobody waits for it, and it
 * never throws.
 *
 * Every key is purged twice. An answer that was on its way while the first purge ran is stored right after it (Fastly's advice for the same race is to purge again
 * two seconds later), and an instance that has not heard of a write yet may send old answers for as long as its lease lasts.
 */
import { OUTLASTED_MS } from '../cache/lease.js';
import type { Clock } from '../cache/clock.js';
import { ALL_ANSWERS, type CdnKey } from './cdn-keys.js';
import { type Cdn, CallsLimited } from './cdn.js';

/** Changes of one moment go in one call. Milliseconds. */
export const GATHER_MS = 5;
/** After a change was known, so late comes the purge that is the last for it: when no lease can be live from before, and time for an answer to arrive. Milliseconds. */
export const AGAIN_MS = OUTLASTED_MS + 900;
/** With more keys waiting, all answers are purged instead. */
export const MAX_KEYS = 10_000;
/** After a failure, doubled with each, up to the last. Milliseconds. */
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 30_000;
/** While the breaker is open, it is looked at so often whether the CDN may be asked. Milliseconds. */
const LOOK_AGAIN_MS = 5_000;
/** What is left at the end gets so long. Milliseconds. */
const STOP_MS = 2_000;

export type PurgeNote =
  | { readonly kind: 'overflow' }
  /** The first of some failures in a row. */
  | { readonly kind: 'failing'; readonly error: unknown }
  | { readonly kind: 'working' }
  /** The end has come before so many keys were purged. */
  | { readonly kind: 'left'; readonly keys: number };

interface PurgeQueueParts {
  cdn: Pick<Cdn, 'purge' | 'maxKeys'>;
  clock: Clock;
  /** Throws at once when the CDN is not to be asked. */
  breaker: { run<T>(work: () => Promise<T>): Promise<T>; readonly state: 'closed' | 'open' | 'half-open' };
  /** From 0 to 1: instances that failed together do not come back together. */
  random: () => number;
  tell: (note: PurgeNote) => void;
}

export class PurgeQueue {
  readonly #parts: PurgeQueueParts;
  /** With the moment when the last change was known that each stands for. */
  #waiting = new Map<CdnKey, number>();
  /** Purged once; in the order of their moments. */
  #purged = new Map<CdnKey, number>();
  #failures = 0;
  #pauseMs = 0;
  #sending: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(parts: PurgeQueueParts) {
    this.#parts = parts;
  }

  /** How many keys are to be purged, now or again. */
  get size(): number {
    return this.#waiting.size + this.#purged.size;
  }

  /** Purges what stands under these keys, soon, and once more. What was asked for after stop() is not. */
  purge(keys: readonly CdnKey[]): void {
    if (this.#isStopped) return;
    const now = this.#parts.clock.monotonicMs();
    for (const key of keys) this.#wait(key, now);
    // After a failure its pause is kept.
    if (this.#failures === 0) this.#sendAfter(GATHER_MS);
  }

  /** Sends what is left, once; where the CDN has failed before, too. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    await Promise.race([this.#sendAll(), new Promise<void>((resolve) => this.#parts.clock.after(STOP_MS, resolve))]);
    if (this.#waiting.size > 0) this.#parts.tell({ kind: 'left', keys: this.#waiting.size });
  }

  async #sendAll(): Promise<void> {
    await this.#sending;
    for (const [key, at] of this.#purged) this.#wait(key, at);
    this.#purged.clear();
    do await this.#sendBatch();
    while (this.#waiting.size > 0 && this.#failures === 0);
  }

  #wait(key: CdnKey, at: number): void {
    // A key that comes again is to be purged once more after this moment: that does for those before.
    const known = this.#waiting.has(ALL_ANSWERS) ? ALL_ANSWERS : key;
    this.#waiting.set(known, Math.max(at, this.#waiting.get(known) ?? 0));
    this.#purged.delete(known);
    if (key === ALL_ANSWERS || this.size > MAX_KEYS) this.#waitForAll(key);
  }

  #waitForAll(last: CdnKey): void {
    if (last !== ALL_ANSWERS) this.#parts.tell({ kind: 'overflow' });
    const at = Math.max(...this.#waiting.values(), ...this.#purged.values());
    this.#waiting = new Map([[ALL_ANSWERS, at]]);
    this.#purged.clear();
  }

  #sendAfter(ms: number): void {
    if (this.#sending || this.#isStopped) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.clock.after(ms, () => {
      this.#sending = this.#sendBatch().finally(() => {
        this.#sending = null;
        this.#goOn();
      });
    });
  }

  #goOn(): void {
    if (this.#failures > 0) this.#sendAfter(this.#pauseMs);
    else if (this.#waiting.size > 0) this.#sendAfter(GATHER_MS);
    else if (this.#purged.size > 0) this.#sendAfter(this.#untilAgain());
  }

  #untilAgain(): number {
    const [first] = this.#purged.values();
    return Math.max(0, first! + AGAIN_MS - this.#parts.clock.monotonicMs());
  }

  async #sendBatch(): Promise<void> {
    const { breaker, cdn, clock } = this.#parts;
    const sentAt = clock.monotonicMs();
    this.#takeDue(sentAt);
    const batch = [...this.#waiting].slice(0, cdn.maxKeys);
    if (batch.length === 0) return;
    for (const [key] of batch) this.#waiting.delete(key);
    try {
      await breaker.run(() => cdn.purge(batch.map(([key]) => key)));
      this.#succeed(batch, sentAt);
    } catch (error) {
      this.#fail(batch, error);
    }
  }

  #takeDue(now: number): void {
    for (const [key, at] of this.#purged) {
      if (at + AGAIN_MS > now) return;
      this.#purged.delete(key);
      this.#waiting.set(key, Math.max(at, this.#waiting.get(key) ?? 0));
    }
  }

  #succeed(batch: readonly [CdnKey, number][], sentAt: number): void {
    if (this.#failures > 0) this.#parts.tell({ kind: 'working' });
    this.#failures = 0;
    // One that comes again has a later moment of its own, and one whose moment is long over needs no second purge.
    for (const [key, at] of batch) if (at + AGAIN_MS > sentAt && !this.#waiting.has(key)) this.#purged.set(key, at);
  }

  #fail(batch: readonly [CdnKey, number][], error: unknown): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#parts.tell({ kind: 'failing', error });
    this.#pauseMs = this.#pauseAfter(error);
    for (const [key, at] of batch) this.#wait(key, at);
  }

  #pauseAfter(error: unknown): number {
    if (error instanceof CallsLimited && error.waitMs !== null) return error.waitMs;
    if (this.#parts.breaker.state === 'open') return LOOK_AGAIN_MS;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LAST_PAUSE_MS);
    return pauseMs * (0.5 + this.#parts.random() / 2);
  }
}
