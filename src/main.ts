/** The process: reads the config, and serves; or, if more than one is wanted, starts those that do. */
import cluster from 'node:cluster';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { readConfig } from './config.js';
import { readTrustedDocuments } from './graphql/trusted-documents.js';
import { buildMarketplaceSchema } from './marketplace/schema.js';
import { authWarnings } from './platform/auth-warnings.js';
import { changeLevelBySignal } from './platform/log-level.js';
import { createLogger } from './platform/logger.js';
import { lastWords } from './platform/operator-error.js';
import { hasLifetimes } from './response-cache/hints.js';
import { serve } from './serve.js';
import { superviseWorkers } from './workers.js';

/** A worker that has not ended by itself when it should have is killed so much later. Milliseconds. */
const KILL_LATER_MS = 2_000;

/**
 * Responses lie in the heap, which V8 lets grow to four times what lives before it looks for what does not: a cache of 512 MB took 1,450 (npm run bench,
 * 2026-11-29). So beside a large cache it looks when there is a fifth more: then 509. In a small heap that would be all the time.
 */
const HEAP_GROWING_PERCENT = 20;
const LARGE_CACHE_BYTES = 128 * 2 ** 20;

async function main(): Promise<void> {
  const schema = buildMarketplaceSchema();
  const config = readConfig(undefined, hasLifetimes(schema), getHeapStatistics().heap_size_limit);
  if (config.cache.memoryBytes > LARGE_CACHE_BYTES)
    setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const logger = createLogger(config.logLevel);
  changeLevelBySignal(logger, config.logLevel);
  if (cluster.isPrimary) for (const warning of authWarnings(config)) logger.warn(warning);
  // Told before anything is opened, as all that is wrong with the settings is.
  readTrustedDocuments(config.operations, schema);
  if (config.workers > 1 && cluster.isPrimary)
    superviseWorkers(config.workers, logger, config.connections.hardStopMs + KILL_LATER_MS);
  else await serve(config, logger);
}

main().catch((error: unknown) => {
  console.error(lastWords(error));
  process.exit(1);
});
