/**
 * The response cache, as a plugin of the server: queries are answered from the cache where they can be; everything else passes through untouched.
 * Who asks has been established before, with the context.
 */
import {
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  getOperationAST,
} from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import type { Body } from '../cache/body.js';
import type { Wants } from '../cache/cache.js';
import type { Answered, Answers } from './answers.js';
import { explain } from './explanation.js';
import type { Recorded, Result } from './fill.js';
import type { Handover } from './front/handover.js';
import { type Hints, type Lifetimes, readHints } from './hints.js';
import { type Caching, cachingHeaders, isJson, knownTag } from './http-caching.js';
import { Plans } from './plan.js';
import { type Bypass, type Report, headersOf } from './report.js';
import { replayOf } from './replays.js';
import { observeRuntimeTypes } from './runtime-types.js';
import { wishesOf } from './wishes.js';
import { written } from './written-result.js';

interface Parameters {
  readonly query?: string | null;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** What the cache knows of a request. */
interface CachedRequest {
  readonly request: Request;
  /** As Node knows it, if it came over the network. */
  readonly req?: object;
  readonly params?: Parameters;
  /** All that resolvers can learn of who asks; null for a stranger. */
  readonly identity: object | null;
  /** Makes what resolvers are given, for a query whose answer may be stored. */
  record(): Recorded;
}

export interface ResponseCacheOptions<Asked extends CachedRequest> {
  answers: Answers;
  /** In place of the maxAge in the schema. */
  lifetimes: Lifetimes;
  /** Who may have requests executed afresh and explained. */
  mayWish: (identity: Asked['identity']) => boolean;
  /** What other caches are told. */
  caching: Caching;
  /** With what stands before the server. */
  handover: Handover;
  /** Asked before what was found is told: what is to be said in its place, because whoever asks cannot pay for it; null if they can. */
  pay: (request: Request) => Promise<GraphQLError | null>;
  /** Told what the cache has done for a request, which asked for this. */
  told: (request: Request, report: Report, params: Parameters) => void;
}

type Execute = (args: ExecutionArgs) => Promise<Result>;

const METHOD: Bypass = { kind: 'method', message: 'only queries are cached' };

export function useResponseCache<Asked extends CachedRequest>(options: ResponseCacheOptions<Asked>): Plugin<Asked> {
  const { answers, handover } = options;
  const reports = new WeakMap<Request, { report: Report; isWhole: boolean }>();
  let hints: Hints;
  let plans: Plans;

  async function execute(args: ExecutionArgs, executeFn: Execute): Promise<Result> {
    const { request, identity, params = {} } = args.contextValue as Asked;
    const replay = replayOf(request);
    const wishes = wishesOf(request.headers, !replay && options.mayWish(identity));
    // What the server asks for itself it asks so that it is there.
    const wants = replay ? { fresh: replay.fresh, keeps: true } : { fresh: wishes.fresh };
    const operation = getOperationAST(args.document, args.operationName);
    const { report, result } =
      operation?.operation === OperationTypeNode.QUERY
        ? await query(args, operation, { executeFn, wants })
        : { report: { kind: 'bypass', why: METHOD } as const, result: await executeFn(args) };
    const refusal = await options.pay(request);
    if (refusal) return { errors: [refusal] };
    reports.set(request, { report, isWhole: !wishes.explained });
    options.told(request, report, params);
    const told = result ?? written(bodyOf(report));
    return wishes.explained ? explained(told, report) : told;
  }

  async function query(
    args: ExecutionArgs,
    operation: OperationDefinitionNode,
    { executeFn, wants }: { executeFn: Execute; wants: Wants },
  ): Promise<Answered> {
    const { identity, record, req, params } = args.contextValue as Asked;
    const before = req && handover.takeAnswered(req);
    if (before) return before;
    const plan = plans.of(args.document, operation);
    const answered = await answers.answer({
      plan,
      hints,
      variables: plan.coerce(args.variableValues ?? {}),
      viewer: identity,
      record,
      execute: (contextValue = args.contextValue as Asked) => executeFn({ ...args, contextValue }),
      wants,
    });
    // Who registers a document with its hash is to be heard each time.
    if (req && params?.extensions?.['persistedQuery'] === undefined)
      handover.learn(req, answered, { query: params?.query ?? null, document: args.document, operation, plan, hints });
    return answered;
  }

  return {
    onSchemaChange(change: { schema: GraphQLSchema }) {
      observeRuntimeTypes(change.schema);
      hints = readHints(change.schema, options.lifetimes);
      plans = new Plans(change.schema, hints);
    },
    onExecute({ executeFn, setExecuteFn }) {
      const inner: Execute = async (args) => (await executeFn(args)) as Result;
      setExecuteFn((args: ExecutionArgs) => execute(args, inner));
    },
    onSubscribe({ args }) {
      const { request } = args.contextValue;
      const report: Report = { kind: 'bypass', why: METHOD };
      reports.set(request, { report, isWhole: true });
      options.told(request, report, {});
    },
    onResponse({ request, response, setResponse, fetchAPI }) {
      const told = reports.get(request);
      if (!told) return;
      const { headers, status } = response;
      for (const [name, value] of Object.entries(headersOf(told.report))) headers.set(name, value);
      // Streams of events, say, are delivered as the server wants.
      if (!isJson(headers.get('content-type'))) return;
      const asked = { method: request.method, isWhole: told.isWhole };
      for (const [name, value] of cachingHeaders(told.report, asked, options.caching))
        if (name === 'vary') headers.append(name, value);
        else headers.set(name, value);
      const known = status === 200 ? knownTag(request, headers) : null;
      if (known === null) return;
      headers.set('etag', `"${known}"`);
      // Some clients would wait for so much.
      headers.delete('content-length');
      setResponse(new fetchAPI.Response(null, { status: 304, headers }));
    },
  };
}

function bodyOf(report: Report): Body {
  if (report.kind !== 'answered') throw new Error('What is not answered by an entry has a result.');
  return report.outcome.body;
}

/** Its `stringify`, which knows no extensions, is left behind. */
function explained(result: Result, report: Report): Result {
  if (isAsyncIterable(result)) return result;
  const { data, errors, extensions } = result;
  return {
    ...(errors && { errors }),
    ...(data !== undefined && { data }),
    extensions: { ...extensions, cache: explain(report) },
  };
}
