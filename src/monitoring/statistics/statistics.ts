/** What an instance remembers of its work, in bounded memory, for people: /stats and /dashboard. For the long run there are metrics. */
import type { ObservedChange, ObservedOperation, Observations } from '../observation.js';
import { type OperationFigures, OperationTallies } from './operation-tallies.js';
import type { Summary } from './tally.js';
import { type Point, Timeline } from './timeline.js';

/** What one transaction changed, and what went with it. */
interface ChangeFigures {
  /** Counts up; tells them apart. */
  readonly number: number;
  /** When this instance learnt of it. Milliseconds since 1970. */
  readonly at: number;
  /** The first of them. */
  readonly tags: readonly string[];
  readonly moreTags: number;
  /** Entries of this instance that were asked for since, and were not valid any more. */
  readonly purged: number;
}

export interface Figures {
  /** When counting began, in milliseconds since 1970. */
  readonly since: number;
  /** Hits that were executed afresh, and turned out to be wrong. */
  readonly mismatches: number;
  /** Times that the lease ended before it was renewed. */
  readonly lapses: number;
  readonly lastMinute: Summary;
  readonly lastFiveMinutes: Summary;
  readonly lastHour: Summary;
  readonly operations: readonly OperationFigures[];
  /** Those that there was no room for, as one. */
  readonly others: OperationFigures | null;
  /** Why requests were no hits, or were not stored; the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  readonly errorCodes: readonly { readonly code: string; readonly count: number }[];
  /** The latest first. */
  readonly changes: readonly ChangeFigures[];
}

/** An hour, and what has begun of the ten seconds of now. A second one of longer steps would be told of each hit, too. */
const SECONDS = { stepMs: 1_000, steps: 3_610 };
const MAX_CHANGES = 200;
const MAX_TAGS = 8;
/** Reasons and codes are words of ours: this many are never reached, and nothing that clients send may grow a map. */
const MAX_WORDS = 100;

export class Statistics {
  readonly #wallMs: () => number;
  readonly #seconds: Timeline;
  readonly #operations = new OperationTallies();
  readonly #reasons = new Map<string, number>();
  readonly #errorCodes = new Map<string, number>();
  #changes: (ChangeFigures & { purged: number })[] = [];
  #mismatches = 0;
  #lapses = 0;
  #number = 0;
  #since: number;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
    this.#seconds = new Timeline({ ...SECONDS, wallMs });
    this.#since = wallMs();
  }

  listenTo(observations: Observations): void {
    observations
      .on('operation', (operation) => this.record(operation))
      .on('change', (change) => this.recordChange(change))
      .on('check', ({ verdict }) => {
        if (verdict === 'mismatch') this.#mismatches += 1;
      })
      .on('instance', ({ kind }) => {
        if (kind === 'lapsed') this.#lapses += 1;
      })
      .on('refused', ({ kind }) => {
        // Others are told of as operations, too.
        if (kind === 'shed') this.#seconds.shed();
      });
  }

  record(operation: ObservedOperation): void {
    this.#seconds.record(operation);
    this.#operations.record(operation);
    if (operation.purgedBy !== null) this.#recordPurge(operation.purgedBy);
    if (operation.reason !== null) countWord(this.#reasons, operation.reason);
    for (const code of operation.errorCodes) countWord(this.#errorCodes, code);
  }

  recordChange({ tags }: ObservedChange): void {
    const [first, moreTags] = [tags.slice(0, MAX_TAGS), Math.max(0, tags.length - MAX_TAGS)];
    this.#changes.push({ number: (this.#number += 1), at: this.#wallMs(), tags: first, moreTags, purged: 0 });
    if (this.#changes.length >= 2 * MAX_CHANGES) this.#changes = this.#changes.slice(-MAX_CHANGES);
  }

  /** An entry that a change ended is missed when it is asked for again, and counts for the latest change of its tag. */
  #recordPurge(tag: string): void {
    this.#seconds.purge();
    const change = this.#changes.findLast(({ tags }) => tags.includes(tag));
    if (change) change.purged += 1;
  }

  reset(): void {
    this.#seconds.clear();
    this.#operations.clear();
    this.#reasons.clear();
    this.#errorCodes.clear();
    this.#changes = [];
    this.#mismatches = this.#lapses = 0;
    this.#since = this.#wallMs();
  }

  /** A point a second, or one for ten seconds, of the last hour. */
  points(step: 'second' | 'ten-seconds', count: number): Point[] {
    return this.#seconds.points(count, step === 'second' ? 1 : 10);
  }

  figures(): Figures {
    return {
      since: this.#since,
      mismatches: this.#mismatches,
      lapses: this.#lapses,
      lastMinute: this.#seconds.sum(60),
      lastFiveMinutes: this.#seconds.sum(300),
      lastHour: this.#seconds.sum(3_600),
      operations: this.#operations.figures(),
      others: this.#operations.others(),
      reasons: ordered(this.#reasons).map(([reason, count]) => ({ reason, count })),
      errorCodes: ordered(this.#errorCodes).map(([code, count]) => ({ code, count })),
      changes: this.#changes
        .slice(-MAX_CHANGES)
        .reverse()
        .map((change) => ({ ...change })),
    };
  }
}

function countWord(counts: Map<string, number>, word: string): void {
  const count = counts.get(word);
  if (count !== undefined || counts.size < MAX_WORDS) counts.set(word, (count ?? 0) + 1);
}

const ordered = (counts: ReadonlyMap<string, number>): [string, number][] => [...counts].sort(([, a], [, b]) => b - a);
