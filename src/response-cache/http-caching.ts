/**
 * What answers tell the caches between us and who asks (RFC 9111). They may keep what a query found, and ask each time whether it still holds: a browser
 * is as fresh as we are, and is sent nothing twice.
 */
import type { Outcome } from '../cache/cache.js';
import type { CdnMarks } from '../cdn/cdn-marks.js';
import { codingsFor } from './front/content-coding.js';
import { type EntityTag, type TagEntry, matchingTag } from './front/entity-tag.js';
import { readNote } from './note.js';
import type { Report } from './report.js';

/**
 * Of an answer that could be stored here, too.
 * @param isForAll whether others than who asks may keep it.
 */
export const cacheControlOf = (isForAll: boolean): string => (isForAll ? 'public, no-cache' : 'private, no-cache');

/** Of all others: of mutations, of errors, of what no cache can tell the age of. */
const NO_STORE = 'no-store';
/** The same to CDNs that keep whatever is not `private`, and heed nothing else. */
const NO_STORE_ANYWHERE = 'private, no-store';

/** For which requests, and by which CDN, an answer may be kept. */
export interface Caching {
  readonly tagOf: TagEntry;
  /** Null: there is none. Where there is, nothing else is `public`. */
  readonly cdn: CdnMarks | null;
}

/** What decides upon an answer beside its address. Where pages from elsewhere may read some, src/graphql/other-sites.ts adds the origin, to those of errors as well. */
const varyOf = (isPrivate: boolean): string => `accept, accept-encoding${isPrivate ? ', authorization' : ''}`;

/** Methods for which If-None-Match asks whether anything has changed (RFC 9110, 13.1.2). The server behind takes a QUERY for a POST. */
export const isConditional = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** What is asked, as far as caches are concerned. */
interface Asked {
  readonly method: string;
  /** Whether the content is what is stored, with nothing said beside. */
  readonly isWhole: boolean;
}

export function cachingHeaders(report: Report, asked: Asked, { tagOf, cdn }: Caching): [name: string, value: string][] {
  const outcome = report.kind === 'answered' && asked.isWhole ? report.outcome : null;
  if (!outcome?.entry) return [['cache-control', noStore(cdn)]];
  const isPrivate = isPrivateOutcome(outcome);
  const marks = cdn && mayBeMarked(outcome, asked.method) ? cdn.of(outcome.entry, outcome.age) : null;
  return [
    ['cache-control', cacheControlOf(cdn ? marks !== null : !isPrivate)],
    ['etag', `"${tagOf(outcome.entry)}"`],
    ['vary', varyOf(isPrivate)],
    ...pairsOf(marks ?? []),
  ];
}

export const noStore = (cdn: unknown): string => (cdn === null ? NO_STORE : NO_STORE_ANYWHERE);

/** What the CDN keeps is found again by its address, was valid when it was sent, and is called back when it is not any more. */
const mayBeMarked = (outcome: Outcome, method: string): boolean =>
  isConditional(method) && outcome.isStored && outcome.status !== 'STALE' && !isPrivateOutcome(outcome);

const pairsOf = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1]!]] : []));

export const isPrivateOutcome = ({ entry }: Outcome): boolean => readNote(entry!.note).privateBy !== null;

/** Whether an answer is one JSON text: not a stream of them. */
export const isJson = (contentType: unknown): boolean =>
  typeof contentType === 'string' && /^application\/(json|graphql-response\+json)\s*(;|$)/.test(contentType);

/** The tag under which the client has this already; null if it does not. */
export function knownTag(request: Request, headers: Headers): EntityTag | null {
  const [named, tag] = [request.headers.get('if-none-match'), headers.get('etag')];
  if (named === null || tag === null || !isConditional(request.method)) return null;
  return matchingTag(named, tag.slice(1, -1), codingsFor(request.headers.get('accept-encoding') ?? undefined).allowed);
}
