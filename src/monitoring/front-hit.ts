import { type ObservedOperation, shownHash, shownName } from './observation.js';

interface Hit extends Pick<ObservedOperation, 'requestId' | 'name' | 'viewer' | 'httpStatus' | 'durationMs'> {
  /** Of the document. */
  readonly digest: string;
}

const NONE: readonly never[] = [];

/** A hit that was answered before the server began to look at it. Field by field, for it is made for each: to spread an object costs several times as much. */
export const frontHit = ({ requestId, name, digest, viewer, httpStatus, durationMs }: Hit): ObservedOperation => ({
  requestId,
  name: shownName(name),
  hash: shownHash(digest),
  kind: 'query',
  viewer,
  status: 'HIT',
  tier: 'memory',
  reason: null,
  missedBy: null,
  unstoredBy: null,
  purgedBy: null,
  isStored: false,
  isJoined: false,
  isFront: true,
  httpStatus,
  errorCodes: NONE,
  durationMs,
  statements: 0,
  slowStatements: NONE,
  batches: NONE,
  cost: null,
});
