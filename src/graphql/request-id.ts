/** `X-Request-Id`: names a request in answers and logs. One that comes with the request is kept where it may be, and if it is harmless. */
import { randomFillSync, randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const HARMLESS = /^[\w.:-]{1,64}$/;
const ids = new WeakMap<Request, string>();

/** The first half of all ids of this process: UUIDs of version 8 (RFC 9562, 5.8). */
const [low, mid, high] = randomUUID().split('-');
const OF_PROCESS = `${low}-${mid}-8${high!.slice(1)}`;

/** The second half is drawn, for many at a time: each by itself, as randomUUID() does, would be a thirtieth of a hit (2026-11-29). */
const DRAWN_BYTES = 8;
const pool = Buffer.alloc(1_024 * DRAWN_BYTES);
let drawnTo = pool.length;

function newRequestId(): string {
  if (drawnTo === pool.length) {
    randomFillSync(pool);
    drawnTo = 0;
  }
  const digits = pool.toString('hex', drawnTo, drawnTo + DRAWN_BYTES);
  drawnTo += DRAWN_BYTES;
  return `${OF_PROCESS}-a${digits.slice(0, 3)}-${digits.slice(3, 15)}`;
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
