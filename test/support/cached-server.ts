/** The response cache over a small schema of a test's own: the real plugin, the real core, and a clock, a lease and a ledger that the test moves. */
import type { GraphQLError } from 'graphql';
import { type YogaInitialContext, createSchema, createYoga } from 'graphql-yoga';
import { EXISTENCE } from '../../src/cache/dependency.js';
import { Recording } from '../../src/graphql/recording.js';
import type { Recorded } from '../../src/response-cache/fill.js';
import type { Lifetimes } from '../../src/response-cache/hints.js';
import { createTagger } from '../../src/response-cache/front/entity-tag.js';
import { Answers } from '../../src/response-cache/answers.js';
import { Handover } from '../../src/response-cache/front/handover.js';
import { KnownRequests } from '../../src/response-cache/front/known-requests.js';
import { useResponseCache } from '../../src/response-cache/use-response-cache.js';
import { useResolverContext } from '../../src/graphql/resolver-context.js';
import { createCoreByHand } from './core-by-hand.js';
import { createHandClock } from './hand-clock.js';

export interface Caller {
  subject: string;
  role: string;
}

/** What resolvers of these tests are given. */
export interface TestContext {
  readonly viewer: Caller | null;
  readonly recording: Recording | null;
}

interface TestRequest {
  identity: Caller | null;
  open: () => TestContext;
  record: () => Recorded;
}

const DIRECTIVES = `
  directive @cacheControl(
    maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean, staleWhileRevalidate: Int, staleIfError: Int
  ) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
`;

/** The database is away. */
export class Away extends Error {}

export interface Ask {
  variables?: Record<string, unknown>;
  operationName?: string;
  caller?: Caller;
  headers?: Record<string, string>;
}

interface Options {
  typeDefs: string;
  resolvers: Record<string, Record<string, unknown>>;
  lifetimes?: Lifetimes;
  mayWish?: (caller: Caller | null) => boolean;
  pay?: () => Promise<GraphQLError | null>;
}

export function createCachedServer({
  typeDefs,
  resolvers,
  lifetimes = {},
  mayWish = () => true,
  pay = async () => null,
}: Options) {
  const clock = createHandClock();
  const { cache, instance, write } = createCoreByHand(clock);
  const contextOf = (identity: Caller | null, recording: Recording | null): TestContext => ({
    recording,
    get viewer() {
      recording?.reads.taint('ctx.viewer was read');
      return identity;
    },
  });
  const yoga = createYoga<object, TestRequest>({
    schema: createSchema({ typeDefs: [DIRECTIVES, typeDefs], resolvers: resolvers as never }),
    logging: false,
    maskedErrors: false,
    context: ({ request }) => {
      const identity = JSON.parse(request.headers.get('x-caller') ?? 'null') as Caller | null;
      return {
        identity,
        open: () => contextOf(identity, null),
        record() {
          const recording = new Recording();
          return { context: contextOf(identity, recording), recording };
        },
      };
    },
    plugins: [
      useResolverContext(),
      useResponseCache<YogaInitialContext & TestRequest>({
        answers: new Answers({
          cache,
          isAway: (error) => (error as { originalError?: unknown }).originalError instanceof Away,
          wallMs: () => clock.wallMs(),
        }),
        lifetimes,
        mayWish,
        caching: { tagOf: createTagger(new Uint8Array(32)), cdn: null },
        handover: new Handover(new KnownRequests(1_000_000)),
        pay,
        told: () => undefined,
      }),
    ],
  });

  return {
    clock,
    instance,
    async ask(query: string, { variables, operationName, caller, headers }: Ask = {}) {
      const response = await yoga.fetch('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(caller && { 'x-caller': JSON.stringify(caller) }),
          ...headers,
        },
        body: JSON.stringify({ query, variables, operationName }),
      });
      const text = await response.text();
      return {
        text,
        status: response.status,
        headers: response.headers,
        cache: response.headers.get('x-cache'),
        cacheStatus: response.headers.get('cache-status'),
        json: () => JSON.parse(text),
      };
    },
    /** A transaction that has changed these columns of a row. */
    write(tag: string, columns: readonly string[] = [EXISTENCE]) {
      write([{ tag, columns }]);
    },
  };
}

export type CachedServer = ReturnType<typeof createCachedServer>;
