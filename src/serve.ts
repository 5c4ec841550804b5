/** Serves in this process: opens what the config names, answers, and stops in order on a signal. */
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createApp } from './app.js';
import type { Config } from './config.js';
import { seedFirstStart } from './data/seed/first-start.js';
import { answerWhileStarting } from './monitoring/starting.js';
import { closeInOrder } from './platform/close-in-order.js';
import { isNew, openDatabase } from './platform/database.js';
import { endWithin } from './platform/hard-stop.js';
import { keptSecret } from './platform/kept-secret.js';
import { listen } from './platform/listen.js';
import { MIGRATIONS } from './platform/migrations.js';
import { connectRedis } from './platform/redis.js';

/** How long clients may take to send the headers of a request, and all of it. Node checks only every LOOK_EVERY_MS, so a connection may live that much longer. Milliseconds. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/** Resolves when it answers. The process ends after SIGTERM, SIGINT or SIGHUP, when the requests under way have. */
export async function serve(config: Config, logger: Logger): Promise<void> {
  const giveUp = giveUpAtSignals(logger);
  const { keys } = config.auth;
  if (keys.kind === 'kept') await keptSecret(keys.file);

  let answer: RequestListener = answerWhileStarting;
  const { keepAliveMs, lingerMs, drainMs, hardStopMs } = config.connections;
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
      // Longer than a balancer keeps its connections to us: it must not send on one that we are closing.
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => {
      answer(request, response);
    },
  );
  const close = closeInOrder(server);
  server.maxConnections = config.limits.maxConnections;
  // A port that is taken is told before anything is made, and a balancer hears that we are starting. A worker shares its port with others, who can answer.
  if (cluster.isPrimary) await listen(server, config.http);

  await prepare(config);
  const announcesWrites = config.cache.engine === 'larder';
  const database = await openDatabase(config.database, { migrations: MIGRATIONS, logger, announcesWrites });
  if (config.seed) await seedFirstStart(database.prisma, logger);
  const redis = config.redisUrls && connectRedis(config.redisUrls, logger, config.cache.engine);
  const app = await createApp(config, { database, redis }, logger);
  answer = app.handle;
  app.attach(server);
  if (cluster.isWorker) await listen(server, config.http);
  if (keys.kind === 'kept')
    logger.info(`there is no AUTH_SECRET: tokens are signed with ${keys.file}, as "npm run token -- --user demo" does`);
  const { port } = server.address() as AddressInfo;
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  logger.info(`Larder answers at http://${host}:${port}/graphql`);

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    endWithin(hardStopMs, logger);
    app.drain();
    // Whoever asks on a connection that is kept is told to take another one, before any are closed.
    answer = (request, response) => {
      response.shouldKeepAlive = false;
      app.handle(request, response);
    };
    await wait(lingerMs);
    await close(drainMs, () => app.underway > 0);
    await app.stop();
    redis?.disconnect();
    await database.close();
    process.exit(0);
  };
  giveUp.end();
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  // Of the terminal that is closed; workers leave it to whoever started them.
  process.on('SIGHUP', (signal) => {
    if (cluster.isPrimary) void stop(signal);
  });
}

/** Until all is open there is nothing to be stopped in order. Without a listener the first process of a container would not hear of it. */
function giveUpAtSignals(logger: Logger): { end(): void } {
  const giveUp = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping before the start was done');
    process.exit(0);
  };
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, giveUp);
  return {
    end() {
      for (const signal of signals) process.off(signal, giveUp);
    },
  };
}

/** See commands/first-start.ts. It has said what went wrong, if anything did. */
async function prepare({ database }: Config): Promise<void> {
  if (!isNew(database)) return;
  const child = fork(new URL('./commands/first-start.js', import.meta.url));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) process.exit(1);
}
