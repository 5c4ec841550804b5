import type { CacheEvent } from './event.js';
import type { Snapshot } from './snapshot.js';

/**
 * The ledger of all writes: events, members and the epoch, kept by the database that the data is in. The only part of the cache that
 * is trusted. Every method may reject (the database is away) or take for ever; who calls it brings a time limit.
 */
export interface Ledger {
  /** Makes `member` a member. Committed when it resolves, so that whoever writes from then on waits for it. */
  join(member: string): Promise<void>;
  /**
   * Shows that `member` lives, notes how far it has read, and reads on: one statement, one snapshot.
   * `position` is the snapshot of its last beat in `epoch`; null to begin with.
   * Without a member (null) it only reads: for the one process that has the database to itself.
   * Also sees to the epoch: where it does not stand for this very database any more, a new one is made first.
   */
  beat(member: string | null, known: Position | null): Promise<Beat>;
  /** A snapshot for a fill, newer than anything known. */
  position(): Promise<Position>;
  /** The members, as a snapshot taken after the call sees them. */
  members(): Promise<Membership>;
  /** Removes a member whose beat is still the one given. */
  expel(member: string, beat: number): Promise<void>;
  leave(member: string): Promise<void>;
  /** Lets all members know that there is something to read. Whoever does not hear it reads on by itself, later. */
  wake(): Promise<void>;
  /**
   * Forgets events that are older than `keepMs` and ended for everyone. What is forgotten lies below the floor, which rises in the
   * same transaction.
   */
  prune(keepMs: number): Promise<void>;
}

export interface Position {
  readonly epoch: string;
  readonly snapshot: Snapshot;
}

export interface Beat extends Position {
  /** False: expelled, or cleared with an epoch. Nothing else in the answer may be used then. Always true without a member. */
  readonly isMember: boolean;
  /** How long the epoch has lasted, by the database's clock. Milliseconds. */
  readonly epochAgeMs: number;
  /**
   * Events visible in `snapshot`. With `gap` null: all that were not visible in the position given. Otherwise all from the xid `gap` on, while
   * some below may be missing: nothing was given, its epoch is over, events after it were pruned, or they were too many. A gap that reaches to the xmax of
   * `snapshot` has none after it.
   */
  readonly events: readonly CacheEvent[];
  readonly gap: number | null;
  /** Everything below may have been pruned. */
  readonly floor: number;
  /** Null: all writes are captured. Otherwise what is wrong with the triggers, for the log; nothing may be trusted then. */
  readonly fault: string | null;
}

export interface Membership {
  readonly epoch: string;
  readonly members: readonly Member[];
}

export interface Member {
  readonly id: string;
  readonly beat: number;
  /** The snapshot that its last beat came with; everything visible in it has been applied. */
  readonly position: Snapshot | null;
}
