/** The execution of a query whose answer may be stored: what it brings, and whether it may be. */
import type { ExecutionResult } from 'graphql';
import { EMPTY, bodyOf } from '../cache/body.js';
import type { Loaded } from '../cache/cache.js';
import type { Dependency } from '../cache/dependency.js';
import type { Hints } from './hints.js';
import { type Limits, lifetimeOf, narrow } from './limits.js';
import { type Note, noteOf } from './note.js';
import { type Policy, withoutInherited } from './policy.js';
import { type TypeListener, listenForTypes, rootKeyOf } from './runtime-types.js';

/** What resolvers were given, and what it notes of them. */
export interface Recorded {
  readonly context: object;
  readonly recording: {
    readonly reads: {
      dependencies(): readonly Dependency[];
      readonly refusal: string | null;
      readonly privateReason: string | null;
    };
    /** Milliseconds since 1970; null if the clock was not read. */
    readonly until: number | null;
  };
}

export type Result = ExecutionResult | AsyncIterable<unknown>;

/** Why an answer is not stored. `errors` may be gone the next time; the others are in the nature of the query. */
export interface Refusal {
  readonly kind: 'errors' | 'untracked' | 'lifetime' | 'delivery';
  readonly message: string;
}

interface FillParts {
  readonly policy: Policy;
  readonly hints: Hints;
  record(): Recorded;
  execute(context: object): Promise<Result> | Result;
  /** Whether an error says that the database cannot be reached. */
  isAway(error: unknown): boolean;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Why it is taken for PRIVATE whatever it reads; null if it is not. */
  readonly privateBefore: string | null;
  /** The key under which it is stored. */
  keyFor(note: Note): string;
}

export class Fill {
  readonly #parts: FillParts;
  /** What it came to, if that is not stored: for whoever asked, and for nobody else. */
  unstored: { result: Result; refusal: Refusal } | null = null;

  constructor(parts: FillParts) {
    this.#parts = parts;
  }

  readonly load = async (): Promise<Loaded> => {
    const startedAt = this.#parts.wallMs();
    const { context, recording } = this.#parts.record();
    const types = new MetTypes(this.#parts);
    listenForTypes(context, types.meet);
    const result = await this.#parts.execute(context);

    const { reads, until } = recording;
    const limits = narrow(types.limits, 'ctx.now()', until === null ? {} : { maxAge: (until - startedAt) / 1_000 });
    const refusal = refusalOf(result) ?? untracked(reads.refusal) ?? types.refusal ?? shortLived(limits);
    if (refusal) return this.#leave(result, refusal);
    const note = noteOf(limits, reads.privateReason ?? this.#parts.privateBefore);
    return {
      body: bodyOf(JSON.stringify(result)),
      dependencies: reads.dependencies(),
      lifetime: lifetimeOf(limits),
      key: this.#parts.keyFor(note),
      note,
    };
  };

  #leave(result: Result, refusal: Refusal): Loaded {
    this.unstored = { result, refusal };
    const errors = 'errors' in result ? (result.errors ?? []) : [];
    const isFailure = errors.some((error) => this.#parts.isAway(error));
    return { body: EMPTY, dependencies: [], lifetime: null, isFailure };
  }
}

/** Narrows the limits of the document by the types of the objects that its execution meets. */
class MetTypes {
  readonly #hints: Hints;
  readonly #awaited: Set<string>;
  limits: Limits;

  constructor({ policy, hints }: Pick<FillParts, 'policy' | 'hints'>) {
    this.#hints = hints;
    this.#awaited = new Set(policy.awaited);
    this.limits = policy.limits;
  }

  readonly meet: TypeListener = (type, info) => {
    const field = this.#hints.at(`${info.parentType.name}.${info.fieldName}`);
    const hint = withoutInherited(this.#hints.at(type), field.inheritMaxAge ?? false);
    this.limits = narrow(this.limits, type, hint);
    const root = rootKeyOf(info);
    if (root === null || !this.#awaited.has(root)) return;
    this.#awaited.delete(root);
    // One that has no lifetime leaves none to the whole.
    if (hint.maxAge === undefined) this.limits = narrow(this.limits, type, { maxAge: 0 });
  };

  get refusal(): Refusal | null {
    const [unmet] = this.#awaited;
    return unmet === undefined ? null : { kind: 'lifetime', message: `"${unmet}" found nothing that has a lifetime` };
  }
}

function refusalOf(result: Result): Refusal | null {
  if (Symbol.asyncIterator in result) return { kind: 'delivery', message: 'it is delivered in parts' };
  if (result.errors && result.errors.length > 0) return { kind: 'errors', message: 'it has errors' };
  if (result.extensions) return { kind: 'delivery', message: 'it has extensions, which speak of this one execution' };
  return null;
}

const untracked = (message: string | null): Refusal | null =>
  message === null ? null : { kind: 'untracked', message };

function shortLived(limits: Limits): Refusal | null {
  if (lifetimeOf(limits)) return null;
  return { kind: 'lifetime', message: `${limits.maxAge?.setBy ?? 'nothing in it'} gives it no lifetime` };
}
