/** The process: reads the config, opens what it names, serves, and stops in order on a signal. */
import { createServer } from 'node:http';
import { createApp } from './app.js';
import { ConfigError, readConfig } from './config.js';
import { openDatabase } from './platform/database.js';
import { createLogger } from './platform/logger.js';
import { connectRedis } from './platform/redis.js';

const MIGRATIONS = new URL('../prisma/migrations/', import.meta.url);
/** Requests under way get this long to end after a signal. */
const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const database = await openDatabase(config.database, { migrations: MIGRATIONS, logger });
  const redis = config.redisUrls && connectRedis(config.redisUrls, logger);
  const app = createApp(config, { database, redis }, logger);

  const server = createServer(app.handle);
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.http.port, config.http.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.http.port;
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  logger.info(`Larder answers at http://${host}:${port}/graphql`);

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    app.drain();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    await closed;
    redis?.disconnect();
    await database.close();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

main().catch((error: unknown) => {
  // What the operator must mend is one readable sentence; a fault of ours comes with its stack.
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE')
    console.error(`Port ${process.env.PORT ?? 4000} is in use: stop what listens there, or start with another PORT.`);
  else if (error instanceof ConfigError) console.error(message);
  else console.error(error);
  process.exit(1);
});
