/** What the server tells of its work, to whoever counts, logs or shows it. Nothing here may change an answer, and none of it may throw. */

type CacheStatus = 'HIT' | 'MISS' | 'STALE' | 'BYPASS';

/** What the cache has done for a request. */
export interface ObservedCaching {
  readonly status: CacheStatus | null;
  /** Where a hit came from. */
  readonly tier: 'memory' | 'remote' | null;
  /** Why it was no hit, or was not stored: the `kind` of a Reason, a Refusal or a Bypass. */
  readonly reason: string | null;
  /** Of these, why it was no hit. */
  readonly missedBy: string | null;
  /** And why what was executed was not stored; `discarded` where the answer itself says nothing against it. */
  readonly unstoredBy: string | null;
  /** The tag whose change ended the entry that would have answered; null where the reason is not `changed`. */
  readonly purgedBy: string | null;
  readonly isStored: boolean;
  /** Whether it was answered by the execution of another request. */
  readonly isJoined: boolean;
}

/** A statement that was slow, as it was sent: with placeholders, never with values. */
export interface ObservedStatement {
  readonly sql: string;
  readonly ms: number;
}

/** One request for an operation, when its answer is there to be sent. */
export interface ObservedOperation extends ObservedCaching {
  readonly requestId: string;
  /** As the client calls it, at most 64 characters; null for one without a name, and for what was refused before it was known to be valid. */
  readonly name: string | null;
  /** Tells operations apart whose names are the same or missing: a short hash of the normalised document. Null as above. */
  readonly hash: string | null;
  readonly kind: 'query' | 'mutation' | 'subscription' | null;
  /** The subject of the verified token; null for a stranger. */
  readonly viewer: string | null;
  /** Whether it was answered before the server began to look at it. */
  readonly isFront: boolean;
  readonly httpStatus: number;
  /** `extensions.code` of its errors, each once. */
  readonly errorCodes: readonly string[];
  /** Whether one of them points at a fault of ours. What is not set up here, and what clients do wrong, does not. */
  readonly isFault: boolean;
  /** From when the request was there as a whole until the answer was there to be sent. */
  readonly durationMs: number;
  /** Statements that it waited for; others may have waited for the same. */
  readonly statements: number;
  /** The slowest of them, those that took long alone. */
  readonly slowStatements: readonly ObservedStatement[];
  /** How many keys loaders fetched at a time. */
  readonly batches: readonly number[];
  /** As computed before the execution; null where that was not needed. */
  readonly cost: number | null;
}

/** The changes of one transaction, as this instance has learnt of them. What they purge shows when it is asked for: see `purgedBy`. */
export interface ObservedChange {
  readonly tags: readonly string[];
  /** How long it was not known here; left out where it was told before its commit. */
  readonly lagMs?: number | undefined;
}

/** A request that was turned away unread or unexecuted: by a limit of rate, or because there is too much to do. */
export interface ObservedRefusal {
  readonly kind: 'rate-limited' | 'shed';
}

export interface ObservedBreaker {
  /** What it guards: `redis`, `indexer`. */
  readonly name: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** How its server failed last, in words that hold no address and no key; null if that is not known. */
  readonly reason: string | null;
}

/** The breaker of hosts that anybody may name, so that nothing can be done about them. */
export const ANYBODYS = 'token-hosts';

/** What happens to this instance as a member of the fleet. */
export type ObservedInstance =
  | { readonly kind: 'settled'; readonly waitedMs: number }
  | { readonly kind: 'lapsed'; readonly forMs: number }
  | { readonly kind: 'members'; readonly count: number }
  | { readonly kind: 'beat-failed' }
  /** The database was restarted, restored or replaced: nothing that was stored counts. */
  | { readonly kind: 'epoch' }
  /** What keeps writes from being captured; null: nothing does any more. */
  | { readonly kind: 'fault'; readonly fault: string | null };

/** What executing a hit afresh has shown. `unknown`: something changed, expired or failed meanwhile. */
export interface ObservedCheck {
  readonly verdict: 'same' | 'mismatch' | 'unknown';
}

interface ObservedEvents {
  check: ObservedCheck;
  instance: ObservedInstance;
  operation: ObservedOperation;
  change: ObservedChange;
  refused: ObservedRefusal;
  breaker: ObservedBreaker;
}

type Listeners = { readonly [Name in keyof ObservedEvents]: ((event: ObservedEvents[Name]) => void)[] };

/** Whoever listens does so as long as the process lives. Not an EventEmitter of Node: that copies its listeners for each event, and hits are many. */
export class Observations {
  readonly #onFault: (error: unknown) => void;
  readonly #listeners: Listeners = { check: [], instance: [], operation: [], change: [], refused: [], breaker: [] };

  /** @param onFault told what a listener throws: neither whoever emits nor the other listeners are to notice. */
  constructor(onFault: (error: unknown) => void = () => undefined) {
    this.#onFault = onFault;
  }

  on<Name extends keyof ObservedEvents>(name: Name, listener: Listeners[Name][number]): this {
    this.#listeners[name].push(listener);
    return this;
  }

  emit<Name extends keyof ObservedEvents>(name: Name, event: ObservedEvents[Name]): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(event);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}

const MAX_NAME = 64;
/** Characters of a digest that stand for a document: 72 bits. */
const HASH_LENGTH = 12;

export const shownName = (name: string | null): string | null => name && name.slice(0, MAX_NAME);
export const shownHash = (digest: string): string => digest.slice(0, HASH_LENGTH);
