/** The process: reads the config, and serves; or, if more than one is wanted, starts those that do. */
import cluster from 'node:cluster';
import { getHeapStatistics } from 'node:v8';
import { readConfig } from './config.js';
import { readTrustedDocuments } from './graphql/trusted-documents.js';
import { buildMarketplaceSchema } from './marketplace/schema.js';
import { createLogger } from './platform/logger.js';
import { lastWords } from './platform/operator-error.js';
import { hasLifetimes } from './response-cache/hints.js';
import { serve } from './serve.js';
import { superviseWorkers } from './workers.js';

/** A worker that has not ended by itself when it should have is killed so much later. Milliseconds. */
const KILL_LATER_MS = 2_000;

async function main(): Promise<void> {
  const config = readConfig(
    undefined,
    (coordinate) => hasLifetimes(buildMarketplaceSchema())(coordinate),
    getHeapStatistics().heap_size_limit,
  );
  const logger = createLogger(config.logLevel);
  // Told before anything is opened, as all that is wrong with the settings is.
  readTrustedDocuments(config.operations, buildMarketplaceSchema());
  if (config.workers > 1 && cluster.isPrimary)
    superviseWorkers(config.workers, logger, config.connections.hardStopMs + KILL_LATER_MS);
  else await serve(config, logger);
}

main().catch((error: unknown) => {
  console.error(lastWords(error));
  process.exit(1);
});
