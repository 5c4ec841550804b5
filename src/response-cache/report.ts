/** What the cache has done for one request, and how the headers of the answer say it. */
import type { Entry } from '../cache/entry.js';
import type { Outcome, Reason } from '../cache/cache.js';
import type { Refusal } from './fill.js';

/** Why a request passes the cache by. */
export interface Bypass {
  readonly kind: 'method' | 'policy' | 'variables';
  readonly message: string;
}

export type Report =
  | { readonly kind: 'bypass'; readonly why: Bypass }
  /** Executed, and not stored. */
  | { readonly kind: 'unstored'; readonly why: Refusal; readonly lookedUp: Reason | null }
  | { readonly kind: 'answered'; readonly outcome: Outcome };

export type Status = 'HIT' | 'MISS' | 'STALE' | 'BYPASS';

/** An answer that can never be stored has passed the cache by; one that had errors has only missed it. */
export function statusOf(report: Report): Status {
  if (report.kind === 'answered') return isAsked(report.outcome.reason) ? 'BYPASS' : report.outcome.status;
  if (report.kind === 'bypass') return 'BYPASS';
  return report.why.kind === 'errors' && !isAsked(report.lookedUp) ? 'MISS' : 'BYPASS';
}

/** The same for whoever counts: words of a few kinds alone, and the tag whose change ended what was stored. */
export function factsOf(report: Report) {
  const status = statusOf(report);
  if (report.kind === 'bypass') {
    const { kind } = report.why;
    return { status, reason: kind, missedBy: kind, unstoredBy: null, purgedBy: null, ...NOT_KEPT };
  }
  if (report.kind === 'unstored') {
    const { why, lookedUp } = report;
    const missedBy = lookedUp?.kind ?? null;
    return { status, reason: why.kind, missedBy, unstoredBy: why.kind, purgedBy: purgerOf(lookedUp), ...NOT_KEPT };
  }
  const { tier, reason, isStored, isJoined } = report.outcome;
  const isOurs = report.outcome.status === 'MISS' && !isJoined;
  return {
    status,
    tier,
    reason: reason?.kind ?? null,
    purgedBy: purgerOf(reason),
    isStored: isOurs && isStored,
    isJoined,
    missedBy: status === 'HIT' ? null : (reason?.kind ?? null),
    unstoredBy: isOurs && !isStored ? 'discarded' : null,
  };
}

const NOT_KEPT = { tier: null, isStored: false, isJoined: false };

const purgerOf = (reason: Reason | null): string | null => (reason?.kind === 'changed' ? reason.change.tag : null);

/** Seconds until an entry is as old as it may become; negative after that. */
export const ttlOf = ({ lifetime }: Entry, age: number): number => Math.floor(lifetime.maxAge) - age;

/** `X-Cache`, `Age` (RFC 9111, 5.1) and `Cache-Status` (RFC 9211). */
export function headersOf(report: Report): Record<string, string> {
  const status = statusOf(report);
  const headers: Record<string, string> = { 'x-cache': status, 'cache-status': `larder; ${cacheStatusOf(report)}` };
  if (report.kind === 'answered' && report.outcome.status !== 'MISS') headers['age'] = String(report.outcome.age);
  return headers;
}

function cacheStatusOf(report: Report): string {
  if (report.kind === 'bypass')
    return `fwd=${report.why.kind === 'method' ? 'method' : `bypass; detail=${report.why.kind}`}`;
  if (report.kind === 'unstored') return `fwd=${forwardOf(report.lookedUp)}; detail=${report.why.kind}`;
  const { status, entry, age, reason, isStored, isJoined } = report.outcome;
  if (status !== 'MISS' && entry) {
    const detail = status === 'STALE' && reason ? `; detail=${reason.kind}` : '';
    return `hit; ttl=${ttlOf(entry, age)}${detail}`;
  }
  const marks = `${isStored ? '; stored' : ''}${isJoined ? '; collapsed' : ''}`;
  return `fwd=${forwardOf(reason)}${marks}${reason ? `; detail=${reason.kind}` : ''}`;
}

/** Why the request had to be executed, in the words of RFC 9211, 2.2. */
function forwardOf(reason: Reason | null): string {
  switch (reason?.kind) {
    case 'asked':
      return 'request';
    case 'lapsed':
      return 'bypass';
    case 'changed':
    case 'expired':
    case 'epoch':
    case 'forgotten':
      return 'stale';
    default:
      return 'uri-miss';
  }
}

const isAsked = (reason: Reason | null): boolean => reason?.kind === 'asked';
