/**
 * What answers tell the caches between us and who asks (RFC 9111). They may keep what a query found, and ask each time whether it still holds: a browser
 * is as fresh as we are, and is sent nothing twice.
 */
import type { Outcome } from '../cache/cache.js';
import { codingsFor } from './front/content-coding.js';
import { type EntityTag, type TagContent, matchingTag } from './front/entity-tag.js';
import { readNote } from './note.js';
import type { Report } from './report.js';

/** Of an answer that could be stored here, too. */
export const cacheControlOf = (isPrivate: boolean): string => (isPrivate ? 'private, no-cache' : 'public, no-cache');

/** Of all others: of mutations, of errors, of what no cache can tell the age of. */
const NO_STORE = { 'cache-control': 'no-store' };

/** What decides upon an answer beside its address. Origin is added where pages from elsewhere may read it. */
const varyOf = (isPrivate: boolean): string => `accept, accept-encoding${isPrivate ? ', authorization' : ''}`;

/** Methods for which If-None-Match asks whether anything has changed (RFC 9110, 13.1.2). The server behind takes a QUERY for a POST. */
export const isConditional = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** @param isWhole whether the content is what is stored, with nothing said beside. */
export function cachingHeaders(report: Report, isWhole: boolean, tagOf: TagContent): Record<string, string> {
  const outcome = report.kind === 'answered' && isWhole ? report.outcome : null;
  if (!outcome?.entry) return NO_STORE;
  const isPrivate = isPrivateOutcome(outcome);
  return {
    'cache-control': cacheControlOf(isPrivate),
    etag: `"${tagOf(outcome.body)}"`,
    vary: varyOf(isPrivate),
  };
}

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
