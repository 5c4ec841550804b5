/** `X-Request-Id`: names a request in answers and logs. One that comes with the request is kept if it is harmless. */
import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const HARMLESS = /^[\w.:-]{1,64}$/;
const ids = new WeakMap<Request, string>();

export const harmlessId = (given = ''): string => (HARMLESS.test(given) ? given : randomUUID());

export function requestIdOf(request: Request): string {
  const known = ids.get(request);
  if (known) return known;
  const id = harmlessId(request.headers.get('x-request-id') ?? '');
  ids.set(request, id);
  return id;
}

export const useRequestId = (): Plugin => ({
  onResponse({ request, response }) {
    response.headers.set('x-request-id', requestIdOf(request));
  },
});
