/**
 * The promise, measured where it counts: a few of the hits are executed afresh in the background, and compared byte for byte with what was sent.
 *
 * A write between the two is no mismatch. So after the execution the instance reads on in the ledger, and an answer counts as wrong only if its entry is
 * valid still by all that is known then: whatever the execution saw was committed before, and must be known.
 */
import { createHash } from 'node:crypto';
import { type Body, bodyOfBytes, bytesOf } from '../cache/body.js';
import type { Entry } from '../cache/entry.js';
import { markReplay, requestOf } from './replays.js';
import type { Report } from './report.js';

/** A hit, wherever it was found. */
export interface CheckedHit {
  /** What was asked: see requestOf(). Read only if the hit is drawn. */
  readonly text: string;
  readonly authorization: string | undefined;
  readonly entry: Entry;
}

/** The entry that a request was answered with, if that was a hit. */
export const entryOfHit = (report: Report): Entry | null =>
  report.kind === 'answered' && report.outcome.status === 'HIT' ? report.outcome.entry : null;

export interface Mismatch {
  readonly key: string;
  readonly storedHash: string;
  readonly trueHash: string;
  readonly tags: readonly string[];
  readonly snapshot: Entry['snapshot'];
  readonly createdAt: number;
}

export type Verdict =
  | 'same'
  | 'mismatch'
  /** Something changed, expired or failed meanwhile. */
  | 'unknown';

interface HitCheckerParts {
  /** The part of the hits that is checked. */
  share: number;
  fetch: (request: Request) => Promise<Response>;
  /** Reads on in the ledger. */
  poll: () => Promise<void>;
  /** Whether an entry is good by all that is known, and by time. */
  isValid: (entry: Entry) => boolean;
  onVerdict: (verdict: Verdict) => void;
  onMismatch: (mismatch: Mismatch) => void;
  /** Between 0 and 1. */
  random: () => number;
  monotonicMs: () => number;
}

/**
 * Of all time so much may be spent on checks: one that took 5 ms is followed by 245 ms without. At 0.05 they were half of what it cost a process that did
 * nothing but hits to be watched (6 % of 10 %, 2026-11-29).
 */
const SHARE_OF_TIME = 0.02;
/** Tags that are told of a mismatch. */
const MAX_TAGS = 50;

export class HitChecker {
  readonly #parts: HitCheckerParts;
  #isChecking = false;
  #restsUntil = -Infinity;

  constructor(parts: HitCheckerParts) {
    this.#parts = parts;
  }

  /** Costs a hit that is not drawn a random number. Never throws. */
  offer(hit: CheckedHit): void {
    const { share, random, monotonicMs } = this.#parts;
    if (random() >= share || this.#isChecking || monotonicMs() < this.#restsUntil) return;
    this.#isChecking = true;
    const startedAt = monotonicMs();
    void this.check(hit)
      .catch((): Verdict => 'unknown')
      .then((verdict) => {
        this.#isChecking = false;
        this.#restsUntil = monotonicMs() + (monotonicMs() - startedAt) * (1 / SHARE_OF_TIME - 1);
        this.#parts.onVerdict(verdict);
      });
  }

  async check({ text, authorization, entry }: CheckedHit): Promise<Verdict> {
    const { fetch, poll, isValid, onMismatch } = this.#parts;
    // What it comes to is stored in place of what was there.
    const response = await fetch(markReplay(requestOf(text, authorization), { fresh: true }));
    const fresh = bodyOfBytes(new Uint8Array(await response.arrayBuffer()));
    if (response.status !== 200 || !/stored/.test(response.headers.get('cache-status') ?? '')) return 'unknown';
    if (fresh === entry.body) return 'same';
    await poll();
    if (!isValid(entry)) return 'unknown';
    onMismatch({
      key: entry.key,
      storedHash: hashOf(entry.body),
      trueHash: hashOf(fresh),
      tags: entry.dependencies.slice(0, MAX_TAGS).map(({ tag }) => tag),
      snapshot: entry.snapshot,
      createdAt: entry.createdAt,
    });
    return 'mismatch';
  }
}

const hashOf = (body: Body): string => createHash('sha256').update(bytesOf(body)).digest('hex').slice(0, 16);
