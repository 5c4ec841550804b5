import type { Body } from './body.js';
import type { Dependency } from './dependency.js';
import type { Snapshot } from './snapshot.js';

/** How long an entry is good by time alone. Writes end it sooner. Seconds. */
export interface Lifetime {
  readonly maxAge: number;
  /** After maxAge, so long it may still be served while one refresh runs. */
  readonly staleWhileRevalidate: number;
  /** After maxAge, or after the last moment it was known to be valid, so long it may be served while nothing can be read. */
  readonly staleIfError: number;
}

/** A stored response. */
export interface Entry {
  /** Repeated here and compared when read: a store that answers another question is not believed. */
  readonly key: string;
  readonly epoch: string;
  /** Taken before the first read of the fill. */
  readonly snapshot: Snapshot;
  readonly dependencies: readonly Dependency[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly lifetime: Lifetime;
  /** What whoever stores it wants to know of it again, such as its scope. JSON. */
  readonly note: unknown;
  readonly body: Body;
  /** About how much memory it takes. */
  readonly bytes: number;
}

/** What the parts of an entry take beside its body: measured by test/prove/memory-of-an-entry. */
const ENTRY_BYTES = 400;
const DEPENDENCY_BYTES = 100;

/** About how much memory an entry takes that has so many dependencies. */
export const memoryOf = (key: string, body: Body, dependencies: number): number =>
  body.length + key.length + ENTRY_BYTES + dependencies * DEPENDENCY_BYTES;
