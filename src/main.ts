/** The process: reads the config, opens what it names, serves, and stops in order on a signal. */
import { fork } from 'node:child_process';
import { type RequestListener, createServer } from 'node:http';
import { createApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { seedFirstStart } from './data/seed/first-start.js';
import { buildMarketplaceSchema } from './marketplace/schema.js';
import { answerWhileStarting } from './monitoring/starting.js';
import { isNew, openDatabase } from './platform/database.js';
import { keptSecret } from './platform/kept-secret.js';
import { listen } from './platform/listen.js';
import { createLogger } from './platform/logger.js';
import { MIGRATIONS } from './platform/migrations.js';
import { lastWords } from './platform/operator-error.js';
import { connectRedis } from './platform/redis.js';
import { hasLifetimes } from './response-cache/hints.js';

/** Requests under way get this long to end after a signal. */
const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig(undefined, (coordinate) => hasLifetimes(buildMarketplaceSchema())(coordinate));
  const logger = createLogger(config.logLevel);
  const { keys } = config.auth;
  if (keys.kind === 'kept') await keptSecret(keys.file);

  // Bound first: a port that is taken is told before anything is made, and a balancer hears that we are starting.
  let answer: RequestListener = answerWhileStarting;
  const server = createServer((request, response) => {
    answer(request, response);
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const port = await listen(server, config.http);

  await prepare(config);
  const announcesWrites = config.cache.engine === 'larder';
  const database = await openDatabase(config.database, { migrations: MIGRATIONS, logger, announcesWrites });
  if (config.seed) await seedFirstStart(database.prisma, logger);
  const redis = config.redisUrls && connectRedis(config.redisUrls, logger, config.cache.engine);
  const app = await createApp(config, { database, redis }, logger);
  answer = (request, response) => void app.handle(request, response);
  if (keys.kind === 'kept')
    logger.info(`there is no AUTH_SECRET: tokens are signed with ${keys.file}, as "npm run token -- --user demo" does`);
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
    await app.stop();
    redis?.disconnect();
    await database.close();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

/** See commands/first-start.ts. It has said what went wrong, if anything did. */
async function prepare({ database }: Config): Promise<void> {
  if (!isNew(database)) return;
  const child = fork(new URL('./commands/first-start.js', import.meta.url));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) process.exit(1);
}

main().catch((error: unknown) => {
  console.error(lastWords(error));
  process.exit(1);
});
