/** The last hand on every result: each error leaves with a code of ours, and the unexpected leaves masked. */
import { GraphQLError, type GraphQLErrorExtensions, Kind } from 'graphql';
import { type Plugin, isAsyncIterable } from 'graphql-yoga';
import type { Logger } from 'pino';
import { ApiError, ERROR_CODES, type ErrorCode } from '../errors.js';
import { UnknownOutcomeError, isDatabaseAway, isGivenUp, isLockedOut } from '../platform/database-errors.js';
import { requestIdOf } from './request-id.js';

/** @param onFault told of each request that failed for reasons of ours: each has a line in the log. */
export function useErrorCodes(logger: Logger, onFault: (request: Request) => void): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result) || isAsyncIterable(result) || !result.errors?.length) return;
      const requestId = requestIdOf(request);
      const whole = !('data' in result) || result.data == null;
      setResult({
        ...result,
        errors: result.errors.map((error) =>
          present(error, { logger, requestId, whole, onFault: () => onFault(request) }),
        ),
      });
    },
  };
}

interface Circumstances {
  logger: Logger;
  requestId: string;
  /** Nothing else was answered: the error decides the HTTP status. */
  whole: boolean;
  onFault: () => void;
}

function present(error: GraphQLError, circumstances: Circumstances): GraphQLError {
  const { logger, requestId, whole, onFault } = circumstances;
  const cause = rootCause(error);
  if (isGivenUp(cause)) {
    logger.warn({ err: cause, field: fieldOf(error), requestId }, 'the database gave an operation up');
    return present(tooMuch(error), circumstances);
  }
  const known = cause instanceof ApiError ? cause.code : isExpected(cause) ? 'BAD_USER_INPUT' : null;
  const code: ErrorCode = known ?? (isDatabaseAway(cause) ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR');
  const { reportable } = cause instanceof ApiError ? cause : ERROR_CODES[code];
  if (reportable) {
    logger.error({ err: cause, field: fieldOf(error), requestId }, 'a request failed');
    onFault();
  }
  return new GraphQLError(known ? error.message : maskedMessage(code, cause, requestId), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { code, ...(known && { issues: error.extensions['issues'] }), http: httpOf(error, code, whole) },
  });
}

/**
 * A request that cannot be read has its status with every client. A request that can be, but whose document is wrong,
 * has it only with clients that accept application/graphql-response+json; for others such an answer is a good one (GraphQL over HTTP, 6.4.1).
 */
function httpOf(error: GraphQLError, code: ErrorCode, whole: boolean): GraphQLErrorExtensions['http'] {
  const { http } = error.extensions;
  if (!whole) return http;
  const { status } = ERROR_CODES[code];
  const aboutDocument = error.locations !== undefined || error.path !== undefined;
  return { status, ...http, spec: aboutDocument && status < 500 };
}

const tooMuch = ({ nodes, path }: GraphQLError): GraphQLError => {
  const message = 'The database gave this operation up: ask for less at a time.';
  return new GraphQLError(message, { nodes, path, originalError: new ApiError('QUERY_TOO_COMPLEX', message) });
};

/** By its name in the schema. The path has what the client calls it: whatever it likes, as long as a document may be. */
function fieldOf({ nodes }: GraphQLError): string | undefined {
  const [node] = nodes ?? [];
  return node?.kind === Kind.FIELD ? node.name.value : undefined;
}

/** GraphQL wraps what a resolver throws, more than once at times. */
export function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

/** Errors of GraphQL and of its transport speak of the request: a syntax error, an unknown field, a wrong type. */
const isExpected = (cause: unknown) => cause instanceof GraphQLError && !cause.extensions['unexpected'];

function maskedMessage(code: ErrorCode, cause: unknown, requestId: string): string {
  return code === 'UNAVAILABLE'
    ? `${whyUnavailable(cause)} (Request ${requestId}.)`
    : `Something went wrong on our side. If it stays so, tell us the request id ${requestId}.`;
}

function whyUnavailable(cause: unknown): string {
  if (cause instanceof UnknownOutcomeError)
    return 'The database was lost while this was written, and it is not known whether it was: look before you repeat it.';
  if (isLockedOut(cause)) return 'Somebody else is changing the same. Try again in a moment.';
  return 'The database cannot be reached now. Try again in a moment.';
}
