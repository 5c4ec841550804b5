/** The errors that clients are meant to see. Anything else that is thrown is logged and masked. */
import { GraphQLError } from 'graphql';

/** Every `extensions.code`, the HTTP status it takes when it ends a whole request, and whether it points at a fault of ours. */
export const ERROR_CODES = {
  BAD_USER_INPUT: { status: 400, reportable: false },
  UNAUTHENTICATED: { status: 401, reportable: false },
  FORBIDDEN: { status: 403, reportable: false },
  NOT_FOUND: { status: 404, reportable: false },
  CONFLICT: { status: 409, reportable: false },
  RATE_LIMITED: { status: 429, reportable: false },
  QUERY_TOO_COMPLEX: { status: 400, reportable: false },
  UNAVAILABLE: { status: 503, reportable: true },
  INTERNAL_SERVER_ERROR: { status: 500, reportable: true },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What is answered where there is no operation to answer: as GraphQL has it, too. */
export const errorBody = (code: ErrorCode, message: string): string =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });

/** One faulty input: where it stands, from the field's argument downwards, and what is wrong with it. */
export interface Issue {
  path: readonly (string | number)[];
  message: string;
}

/** An expected failure. Its message tells the client what to do next. */
export class ApiError extends GraphQLError {
  /** Whether it points at a fault of ours. */
  readonly reportable: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: {
      issues?: readonly Issue[];
      cause?: unknown;
      http?: { status: number; headers?: Record<string, string> };
      /** As its code is, if left out. */
      reportable?: boolean;
    } = {},
  ) {
    super(message, {
      extensions: {
        code,
        ...(details.issues && { issues: details.issues }),
        ...(details.http && { http: details.http }),
      },
    });
    this.name = 'ApiError';
    this.reportable = details.reportable ?? ERROR_CODES[code].reportable;
    if (details.cause !== undefined) this.cause = details.cause;
  }
}

export function badInput(issues: readonly Issue[]): ApiError {
  const message = issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
  return new ApiError('BAD_USER_INPUT', message, { issues });
}

export const unauthenticated = (message = 'Sign in first: send a bearer token in the Authorization header.') =>
  new ApiError('UNAUTHENTICATED', message);

export const forbidden = (message: string) => new ApiError('FORBIDDEN', message);

export const notFound = (what: string, path: Issue['path']) =>
  new ApiError('NOT_FOUND', `${what} does not exist (any more).`, {
    issues: [{ path, message: 'nothing like this exists (any more)' }],
  });

export const conflict = (message: string, cause?: unknown) => new ApiError('CONFLICT', message, { cause });

export const unavailable = (message: string, cause?: unknown) => new ApiError('UNAVAILABLE', message, { cause });

/** Whoever runs the server has left that part out: nothing has failed, however often it is asked for. */
export const notSetUp = (message: string) => new ApiError('UNAVAILABLE', message, { reportable: false });
