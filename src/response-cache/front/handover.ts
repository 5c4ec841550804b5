/** What the front and the server behind it tell each other of requests: what the one learns from the other's answers, and what it has answered already. */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { bytesOfDocument } from '../../graphql/document-bytes.js';
import type { Answered } from '../answers.js';
import type { Hints } from '../hints.js';
import { isPrivateOutcome } from '../http-caching.js';
import type { Question } from '../operation-key.js';
import type { Plan } from '../plan.js';
import type { Report } from '../report.js';
import type { KnownRequests } from './known-requests.js';
import { type Parameters, readParameters } from './parameters.js';

/** A query that the server has let through: it is valid, within all limits, and anybody may ask it. */
export interface KnownQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly plan: Plan;
  readonly hints: Hints;
}

/** Longer ones are rare, and many bytes to remember. Characters. */
const MAX_QUERY = 10_000;
/** Each keeps its document, which the server may have forgotten. Some 700 of those that clients write. */
const MAX_BYTES = 16 * 1024 * 1024;

export class Handover {
  readonly #requests: KnownRequests;
  readonly #queries = new LRUCache<string, KnownQuery>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ document }, name) => bytesOfDocument(document) + 2 * name.length,
  });
  readonly #texts = new WeakMap<object, string>();
  readonly #left = new WeakMap<object, Answered | null>();

  constructor(requests: KnownRequests) {
    this.#requests = requests;
  }

  find(parameters: Parameters): KnownQuery | null {
    return this.#queries.get(nameOf(parameters)) ?? null;
  }

  /** The server is about to see a request that says `text`. */
  arrive(request: object, text: string): void {
    this.#texts.set(request, text);
  }

  /** The front can do no more for a request. Of what it has found, if anything, the server is to make what it would have made of its own. */
  leave(request: object, found: Answered | null): void {
    this.#left.set(request, found);
  }

  isLeft(request: object): boolean {
    return this.#left.has(request);
  }

  takeAnswered(request: object): Answered | null {
    const answered = this.#left.get(request) ?? null;
    this.#left.delete(request);
    return answered;
  }

  /** The server has answered a request that asked for nothing beside. */
  learn(request: object, answered: Answered, { query, ...known }: KnownQuery & { query: string | null }): void {
    const text = this.#texts.get(request);
    if (text === undefined) return;
    this.remember(text, answered);
    // What is not kept when it is executed is seldom kept the next time.
    if (!isKept(answered) || query === null || query.length > MAX_QUERY) return;
    const parameters = readParameters(text);
    // One that was named by its hash alone is not known by its text: not everybody may ask by that.
    if (parameters?.query === query && !this.#queries.has(nameOf(parameters)))
      this.#queries.set(nameOf(parameters), known);
  }

  /** Next time its text alone tells what a request asks. */
  remember(text: string, answered: Answered): void {
    if (isKept(answered)) this.#requests.remember(text, answered.question, isPrivateOutcome(answered.report.outcome));
  }
}

type Kept = Answered & { readonly question: Question; readonly report: Extract<Report, { kind: 'answered' }> };

/** Whether an entry says it. */
const isKept = (answered: Answered): answered is Kept =>
  answered.question !== null && answered.report.kind === 'answered' && answered.report.outcome.entry !== null;

/** With the length of the operation's name before it: whatever a client calls one, it is no part of another query. */
const nameOf = ({ query, operationName }: Parameters): string =>
  operationName === null ? `\n${query}` : `${operationName.length}\n${operationName}${query}`;
