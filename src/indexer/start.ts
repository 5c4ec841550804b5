/** Puts the refreshes of collections together, as the settings want them. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Breakers } from '../platform/breaker.js';
import type { Database } from '../platform/database.js';
import type { Publisher } from '../tracking/publisher.js';
import { Indexer } from './alchemy.js';
import { Refreshes } from './refreshes.js';
import { createTokenDocuments } from './token-documents.js';
import { isIllness } from './upstream-error.js';

/** A page takes seconds, and the holder says three times in it that it goes on. */
const LEASE_MS = 30_000;
const POLL_MS = 5_000;

interface Parts {
  database: Pick<Database, 'prisma'>;
  publisher: Publisher | null;
  breakers: Breakers;
  logger: Logger;
}

/** Null: there is no indexer. */
export function startRefreshes(
  { url, apiKey, ipfsGateway }: Config['indexer'],
  { database, publisher, breakers, logger }: Parts,
  { leaseMs = LEASE_MS, pollMs = POLL_MS }: { leaseMs?: number; pollMs?: number } = {},
): Refreshes | null {
  if (!url || !apiKey) return null;
  return new Refreshes({
    ...{ prisma: database.prisma, publisher, logger, leaseMs, pollMs },
    indexer: new Indexer({
      ...{ url, apiKey, breaker: breakers.create('indexer', { isFailure: isIllness }) },
      wait: (ms, signal) => wait(ms, undefined, { signal }),
      random: Math.random,
    }),
    documents: createTokenDocuments({ ipfsGateway: ipfsGateway.replace(/\/*$/, '/'), breakers }),
    monotonicMs: () => performance.now(),
  });
}
