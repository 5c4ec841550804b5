/**
 * Answers what no entry answers without the server behind, when it has let the same query through before: variables are coerced, the cache asked, and the query
 * executed if need be. What comes of it is sent by the front if an entry says it, and given to the server if not.
 */
import { GraphQLError } from 'graphql';
import type { Answered, Answers } from '../answers.js';
import type { Recorded, Result } from '../fill.js';
import type { Variables } from '../plan.js';
import type { Handover, KnownQuery } from './handover.js';
import type { Asked } from './known-heads.js';
import { readParameters } from './parameters.js';

/** That whoever asks may ask this, and pays for it. */
export interface Visit {
  /** Of its execution, once it was executed. */
  readonly cost: number | null;
  /** Before it is executed: false if whoever asks cannot. */
  pay(): Promise<boolean>;
  /** What an answer tells of it. To be asked once, for an answer that is sent. */
  headers(): [name: string, value: string][];
  end(): void;
}

export interface ShortcutParts<W> {
  readonly answers: Answers;
  readonly handover: Handover;
  /** Null: it is refused, and the server tells how. */
  visit(viewer: object | null, request: Asked, query: KnownQuery & { variables: Variables }): Visit | null;
  /** Makes what resolvers are given. */
  record(viewer: object | null, work: W): Recorded;
  /** What executes a query, as the server would; null: only the server can. */
  prepare(query: KnownQuery & { variables: Variables }): ((context: object) => Promise<Result> | Result) | null;
  /** Counts what the execution of a query does. */
  newWork(): W;
}

export interface Underway<W> {
  readonly viewer: object | null;
  readonly visit: Visit;
  /** Rejects where only the server can say what is wrong. */
  readonly answered: Promise<Answered>;
  readonly work: W;
}

export class Shortcut<W> {
  readonly #parts: ShortcutParts<W>;

  constructor(parts: ShortcutParts<W>) {
    this.#parts = parts;
  }

  /** @returns null: the server behind is to see the request, nothing has been done with it. */
  take(request: Asked, text: string, viewer: object | null): Underway<W> | null {
    const { handover, visit: visitOf, prepare, newWork } = this.#parts;
    const parameters = readParameters(text);
    const known = parameters && handover.find(parameters);
    // Answers that are never stored are the server's.
    if (!known || known.plan.policy.refusal !== null) return null;
    const variables = known.plan.coerce(parameters.variables);
    const query = variables && { ...known, variables };
    const execute = query && prepare(query);
    const visit = execute && visitOf(viewer, request, query);
    if (!visit) return null;
    const work = newWork();
    let isUnpaid = false;
    const pay = async (context: object): Promise<Result> => {
      if (await visit.pay()) return await execute(context);
      isUnpaid = true;
      // To throw would have an older answer stand in, as if the database were away.
      return UNPAID;
    };
    const answered = this.#answer(query, { viewer, work }, pay)
      .then((found) => {
        if (isUnpaid) throw new Unpaid();
        return found;
      })
      .finally(() => visit.end());
    return { viewer, visit, work, answered };
  }

  async #answer(
    query: KnownQuery & { variables: Variables },
    { viewer, work }: { viewer: object | null; work: W },
    execute: (context: object) => Promise<Result>,
  ): Promise<Answered> {
    const { answers, record } = this.#parts;
    return await answers.answer({
      ...query,
      viewer,
      record: () => record(viewer, work),
      execute: (context = record(viewer, work).context) => execute(context),
      fresh: false,
    });
  }
}

const UNPAID = { errors: [new GraphQLError('Whoever asks has nothing left.')] };

/** Whoever asks has nothing left. The server, which is asked then, says so. */
class Unpaid extends Error {
  override name = 'Unpaid';
}
