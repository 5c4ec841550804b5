/**
 * Answers what no entry answers without the server behind, when it has let the same query through before: variables are coerced, the cache asked, and the query
 * executed if need be. What comes of it is sent by the front if an entry says it, and given to the server if not.
 */
import { GraphQLError } from 'graphql';
import type { Answered, Answers } from '../answers.js';
import type { Recorded, Result } from '../fill.js';
import type { Variables } from '../plan.js';
import type { Handover, KnownQuery } from './handover.js';
import type { Asked } from '../../sockets/known-heads.js';
import { readParameters } from './parameters.js';

/** That whoever asks may ask this, and pays for it. */
export interface Visit {
  /** Of its execution, once it was executed. */
  readonly cost: number | null;
  /** Before it is executed: false if whoever asks cannot. */
  pay(): Promise<boolean> | boolean;
  /**
   * What an answer tells of it. To be asked once, for an answer that is sent: who gets what others have executed pays here. Null: they cannot by what is known
   * here, and the server is to see to it.
   */
  headers(): [name: string, value: string][] | null;
  end(): void;
}

type Query = KnownQuery & { readonly variables: Variables };
type Execute = (context: object) => Promise<Result> | Result;

export interface ShortcutParts<W> {
  readonly answers: Answers;
  readonly handover: Handover;
  /** Null: it is refused, and the server tells how. */
  visit(viewer: object | null, request: Asked, query: Query): Visit | null;
  /** Makes what resolvers are given. */
  record(viewer: object | null, work: W): Recorded;
  /** What executes a query, as the server would; null: only the server can. */
  prepare(query: Query): Execute | null;
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
    const query = variables && { variables, ...known };
    const execute = query && prepare(query);
    const visit = execute && visitOf(viewer, request, query);
    if (!visit) return null;
    const work = newWork();
    return { viewer, visit, work, answered: this.#answer(query, { viewer, visit, work, execute }) };
  }

  async #answer(query: Query, { viewer, visit, work, execute }: Asking<W>): Promise<Answered> {
    const { answers, record } = this.#parts;
    // To throw would have an older answer stand in, as if the database were away.
    const executed = (isPaid: boolean, context: object) => (isPaid ? execute(context) : UNPAID);
    try {
      const found = await answers.answer({
        plan: query.plan,
        hints: query.hints,
        variables: query.variables,
        viewer,
        record: () => record(viewer, work),
        execute(context = record(viewer, work).context) {
          const paid = visit.pay();
          return typeof paid === 'boolean' ? executed(paid, context) : paid.then((isPaid) => executed(isPaid, context));
        },
        wants: {},
      });
      if (found.result === UNPAID) throw new Unpaid();
      return found;
    } finally {
      visit.end();
    }
  }
}

interface Asking<W> {
  readonly viewer: object | null;
  readonly visit: Visit;
  readonly work: W;
  readonly execute: Execute;
}

const UNPAID = { errors: [new GraphQLError('Whoever asks has nothing left.')] };

/** Whoever asks has nothing left. The server, which is asked then, says so. */
class Unpaid extends Error {
  override name = 'Unpaid';
}
