/** Sends what an execution, or the remote tier, has brought: once, so nothing is prepared for another time. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../../cache/cache.js';
import { type Caching, cachingHeaders, isConditional } from '../http-caching.js';
import { type Report, headersOf } from '../report.js';
import { codingsFor } from './content-coding.js';
import { type EntityTag, matchingTag } from './entity-tag.js';
import type { Dress } from './known-headers.js';
import { textOf } from './sendable.js';

export interface Sending {
  readonly report: Report;
  readonly outcome: Outcome;
  readonly dress: Dress;
  /** What else is to be said. */
  readonly told: readonly (readonly [name: string, value: string])[];
  readonly caching: Caching;
}

/** @returns the status. */
export function sendOutcome(
  { method = '', headers }: IncomingMessage,
  response: ServerResponse,
  { report, outcome: { body }, dress, told, caching }: Sending,
): number {
  // What decides upon the answer beside its address, the dress says.
  const kept = cachingHeaders(report, { method, isWhole: true }, caching).filter(([name]) => name !== 'vary');
  const isForAll =
    caching.cdn !== null && kept.some(([name, value]) => name === 'cache-control' && /^public/.test(value));
  const ofAnswer = [...Object.entries(headersOf(report)), ...kept, ...(isForAll ? told.filter(isOfEveryone) : told)];
  const known = isConditional(method) ? tagKnownTo(headers, kept) : null;
  if (known !== null) {
    const changed = ofAnswer.map(([name, value]) => [name, name === 'etag' ? `"${known}"` : value]);
    response.writeHead(304, [...dress.unchanged, ...changed.flat()]).end();
    return 304;
  }
  response.writeHead(200, [...dress.headers, ...ofAnswer.flat(), 'content-length', String(body.byteLength)]);
  response.end(textOf(body), 'latin1');
  return 200;
}

/** What a CDN keeps for all must not tell how much one of them has left. */
const isOfEveryone = ([name]: readonly [string, string]): boolean => !/^ratelimit(-|$)/.test(name);

function tagKnownTo(headers: IncomingHttpHeaders, kept: readonly [name: string, value: string][]): EntityTag | null {
  const named = headers['if-none-match'];
  const tag = kept.find(([name]) => name === 'etag')?.[1];
  if (named === undefined || tag === undefined) return null;
  return matchingTag(named, tag.slice(1, -1), codingsFor(headers['accept-encoding']).allowed);
}
