/**
 * The response cache, as a plugin of the server: queries are answered from the cache where they can be; everything else passes through untouched.
 * Who asks has been established before, with the context.
 */
import {
  type ExecutionArgs,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  getOperationAST,
} from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache/cache.js';
import type { KnownRequests } from './front/known-requests.js';
import { UnspeakableValue } from './canonical-value.js';
import { explain } from './explanation.js';
import { Fill, type Recorded, type Result } from './fill.js';
import { type Hints, type Lifetimes, readHints } from './hints.js';
import { type Caching, cachingHeaders, isJson, isPrivateOutcome, knownTag } from './http-caching.js';
import { type Question, type Scope, operationKey } from './operation-key.js';
import { type Plan, Plans } from './plan.js';
import { type Bypass, type Report, headersOf } from './report.js';
import { replayOf } from './replays.js';
import { observeRuntimeTypes } from './runtime-types.js';
import { type Wishes, wishesOf } from './wishes.js';
import { written } from './written-result.js';

/** What the cache knows of a request. */
export interface CachedRequest {
  readonly request: Request;
  /** As Node knows it, if it came over the network. */
  readonly req?: object;
  readonly params?: { extensions?: Readonly<Record<string, unknown>> | null };
  /** All that resolvers can learn of who asks; null for a stranger. */
  readonly identity: object | null;
  /** Makes what resolvers are given, for a query whose answer may be stored. */
  record(): Recorded;
}

export interface ResponseCacheOptions<Asked extends CachedRequest> {
  cache: Pick<Cache, 'respond'>;
  /** In place of the maxAge in the schema. */
  lifetimes: Lifetimes;
  /** Who may have requests executed afresh and explained. */
  mayWish: (identity: Asked['identity']) => boolean;
  /** Whether an error, as it was thrown, says that the database cannot be reached. */
  isAway: (error: unknown) => boolean;
  wallMs: () => number;
  /** What other caches are told. */
  caching: Caching;
  /** Told what requests ask, to answer them itself the next time. */
  known: KnownRequests;
  /** Told what the cache has done for a request. */
  told: (request: Request, report: Report) => void;
}

type Execute = (args: ExecutionArgs) => Promise<Result>;
/** Notes what the cache has done, and explains it in the result if that is wished. */
type Tell = (report: Report, result: Result) => Result;

interface Asking {
  execute: Execute;
  wishes: Wishes;
  tell: Tell;
}

/** Keys of public answers that turned out to be the viewer's own. To forget one costs an execution. */
const MAX_TURNED = 10_000;

const PUBLIC: Scope = { kind: 'PUBLIC' };
const METHOD: Bypass = { kind: 'method', message: 'only queries are cached' };
const BAD_VARIABLES: Bypass = { kind: 'variables', message: 'the variables are not what the operation wants' };

export function useResponseCache<Asked extends CachedRequest>(options: ResponseCacheOptions<Asked>): Plugin<Asked> {
  const reports = new WeakMap<Request, { report: Report; isWhole: boolean }>();
  const turned = new LRUCache<string, true>({ max: MAX_TURNED });
  let hints: Hints;
  let plans: Plans;

  async function answer(args: ExecutionArgs, execute: Execute): Promise<Result> {
    const { request, identity } = args.contextValue as Asked;
    const replay = replayOf(request);
    const wishes = replay ? { ...replay, explained: false } : wishesOf(request.headers, options.mayWish(identity));
    const tell: Tell = (report, result) => {
      reports.set(request, { report, isWhole: !wishes.explained });
      options.told(request, report);
      return wishes.explained ? explained(result, report) : result;
    };
    const operation = getOperationAST(args.document, args.operationName);
    if (operation?.operation !== OperationTypeNode.QUERY)
      return tell({ kind: 'bypass', why: METHOD }, await execute(args));
    return await answerQuery(args, operation, { execute, wishes, tell });
  }

  async function answerQuery(
    args: ExecutionArgs,
    operation: OperationDefinitionNode,
    { execute, wishes, tell }: Asking,
  ) {
    const { identity, record, req, params } = args.contextValue as Asked;
    const plan = plans.of(args.document, operation);
    const asked = questionOf(plan, args.variableValues ?? {});
    if ('why' in asked) return tell({ kind: 'bypass', why: asked.why }, await execute(args));

    const { question } = asked;
    const privateKey = () => operationKey(question, { kind: 'PRIVATE', viewer: identity });
    const publicKey = operationKey(question, PUBLIC);
    const privateBefore = turned.has(publicKey) ? 'an earlier execution of it looked at the viewer' : null;
    const isPrivate = plan.policy.limits.privateBy !== null || privateBefore !== null;
    const fill = new Fill({
      policy: plan.policy,
      hints,
      record,
      execute: (contextValue) => execute({ ...args, contextValue }),
      isAway: (error) => options.isAway(error),
      wallMs: options.wallMs,
      privateBefore,
      keyFor({ privateBy }) {
        if (privateBy === null) return publicKey;
        if (!isPrivate) turned.set(publicKey, true);
        return privateKey();
      },
    });
    return await serve(isPrivate ? privateKey() : publicKey, fill, wishes, (report, result) => {
      // Who registers a document with its hash is to be heard each time.
      const isPlain = params?.extensions?.['persistedQuery'] === undefined;
      if (req && isPlain && report.kind === 'answered' && report.outcome.entry)
        options.known.learn(req, question, isPrivateOutcome(report.outcome));
      return tell(report, result);
    });
  }

  async function serve(key: string, fill: Fill, { fresh }: Wishes, tell: Tell): Promise<Result> {
    const outcome = await options.cache.respond(key, fill.load, { fresh });
    if (outcome.status === 'MISS' && fill.unstored) {
      const { result, refusal } = fill.unstored;
      return tell({ kind: 'unstored', why: refusal, lookedUp: outcome.reason }, result);
    }
    return tell({ kind: 'answered', outcome }, written(outcome.body));
  }

  return {
    onSchemaChange(change: { schema: GraphQLSchema }) {
      observeRuntimeTypes(change.schema);
      hints = readHints(change.schema, options.lifetimes);
      plans = new Plans(change.schema, hints);
    },
    onExecute({ executeFn, setExecuteFn }) {
      const execute: Execute = async (args) => (await executeFn(args)) as Result;
      setExecuteFn((args: ExecutionArgs) => answer(args, execute));
    },
    onSubscribe({ args }) {
      const { request } = args.contextValue;
      const report: Report = { kind: 'bypass', why: METHOD };
      reports.set(request, { report, isWhole: true });
      options.told(request, report);
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
      setResponse(new fetchAPI.Response(null, { status: 304, headers }));
    },
  };
}

function questionOf(
  plan: Plan,
  variables: Readonly<Record<string, unknown>>,
): { question: Question } | { why: Bypass } {
  if (plan.policy.refusal !== null) return { why: { kind: 'policy', message: plan.policy.refusal } };
  try {
    const question = plan.question(variables);
    return question ? { question } : { why: BAD_VARIABLES };
  } catch (error) {
    if (error instanceof UnspeakableValue) return { why: { kind: 'variables', message: error.message } };
    throw error;
  }
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
