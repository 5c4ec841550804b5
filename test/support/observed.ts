/** Requests as they are told to whoever counts them. */
import type { ObservedOperation } from '../../src/monitoring/observation.js';

export const observed = (operation: Partial<ObservedOperation> = {}): ObservedOperation => ({
  requestId: 'r',
  name: 'Agents',
  hash: 'a1',
  kind: 'query',
  viewer: null,
  status: 'HIT',
  tier: 'memory',
  reason: null,
  missedBy: null,
  unstoredBy: null,
  purgedBy: null,
  isStored: true,
  isJoined: false,
  isFront: true,
  httpStatus: 200,
  errorCodes: [],
  isFault: false,
  durationMs: 1,
  statements: 0,
  slowStatements: [],
  batches: [],
  cost: null,
  ...operation,
});

export const missed = (operation: Partial<ObservedOperation> = {}): ObservedOperation =>
  observed({ status: 'MISS', tier: null, reason: 'absent', durationMs: 20, statements: 4, ...operation });
