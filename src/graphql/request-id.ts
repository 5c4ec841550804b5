/** `X-Request-Id`: names a request in answers and logs. One that comes with the request is kept where it may be, and if it is harmless. */
import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const HARMLESS = /^[\w.:-]{1,64}$/;
const ids = new WeakMap<Request, string>();

/** The id of a request that came with this one. */
export type NameRequest = (given?: string) => string;

/** @param takesGiven whether what comes with a request is from whoever may name it: of just anybody's names several would be the same, or those of others. */
export const requestNames =
  (takesGiven: boolean): NameRequest =>
  (given = '') =>
    takesGiven && HARMLESS.test(given) ? given : randomUUID();

export function requestIdOf(request: Request): string {
  const known = ids.get(request) ?? randomUUID();
  ids.set(request, known);
  return known;
}

export const useRequestId = (name: NameRequest): Plugin => ({
  onRequest({ request }) {
    ids.set(request, name(request.headers.get('x-request-id') ?? ''));
  },
  onResponse({ request, response }) {
    response.headers.set('x-request-id', requestIdOf(request));
  },
});
