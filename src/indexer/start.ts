/** Puts the refreshes of collections together, as the settings want them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Breakers } from '../platform/breaker.js';
import type { Database } from '../platform/database.js';
import type { Publisher } from '../tracking/publisher.js';
import type { Transact } from '../tracking/write.js';
import { Indexer } from './alchemy.js';
import { type RefreshParts, Refreshes } from './refreshes.js';
import type { Patience, RetryParts } from './retry.js';
import { createTokenDocuments } from './token-documents.js';
import { isIllness } from './upstream-error.js';

/** A page takes seconds, and the holder says three times in it that it goes on. */
const LEASE_MS = 30_000;
const POLL_MS = 5_000;
/** Nobody waits for a refresh. */
const PATIENT: Patience = { attempts: 4, longestWaitMs: 60_000, timeoutMs: 20_000 };
/** Both attempts and the pause end before the mutation gives up, so that a server that hangs is held against it. */
const IMPATIENT: Patience = { attempts: 2, longestWaitMs: 1_000, timeoutMs: 3_000 };

/** In place of the above. */
type Given = Partial<Pick<RefreshParts, 'leaseMs' | 'pollMs' | 'impatience' | 'monotonicMs'>> & {
  patience?: Patience;
  wait?: RetryParts['wait'];
};

interface Parts {
  database: Pick<Database, 'prisma' | 'transact'>;
  publisher: Publisher | null;
  breakers: Breakers;
  logger: Logger;
}

/** Null: there is no indexer. */
export function startRefreshes(
  { url, apiKey, ipfsGateway }: Config['indexer'],
  { database, publisher, breakers, logger }: Parts,
  { patience = PATIENT, wait = (ms, signal) => sleep(ms, undefined, { signal }), ...given }: Given = {},
): Refreshes | null {
  if (!url || !apiKey) return null;
  return new Refreshes({
    ...{ prisma: database.prisma, transact: database.transact as Transact, publisher, logger },
    ...{ leaseMs: LEASE_MS, pollMs: POLL_MS, impatience: IMPATIENT, monotonicMs: () => performance.now() },
    indexer: new Indexer({
      ...{ url, apiKey, breaker: breakers.create('indexer', { isFailure: isIllness }) },
      ...{ patience, wait, random: Math.random },
    }),
    documents: createTokenDocuments({
      ...{ ipfsGateway: ipfsGateway.replace(/\/*$/, '/'), breakers },
      ...{ wait, random: Math.random },
    }),
    ...given,
  });
}
