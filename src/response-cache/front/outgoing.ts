/** How what an execution, or the remote tier, has brought is sent: once, so nothing is prepared for another time. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Body, EMPTY } from '../../cache/body.js';
import type { Outcome } from '../../cache/cache.js';
import { type Caching, cachingHeaders, isConditional } from '../http-caching.js';
import { type Report, headersOf } from '../report.js';
import { codingsFor } from './content-coding.js';
import { type EntityTag, matchingTag } from './entity-tag.js';
import type { Asked } from '../../sockets/known-heads.js';
import type { Dress } from './known-headers.js';
import { AnswerHeaders } from './sendable.js';

/** An answer, ready to be sent. */
export interface Outgoing {
  readonly status: 200 | 304;
  readonly headers: AnswerHeaders;
  /** Of the request. */
  readonly id: string;
  readonly content: Body;
}

export interface Sending {
  readonly report: Report;
  readonly outcome: Outcome;
  readonly dress: Dress;
  readonly id: string;
  /** What else is to be said. */
  readonly told: readonly (readonly [name: string, value: string])[];
  readonly caching: Caching;
}

export function outgoingOf(
  { method = '', headers }: Asked,
  { report, outcome: { body }, dress, id, told, caching }: Sending,
): Outgoing {
  const kept = cachingHeaders(report, { method, isWhole: true }, caching);
  const isForAll =
    caching.cdn !== null && kept.some(([name, value]) => name === 'cache-control' && /^public/.test(value));
  const known = isConditional(method) ? tagKnownTo(headers, kept) : null;
  // Names and values in turn, in one list: what is taken apart and put together again is left to the garbage collector.
  const raw: string[] = [];
  const ofReport = headersOf(report);
  for (const name in ofReport) raw.push(name, ofReport[name]!);
  for (const [name, value] of kept) {
    // What decides upon the answer beside its address, the dress says.
    if (name !== 'vary') raw.push(name, name === 'etag' && known !== null ? `"${known}"` : value);
  }
  for (const header of told) if (!isForAll || isOfEveryone(header)) raw.push(...header);
  if (known !== null) return { status: 304, headers: new AnswerHeaders(dress.unchanged, raw), id, content: EMPTY };
  raw.push('content-length', String(body.length));
  return { status: 200, headers: new AnswerHeaders(dress.headers, raw), id, content: body };
}

/** What a CDN keeps for all must not tell how much one of them has left. */
const isOfEveryone = ([name]: readonly [string, string]): boolean => !/^ratelimit(-|$)/.test(name);

function tagKnownTo(headers: IncomingHttpHeaders, kept: readonly [name: string, value: string][]): EntityTag | null {
  const named = headers['if-none-match'];
  const tag = kept.find(([name]) => name === 'etag')?.[1];
  if (named === undefined || tag === undefined) return null;
  return matchingTag(named, tag.slice(1, -1), codingsFor(headers['accept-encoding']).allowed);
}
