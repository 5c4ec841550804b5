/**
 * Response headers learnt from the server behind, by the parts of a request that decide them. So the front's answers have the same media type, CORS and
 * other headers as the server's.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { CdnMarks } from '../../cdn/cdn-marks.js';
import { isConditional } from '../http-caching.js';
import type { Asked } from '../../sockets/known-heads.js';
import { type RawHeaders, linesOf } from '../../sockets/wire.js';

/** Where the API is. With a query in its address the request has no body. */
export const PATH = '/graphql';

const MAX_KNOWN = 2_000;
/** Characters. No browser says more. */
const MAX_WAY = 500;

/** They speak of one answer or one connection; all others are the same for the next answer. */
const OF_ONE_ANSWER = new Set([
  'age',
  'cache-control',
  'cache-status',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'transfer-encoding',
  'x-cache',
  'x-operation-cost',
  'x-request-id',
]);

/** Headers that many answers have. */
export interface Worn {
  readonly raw: RawHeaders;
  readonly lines: string;
}

export interface Dress {
  readonly headers: Worn;
  /** Of a 304, which has no content. */
  readonly unchanged: Worn;
  /** Whether a CDN may keep such answers, if they are for all. */
  readonly isForCdn: boolean;
}

export class KnownHeaders {
  readonly #cdn: CdnMarks | null;
  readonly #known = new LRUCache<string, Dress>({ max: MAX_KNOWN });

  constructor(cdn: CdnMarks | null) {
    this.#cdn = cdn;
  }

  find(request: Asked, isPrivate: boolean): Dress | null {
    return this.#known.get(knownWayOf(request, isPrivate)) ?? null;
  }

  learn(request: Asked, isPrivate: boolean, answer: OutgoingHttpHeaders): void {
    const way = wayOf(request, isPrivate);
    if (way.length > MAX_WAY) return;
    const ofOne = (name: string) => OF_ONE_ANSWER.has(name) || this.#cdn?.names.includes(name);
    const kept = Object.entries(answer).filter(([name, value]) => !ofOne(name) && value !== undefined);
    const unchanged = kept.filter(([name]) => !name.startsWith('content-'));
    const isForCdn = !isPrivate && isConditional(request.method);
    this.#known.set(way, { headers: wornOf(kept), unchanged: wornOf(unchanged), isForCdn });
  }
}

function wornOf(headers: readonly [string, unknown][]): Worn {
  const raw = headers.flatMap(([name, value]) => [name, String(value)]);
  return { raw, lines: linesOf(raw) };
}

function knownWayOf(request: Asked, isPrivate: boolean): string {
  const { notes } = request;
  return notes ? (notes[isPrivate ? 'private' : 'public'] ??= wayOf(request, isPrivate)) : wayOf(request, isPrivate);
}

/**
 * What of a request decides upon them: browsers that GET are shown a page. No header's value has a line break in it, and one that is empty is another
 * than none.
 */
function wayOf({ headers: { accept, origin, host }, url }: Asked, isPrivate: boolean): string {
  const hasBody = url!.length === PATH.length;
  return `${isPrivate ? 1 : 0}${hasBody ? 1 : 0}${host ?? '\n'}\n${origin ?? '\n'}\n${accept ?? '\n'}`;
}
