/** Tells of each operation that the server behind the front answers: once, whatever became of it. */
import { type DocumentNode, type ExecutionArgs, type OperationDefinitionNode, getOperationAST } from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import {
  type ObservedCaching,
  type ObservedOperation,
  type ObservedStatement,
  type Observations,
  shownHash,
  shownName,
} from './observation.js';

/** What the server knows of requests. */
interface ServerParts {
  observations: Observations;
  requestIdOf: (request: Request) => string;
  /** Whether the server has made it itself. */
  isOurs: (request: Request) => boolean;
  /** A digest that documents have in common which ask for the same. */
  digestOf: (document: DocumentNode, operation: OperationDefinitionNode) => string;
  monotonicMs: () => number;
}

interface DatabaseWork {
  /** By the monotonic clock: before the server has heard of it, if somebody else has begun. */
  readonly since: number;
  readonly statements: number;
  readonly slowStatements: readonly ObservedStatement[];
  readonly batches: readonly number[];
}

interface Asking {
  readonly request: Request;
  readonly identity: { readonly subject: string } | null;
  readonly work: DatabaseWork;
}

type Draft = { -readonly [Name in keyof ObservedOperation]?: ObservedOperation[Name] } & {
  startedAt: number;
  work?: DatabaseWork;
};

const PATH = '/graphql';

const UNKNOWN = {
  name: null,
  hash: null,
  kind: null,
  viewer: null,
  status: null,
  tier: null,
  reason: null,
  missedBy: null,
  unstoredBy: null,
  purgedBy: null,
  isStored: false,
  isJoined: false,
  isFront: false,
  errorCodes: [],
  isFault: false,
  statements: 0,
  slowStatements: [],
  batches: [],
  cost: null,
} satisfies Partial<ObservedOperation>;

export class OperationObserver {
  readonly #parts: ServerParts;
  readonly #drafts = new WeakMap<Request, Draft>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** What the cache has done for a request. */
  noteCaching(request: Request, caching: ObservedCaching): void {
    this.#note(request, caching);
  }

  noteCost(request: Request, cost: number): void {
    this.#note(request, { cost });
  }

  /** It fails for reasons of ours. */
  noteFault(request: Request): void {
    this.#note(request, { isFault: true });
  }

  /** Goes before all plugins that refuse. */
  readonly first: Plugin<Asking> = {
    onRequest: ({ request, url }) => {
      if (url.pathname !== PATH || request.method === 'OPTIONS' || this.#parts.isOurs(request)) return;
      this.#drafts.set(request, { startedAt: this.#parts.monotonicMs() });
    },
    onExecute: ({ args }) => this.#identify(args),
    onSubscribe: ({ args }) => this.#identify(args),
  };

  /** Goes after all plugins that alter answers. */
  readonly last: Plugin<Asking> = {
    onExecute: ({ args }) => {
      const { request, work } = (args as ExecutionArgs).contextValue as Asking;
      this.#note(request, { work });
    },
    onResultProcess: ({ request, result }) => {
      if (Array.isArray(result) || isAsyncIterable(result) || !result.errors) return;
      const codes = result.errors.map(({ extensions }) => codeOf(extensions['code']));
      this.#note(request, { errorCodes: [...new Set(codes)] });
    },
    onResponse: ({ request, response }) => {
      const draft = this.#drafts.get(request);
      this.#drafts.delete(request);
      // A browser that GETs is shown a page.
      if (!draft || response.headers.get('content-type')?.startsWith('text/html')) return;
      const { startedAt, work, ...known } = draft;
      const { observations, requestIdOf, monotonicMs } = this.#parts;
      const { statements, slowStatements, batches } = work ?? UNKNOWN;
      const answered = {
        requestId: requestIdOf(request),
        httpStatus: response.status,
        durationMs: monotonicMs() - Math.min(startedAt, work?.since ?? startedAt),
      };
      observations.emit('operation', Object.assign(answered, UNKNOWN, known, { statements, slowStatements, batches }));
    },
  };

  #identify({ document, operationName, contextValue }: ExecutionArgs): void {
    const { request, identity } = contextValue as Asking;
    const operation = getOperationAST(document, operationName);
    if (!operation) return;
    this.#note(request, {
      name: shownName(operation.name?.value ?? null),
      hash: shownHash(this.#parts.digestOf(document, operation)),
      kind: operation.operation,
      viewer: identity?.subject ?? null,
    });
  }

  #note(request: Request, facts: Partial<Draft>): void {
    const draft = this.#drafts.get(request);
    if (draft) Object.assign(draft, facts);
  }
}

const codeOf = (code: unknown): string => (typeof code === 'string' ? code : 'UNKNOWN');
