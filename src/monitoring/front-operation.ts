import { type ObservedCaching, type ObservedOperation, shownHash, shownName } from './observation.js';

interface Answered extends Pick<ObservedOperation, 'requestId' | 'name' | 'viewer' | 'httpStatus' | 'durationMs'> {
  /** Of the document. */
  readonly digest: string;
}

type Work = Pick<ObservedOperation, 'statements' | 'slowStatements' | 'batches' | 'cost'>;

const NONE: readonly never[] = [];

const HIT: ObservedCaching = {
  status: 'HIT',
  tier: 'memory',
  reason: null,
  missedBy: null,
  unstoredBy: null,
  purgedBy: null,
  isStored: false,
  isJoined: false,
};
const NO_WORK: Work = { statements: 0, slowStatements: NONE, batches: NONE, cost: null };

/**
 * What the front has answered: from memory, if nothing else is said. Field by field, for it is made for each request, and an object that begins with another spread
 * out costs Node 20 a microsecond for each property that is added to it (2026-11-30).
 */
export const frontOperation = (
  { requestId, name, digest, viewer, httpStatus, durationMs }: Answered,
  caching: ObservedCaching = HIT,
  work: Work = NO_WORK,
): ObservedOperation => ({
  requestId,
  name: shownName(name),
  hash: shownHash(digest),
  kind: 'query',
  viewer,
  status: caching.status,
  tier: caching.tier,
  reason: caching.reason,
  missedBy: caching.missedBy,
  unstoredBy: caching.unstoredBy,
  purgedBy: caching.purgedBy,
  isStored: caching.isStored,
  isJoined: caching.isJoined,
  isFront: true,
  httpStatus,
  errorCodes: NONE,
  isFault: false,
  durationMs,
  statements: work.statements,
  slowStatements: work.slowStatements,
  batches: work.batches,
  cost: work.cost,
});
