/** Answers to queries: from the cache, or by executing them so that the cache may keep what comes of it. */
import { LRUCache } from 'lru-cache';
import type { Cache, Wants } from '../cache/cache.js';
import { UnspeakableValue } from './canonical-value.js';
import { Fill, type Recorded, type Result } from './fill.js';
import type { Hints } from './hints.js';
import { type Question, type Scope, operationKey } from './operation-key.js';
import type { Plan, Variables } from './plan.js';
import type { Bypass, Report } from './report.js';

interface AnswersParts {
  readonly cache: Pick<Cache, 'respond'>;
  /** Whether an error, as it was thrown, says that the database cannot be reached. */
  readonly isAway: (error: unknown) => boolean;
  readonly wallMs: () => number;
}

export interface AskedQuery {
  readonly plan: Plan;
  readonly hints: Hints;
  /** Coerced; null if they are not what the operation wants. */
  readonly variables: Variables | null;
  /** All that resolvers can learn of who asks; null for a stranger. */
  readonly viewer: object | null;
  /** Makes what resolvers are given, for an answer that may be stored. */
  record(): Recorded;
  /** @param context what resolvers are given; left out: whatever they are given if the answer is not to be stored. */
  execute(context?: object): Promise<Result> | Result;
  readonly wants: Wants;
}

/** What came of it. A result is for whoever has asked; an entry, in the report, stands for it where there is one. */
export interface Answered {
  readonly report: Report;
  /** Null: it is the body of the report's outcome. */
  readonly result: Result | null;
  /** Null if it has no key. */
  readonly question: Question | null;
}

/** Keys of public answers that turned out to be the viewer's own. To forget one costs an execution. */
const MAX_TURNED = 10_000;

const PUBLIC: Scope = { kind: 'PUBLIC' };
const BAD_VARIABLES: Bypass = { kind: 'variables', message: 'the variables are not what the operation wants' };

export class Answers {
  readonly #parts: AnswersParts;
  readonly #turned = new LRUCache<string, true>({ max: MAX_TURNED });

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** @throws what the execution throws. */
  async answer(asked: AskedQuery): Promise<Answered> {
    const found = questionOf(asked);
    if ('why' in found)
      return { report: { kind: 'bypass', why: found.why }, result: await asked.execute(), question: null };
    const { question } = found;
    const { key, fill } = this.#fillOf(question, asked);
    const outcome = await this.#parts.cache.respond(key, fill.load, asked.wants);
    if (outcome.status !== 'MISS' || !fill.unstored)
      return { report: { kind: 'answered', outcome }, result: null, question };
    const { result, refusal } = fill.unstored;
    return { report: { kind: 'unstored', why: refusal, lookedUp: outcome.reason }, result, question };
  }

  #fillOf(question: Question, { plan, hints, viewer, record, execute }: AskedQuery): { key: string; fill: Fill } {
    const { isAway, wallMs } = this.#parts;
    const privateKey = () => operationKey(question, { kind: 'PRIVATE', viewer });
    const publicKey = operationKey(question, PUBLIC);
    const privateBefore = this.#turned.has(publicKey) ? 'an earlier execution of it looked at the viewer' : null;
    const isPrivate = plan.policy.limits.privateBy !== null || privateBefore !== null;
    const fill = new Fill({
      policy: plan.policy,
      hints,
      record,
      execute,
      isAway,
      wallMs,
      privateBefore,
      keyFor: ({ privateBy }) => {
        if (privateBy === null) return publicKey;
        if (!isPrivate) this.#turned.set(publicKey, true);
        return privateKey();
      },
    });
    return { key: isPrivate ? privateKey() : publicKey, fill };
  }
}

function questionOf({ plan, variables }: AskedQuery): { question: Question } | { why: Bypass } {
  if (plan.policy.refusal !== null) return { why: { kind: 'policy', message: plan.policy.refusal } };
  if (variables === null) return { why: BAD_VARIABLES };
  try {
    return { question: plan.question(variables) };
  } catch (error) {
    if (error instanceof UnspeakableValue) return { why: { kind: 'variables', message: error.message } };
    throw error;
  }
}
