/** Figures of each operation. Clients name operations, so their number is bounded: the one that was asked longest ago makes room, and is counted among the others. */
import type { ObservedOperation } from '../observation.js';
import { type Summary, Tally } from './tally.js';

/** `purged`: how often a write had ended what was stored for it. */
export interface OperationFigures extends Summary {
  /** As the client calls it; null for one without a name. */
  readonly name: string | null;
  readonly hash: string | null;
  readonly kind: ObservedOperation['kind'];
  /** Statements for each request that was executed; null where none was. */
  readonly statements: number | null;
}

interface Known {
  readonly name: string | null;
  readonly hash: string | null;
  readonly kind: ObservedOperation['kind'];
  readonly tally: Tally;
  executed: number;
  statements: number;
  /** The number of the last request for it. */
  last: number;
}

const MAX_OPERATIONS = 200;

export class OperationTallies {
  /** By hash, then by name: one document may hold several. */
  readonly #byHash = new Map<string | null, Map<string | null, Known>>();
  #others = known({ name: null, hash: null, kind: null });
  #size = 0;
  #number = 0;

  record(operation: ObservedOperation): void {
    const entry = this.#find(operation);
    entry.last = this.#number += 1;
    entry.tally.record(operation);
    if (operation.reason === 'changed') entry.tally.purge();
    if (operation.status === 'HIT') return;
    entry.executed += 1;
    entry.statements += operation.statements;
  }

  clear(): void {
    this.#byHash.clear();
    this.#others = known({ name: null, hash: null, kind: null });
    this.#size = 0;
  }

  /** The most asked first. */
  figures(): OperationFigures[] {
    return [...this.#all()].map(figuresOf).sort((a, b) => b.requests - a.requests);
  }

  /** All that there was no room for, as one; null if there was room. */
  others(): OperationFigures | null {
    return this.#others.tally.durations.count === 0 ? null : figuresOf(this.#others);
  }

  *#all(): Iterable<Known> {
    for (const byName of this.#byHash.values()) yield* byName.values();
  }

  #find(operation: ObservedOperation): Known {
    const { hash, name } = operation;
    return this.#byHash.get(hash)?.get(name) ?? this.#make(operation);
  }

  #make(operation: ObservedOperation): Known {
    if (this.#size >= MAX_OPERATIONS) this.#makeRoom();
    const { hash, name } = operation;
    const byName = this.#byHash.get(hash) ?? new Map<string | null, Known>();
    const entry = known(operation);
    byName.set(name, entry);
    this.#byHash.set(hash, byName);
    this.#size += 1;
    return entry;
  }

  #makeRoom(): void {
    let oldest: Known | null = null;
    for (const entry of this.#all()) if (!oldest || entry.last < oldest.last) oldest = entry;
    if (!oldest) return;
    const { hash, name, tally, executed, statements } = oldest;
    this.#others.tally.add(tally);
    this.#others.executed += executed;
    this.#others.statements += statements;
    const byName = this.#byHash.get(hash)!;
    byName.delete(name);
    if (byName.size === 0) this.#byHash.delete(hash);
    this.#size -= 1;
  }
}

const known = ({ name, hash, kind }: Pick<ObservedOperation, 'name' | 'hash' | 'kind'>): Known => ({
  name,
  hash,
  kind,
  tally: new Tally(),
  executed: 0,
  statements: 0,
  last: 0,
});

function figuresOf({ name, hash, kind, tally, executed, statements }: Known): OperationFigures {
  const perExecution = executed === 0 ? null : Number((statements / executed).toFixed(1));
  return { name, hash, kind, ...tally.summary(), statements: perExecution };
}
