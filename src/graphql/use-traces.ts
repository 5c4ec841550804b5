/** A span for each request for an operation that GraphQL looks at. Hits that are answered before that do nothing that a span could show. */
import { type ExecutionArgs, getOperationAST } from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import { ERROR_CODES } from '../errors.js';
import type { Tracing } from '../platform/open-telemetry.js';
import { type Span, within } from '../platform/spans.js';
import { requestIdOf } from './request-id.js';

const PATH = '/graphql';
const MAX_NAME = 64;

interface Asking {
  readonly request: Request;
}

interface TracesParts {
  tracing: Tracing;
  /** Whether the server has made a request itself. */
  isOurs: (request: Request) => boolean;
  /** Whether a trace may have been begun by whoever asks: just anybody could have all that they ask sampled, or put into a trace of others. */
  takesParents: boolean;
}

/** Goes after all plugins that answer or alter answers: what they do is a part of it. */
export function useTraces({ tracing, isOurs, takesParents }: TracesParts): Plugin<Asking> {
  const spans = new WeakMap<Request, { span: Span; failure?: string }>();
  return {
    onRequest({ request, url }) {
      if (url.pathname !== PATH || request.method === 'OPTIONS' || isOurs(request)) return;
      const span = tracing.begin('GraphQL', takesParents ? request.headers.get('traceparent') : null, {
        'http.request.method': request.method,
        'url.path': PATH,
        'larder.request.id': requestIdOf(request),
      });
      spans.set(request, { span });
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      const { document, operationName, contextValue } = args as ExecutionArgs;
      const span = spans.get((contextValue as Asking).request)?.span;
      const operation = getOperationAST(document, operationName);
      if (!span || !operation) return;
      const name = operation.name?.value.slice(0, MAX_NAME);
      span.set({ 'graphql.operation.type': operation.operation, ...(name && { 'graphql.operation.name': name }) });
      span.rename(operation.operation);
      setExecuteFn((given: ExecutionArgs): unknown => within(span, (): unknown => executeFn(given)));
    },
    onResultProcess({ request, result }) {
      const known = spans.get(request);
      if (!known || Array.isArray(result) || isAsyncIterable(result)) return;
      const failure = result.errors?.map(({ extensions }) => String(extensions['code'])).find(isFault);
      if (failure !== undefined) known.failure = failure;
    },
    onResponse({ request, response }) {
      const known = spans.get(request);
      if (!known) return;
      spans.delete(request);
      const cache = response.headers.get('x-cache');
      known.span.set({
        'http.response.status_code': response.status,
        ...(cache !== null && { 'larder.cache.status': cache }),
      });
      known.span.end(known.failure ?? (response.status >= 500 ? String(response.status) : undefined));
    },
  };
}

/** A fault of ours: for what clients do wrong a server has not failed. */
const isFault = (code: string): boolean => (STATUSES.get(code) ?? 500) >= 500;
const STATUSES = new Map(Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status as number]));
