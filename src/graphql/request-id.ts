/** `X-Request-Id`: names a request in answers and logs. One that comes with the request is kept where it may be, and if it is harmless. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const HARMLESS = /^[\w.:-]{1,64}$/;
const ids = new WeakMap<Request, string>();

/** The first half of all ids of this process: UUIDs of version 8 (RFC 9562, 5.8). */
const [low, mid, high] = randomUUID().split('-');
const OF_PROCESS = `${low}-${mid}-8${high!.slice(1)}`;

/** The second half is drawn and written out for many at a time: each by itself, as randomUUID() does, would be a thirtieth of a hit (2026-11-29). */
const DIGITS = 16;
const DRAWN_BYTES = (1_024 * DIGITS) / 2;
let drawn = '';
let drawnTo = 0;

function newRequestId(): string {
  if (drawnTo === drawn.length) {
    drawn = randomBytes(DRAWN_BYTES).toString('hex');
    drawnTo = 0;
  }
  const from = drawnTo;
  drawnTo += DIGITS;
  return `${OF_PROCESS}-a${drawn.slice(from, from + 3)}-${drawn.slice(from + 3, from + 15)}`;
}

/** The id of a request that came with this one. */
export type NameRequest = (given?: string) => string;

/** @param takesGiven whether what comes with a request is from whoever may name it: of just anybody's names several would be the same, or those of others. */
export const requestNames =
  (takesGiven: boolean): NameRequest =>
  (given = '') =>
    takesGiven && HARMLESS.test(given) ? given : newRequestId();

export function requestIdOf(request: Request): string {
  const known = ids.get(request) ?? newRequestId();
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
