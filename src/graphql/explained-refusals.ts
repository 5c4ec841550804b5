/** What the transport refuses before there is an operation, and without a word: told as every error is, with a sentence and a code. */
import type { Plugin } from 'graphql-yoga';
import { type ErrorCode, errorBody } from '../errors.js';

const REFUSALS: Record<number, { code: ErrorCode; message: string }> = {
  404: { code: 'NOT_FOUND', message: 'Nothing is at this path: the API is at /graphql.' },
  406: {
    code: 'BAD_USER_INPUT',
    message: 'Answers are JSON: accept application/json or application/graphql-response+json.',
  },
  415: {
    code: 'BAD_USER_INPUT',
    message: 'Send the operation as JSON, not compressed, with the header "Content-Type: application/json".',
  },
};

export const useExplainedRefusals = (): Plugin => ({
  onResponse({ response, setResponse, fetchAPI }) {
    const refusal = REFUSALS[response.status];
    if (!refusal || response.body) return;
    const headers = new fetchAPI.Headers(response.headers);
    headers.set('content-type', 'application/json; charset=utf-8');
    headers.delete('content-length');
    const body = errorBody(refusal.code, refusal.message);
    setResponse(new fetchAPI.Response(body, { status: response.status, headers }));
  },
});
