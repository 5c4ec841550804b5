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
import { UnspeakableValue } from './canonical-value.js';
import { explain } from './explanation.js';
import { Fill, type Recorded, type Result } from './fill.js';
import { type Hints, type Lifetimes, readHints } from './hints.js';
import type { Scope } from './operation-key.js';
import { type Plan, Plans } from './plan.js';
import { type Bypass, type Report, headersOf } from './report.js';
import { observeRuntimeTypes } from './runtime-types.js';
import { type Wishes, wishesOf } from './wishes.js';
import { written } from './written-result.js';

/** What the cache knows of a request. */
export interface CachedRequest {
  readonly request: Request;
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
  const reports = new WeakMap<Request, Report>();
  const turned = new LRUCache<string, true>({ max: MAX_TURNED });
  let hints: Hints;
  let plans: Plans;

  async function answer(args: ExecutionArgs, execute: Execute): Promise<Result> {
    const { request, identity } = args.contextValue as Asked;
    const wishes = wishesOf(request.headers, options.mayWish(identity));
    const tell: Tell = (report, result) => {
      reports.set(request, report);
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
    const { identity, record } = args.contextValue as Asked;
    const plan = plans.of(args.document, operation);
    const keys = keysOf(plan, args.variableValues ?? {});
    if ('why' in keys) return tell({ kind: 'bypass', why: keys.why }, await execute(args));

    const privateKey = () => keys.of({ kind: 'PRIVATE', viewer: identity });
    const publicKey = keys.of(PUBLIC);
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
    return await serve(isPrivate ? privateKey() : publicKey, fill, wishes, tell);
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
      reports.set(args.contextValue.request, { kind: 'bypass', why: METHOD });
    },
    onResponse({ request, response }) {
      const report = reports.get(request);
      if (!report) return;
      for (const [name, value] of Object.entries(headersOf(report))) response.headers.set(name, value);
    },
  };
}

function keysOf(
  plan: Plan,
  variables: Readonly<Record<string, unknown>>,
): { of: (scope: Scope) => string } | { why: Bypass } {
  if (plan.policy.refusal !== null) return { why: { kind: 'policy', message: plan.policy.refusal } };
  try {
    const of = plan.keys(variables);
    return of ? { of } : { why: BAD_VARIABLES };
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
