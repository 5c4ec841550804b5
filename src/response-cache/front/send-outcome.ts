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
  const kept = cachingHeaders(report, { method, isWhole: true }, caching);
  const isForAll =
    caching.cdn !== null && kept.some(([name, value]) => name === 'cache-control' && /^public/.test(value));
  const known = isConditional(method) ? tagKnownTo(headers, kept) : null;
  // Names and values in turn, in one list: what is taken apart and put together again is left to the garbage collector.
  const raw = [...(known === null ? dress.headers : dress.unchanged)];
  const ofReport = headersOf(report);
  for (const name in ofReport) raw.push(name, ofReport[name]!);
  for (const [name, value] of kept) {
    // What decides upon the answer beside its address, the dress says.
    if (name !== 'vary') raw.push(name, name === 'etag' && known !== null ? `"${known}"` : value);
  }
  for (const header of told) if (!isForAll || isOfEveryone(header)) raw.push(...header);
  if (known !== null) {
    response.writeHead(304, raw).end();
    return 304;
  }
  raw.push('content-length', String(body.byteLength));
  response.writeHead(200, raw);
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
