/** What the server tells of its work, to whoever counts, logs or shows it. Nothing here may change an answer, and none of it may throw. */
import { EventEmitter } from 'node:events';

/** One request for an operation, when it has been answered. */
export interface ObservedOperation {
  readonly requestId: string;
  /** As the client calls it; null for one without a name, and for what could not be read. */
  readonly name: string | null;
  /** Tells operations apart whose names are the same or missing: a short hash of the document. Null for what could not be read. */
  readonly hash: string | null;
  readonly kind: 'query' | 'mutation' | 'subscription' | null;
  /** The subject of the verified token; null for a stranger. */
  readonly viewer: string | null;
  readonly status: 'HIT' | 'MISS' | 'STALE' | 'BYPASS' | null;
  /** Where a hit came from. */
  readonly tier: 'memory' | 'remote' | null;
  /** Why it was no hit, or was not stored: the `kind` of a Reason, a Refusal or a Bypass. */
  readonly reason: string | null;
  readonly isStored: boolean;
  readonly httpStatus: number;
  /** `extensions.code` of its errors. */
  readonly errorCodes: readonly string[];
  /** From the first look at the request to the end of the answer. */
  readonly durationMs: number;
  /** Statements sent to the database. */
  readonly statements: number;
  /** As computed before the execution; null where that was not needed. */
  readonly cost: number | null;
}

/** The changes of one transaction, as this instance has learnt of them. */
export interface ObservedChange {
  readonly tags: readonly string[];
  /** Entries of memory that went with it. */
  readonly purged: number;
}

export interface ObservedEvents {
  operation: [ObservedOperation];
  change: [ObservedChange];
}

export class Observations extends EventEmitter<ObservedEvents> {}
