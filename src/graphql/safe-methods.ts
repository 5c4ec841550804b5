/**
 * Methods that ask and change nothing, beside GET: HEAD, and QUERY (draft-ietf-httpbis-safe-method-w-body), a GET with a body. The adapter behind
 * knows neither, so it is told of a GET, whose content Node leaves out, and of a POST that may not change anything.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionArgs, OperationTypeNode, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ApiError } from '../errors.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** As the server behind sees them. */
const KNOWN = new Set(['GET', 'POST']);
/** Those that came by QUERY. */
const queries = new WeakSet<object>();

export function withSafeMethods(handle: Handle): Handle {
  return async (request, response) => {
    if (request.method === 'HEAD') request.method = 'GET';
    if (request.method === 'QUERY') {
      queries.add(request);
      request.method = 'POST';
    }
    await handle(request, response);
  };
}

export const useSafeMethods = (): Plugin<{ req?: object }> => ({
  onRequestParse({ request }) {
    if (KNOWN.has(request.method)) return;
    throw new ApiError('BAD_USER_INPUT', 'Operations come by GET, HEAD, POST or QUERY.', {
      http: { status: 405, headers: { allow: 'GET, HEAD, POST, QUERY' } },
    });
  },
  onExecute: ({ args }) => refuseWrites(args),
  onSubscribe: ({ args }) => refuseWrites(args),
});

function refuseWrites({ contextValue, document, operationName }: ExecutionArgs): void {
  const { req } = contextValue as { req?: object };
  if (!req || !queries.has(req) || getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY)
    return;
  throw new ApiError('BAD_USER_INPUT', 'The method QUERY changes nothing: send this operation by POST.', {
    http: { status: 405, headers: { allow: 'POST' } },
  });
}
