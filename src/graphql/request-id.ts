/** `X-Request-Id`: names a request in answers and logs. One that comes with the request is kept where it may be, and if it is harmless. */
import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const HARMLESS = /^[\w.:-]{1,64}$/;
const ids = new WeakMap<Request, string>();

/** What the process has drawn, and what it counts: a UUID of version 8 (RFC 9562, 5.8). */
const [low, mid, high, variant, drawn] = randomUUID().split('-');
const OF_PROCESS = `${low}-${mid}-8${high!.slice(1)}-${variant}-`;
/** Digits are hexadecimal digits, too, and small whole numbers are written the fastest. */
const [FIRST, END] = [100_000, 1_000_000];
let count = FIRST;
let millions = parseInt(drawn!.slice(0, 6), 16) >> 1;

/** An id that no other request has. They are counted: to draw each anew would be a thirtieth of a hit (2026-11-29). */
function newRequestId(): string {
  count += 1;
  if (count === END) {
    count = FIRST;
    millions += 1;
    before = beforeCount();
  }
  return `${before}${count}`;
}

const beforeCount = (): string => OF_PROCESS + millions.toString(16).padStart(6, '0');
let before = beforeCount();

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
