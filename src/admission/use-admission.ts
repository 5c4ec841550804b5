/**
 * Admission as two plugins of the server. The first goes before the cache: what the cache answers does not come to the execution, and pays less. The second
 * goes after it, where answers say what the cache has done.
 */
import { type ExecutionArgs, type ExecutionResult, getOperationAST, getVariableValues } from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.js';
import type { Account } from './budgets.js';
import { type Admission, type Asker, MAX_COST, pointsOf } from './admission.js';
import type { OperationCosts } from './operation-cost.js';
import { rateLimitHeaders, retryAfterSeconds } from './rate-limit-headers.js';

interface Visit {
  account: Account | null;
  /** As computed; null: it did not come to an execution. */
  cost: number | null;
  /** Whether its execution was paid before the server has seen it. */
  readonly wasPaid: boolean;
  /** Whether there is nothing left to be charged. */
  isPaid: boolean;
  /** Whether it came as far as an execution, which may still be refused: no entry has answered it. */
  isPastCache: boolean;
}

interface Admitted {
  readonly request: Request;
}

type Execute = (args: ExecutionArgs) => unknown;

interface AdmissionPluginOptions {
  readonly admission: Admission;
  readonly costs: OperationCosts;
  /** Who asks, null for a stranger. Rejects for a token that is not accepted. */
  readonly identify: (authorization: string | null) => Promise<Asker | null>;
  /** Whether the server has made the request itself: nobody pays for it. */
  readonly isOurs: (request: Request) => boolean;
  /** The cost of the execution that was paid for a request before the server saw it; null: none was. */
  readonly paidFor: (request: IncomingMessage) => number | null;
  /** Told what the operation costs that is about to run. */
  readonly onCost: (request: Request, cost: number) => void;
}

interface AdmissionPlugins {
  readonly beforeCache: Plugin<Admitted>;
  /** Pays for what the cache has found, once, and for nothing that was executed for this request. What is refused is told in its place. */
  payFound(request: Request): Promise<ApiError | null>;
  /** Before whatever takes from answers what is for one caller alone. */
  readonly afterCache: Plugin;
}

export function useAdmission({
  admission,
  costs,
  identify,
  isOurs,
  paidFor,
  onCost,
}: AdmissionPluginOptions): AdmissionPlugins {
  const visits = new WeakMap<Request, Visit>();

  function refuseSpent(account: Account): ApiError {
    admission.refused('rate-limited');
    const seconds = retryAfterSeconds(admission.standingOf(account));
    return new ApiError('RATE_LIMITED', `You have asked too much in a minute. Try again in ${seconds} s.`, {
      http: { status: 429, headers: { 'retry-after': String(seconds) } },
    });
  }

  async function payFound(request: Request): Promise<ApiError | null> {
    const visit = visits.get(request);
    if (!visit?.account || visit.isPaid || visit.isPastCache) return null;
    visit.isPaid = true;
    if (admission.payHit(visit.account) || (await admission.payHitTogether(visit.account))) return null;
    return refuseSpent(visit.account);
  }

  async function admit(request: Request, visit: Visit, args: ExecutionArgs): Promise<ApiError | null> {
    visit.isPastCache = true;
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return null;
    const { schema, document, variableValues } = args;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {});
    // What is wrong with the variables, the execution tells, which does not begin then.
    if (!coerced) return null;
    const cost = costs.of(document, operation, coerced);
    visit.cost = cost;
    onCost(request, cost);
    if (cost > MAX_COST) {
      const message = `This operation may bring ${cost} objects; at most ${MAX_COST} are answered. Ask for shorter pages.`;
      return new ApiError('QUERY_TOO_COMPLEX', message);
    }
    if (!visit.account || visit.wasPaid) return null;
    visit.isPaid = true;
    return (await admission.spend(visit.account, cost)) ? null : refuseSpent(visit.account);
  }

  const beforeCache: Plugin<Admitted> = {
    // Before anything of the request is read.
    async onRequestParse({ request, serverContext }) {
      if (isOurs(request)) return;
      const node = nodeRequest(serverContext);
      const identified = await identify(request.headers.get('authorization')).then(
        (asker) => ({ asker, refusal: null }),
        // Whoever comes with a token that is none is the stranger at their address.
        (refusal: unknown) => ({ asker: null, refusal: refusal as Error }),
      );
      const account = admission.accountOf(identified.asker, node);
      const cost = node ? paidFor(node) : null;
      const visit: Visit = { account, cost, wasPaid: cost !== null, isPaid: cost !== null, isPastCache: false };
      visits.set(request, visit);
      if (cost !== null) onCost(request, cost);
      else if (account && admission.isSpent(account)) {
        visit.isPaid = true;
        throw refuseSpent(account);
      }
      if (identified.refusal !== null) throw identified.refusal;
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      const { request } = args.contextValue as Admitted;
      const visit = visits.get(request);
      if (!visit) return;
      const execute = executeFn as Execute;
      setExecuteFn(async (inner: ExecutionArgs) => {
        const refusal = await admit(request, visit, inner);
        return refusal ? { errors: [refusal] } : await execute(inner);
      });
    },
    onResultProcess({ request, result, setResult }) {
      const visit = visits.get(request);
      if (!visit || Array.isArray(result) || isAsyncIterable(result) || !isExplained(result)) return;
      // Explained: to be told in the answer as well, which is not shared.
      const { cost } = visit;
      const told = { cost, points: cost === null ? null : pointsOf(cost), maxCost: MAX_COST };
      setResult({ ...result, extensions: { ...result.extensions, cost: told } });
    },
  };

  const afterCache: Plugin = {
    onResponse({ request, response }) {
      const visit = visits.get(request);
      if (!visit) return;
      const { account, cost, isPaid } = visit;
      if (cost !== null) response.headers.set('x-operation-cost', String(cost));
      if (!account) return;
      // Refused, after some work.
      if (!isPaid) admission.chargeRefused(account);
      for (const [name, value] of rateLimitHeaders(admission.standingOf(account))) response.headers.set(name, value);
    },
  };

  return { beforeCache, payFound, afterCache };
}

const nodeRequest = (context: unknown): IncomingMessage | undefined =>
  (context as { req?: IncomingMessage } | null)?.req;

const isExplained = ({ extensions }: ExecutionResult): boolean => extensions?.['cache'] !== undefined;
