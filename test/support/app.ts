/** The server as tests see it: the real composition over a database of its own, spoken to through `fetch`. */
import type { RequestListener, Server } from 'node:http';
import type { Logger } from 'pino';
import { createApp } from '../../src/app.js';
import type { Upkeep } from '../../src/cache-upkeep.js';
import { type Config, readConfig } from '../../src/config.js';
import type { ErrorCode, Issue } from '../../src/errors.js';
import type { Observations } from '../../src/monitoring/observation.js';
import { signToken } from '../../src/platform/auth.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { createLogger } from '../../src/platform/logger.js';
import type { Prisma, PrismaClient } from '../../src/platform/prisma/client.js';
import { connectRedis } from '../../src/platform/redis.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import type { TestDatabase } from './test-database.js';
import { createFront, isThroughTheFront } from './through-the-front.js';

export const SECRET = 'a secret that only the tests know of';

export interface AnsweredError {
  message: string;
  path?: (string | number)[];
  extensions: { code: ErrorCode; issues?: Issue[] };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test reads of an answer is checked by its assertions
export interface Answer<Data = any> {
  status: number;
  headers: Headers;
  data: Data | null | undefined;
  /** Empty when there are none. */
  errors: AnsweredError[];
}

export interface TestApp {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  execute<Data = any>(
    document: string,
    variables?: Record<string, unknown>,
    options?: { token?: string; headers?: Record<string, string> },
  ): Promise<Answer<Data>>;
  /** The server makes the user when it first needs one. */
  token(username: string, role?: 'USER' | 'ADMIN'): Promise<string>;
  prisma: PrismaClient;
  transact: Database['transact'];
  /** The SQL that is sent while `run` runs; `sent` has it with its parameters. */
  countStatements<T>(run: () => Promise<T>): Promise<{ result: T; statements: string[]; sent: Prisma.QueryEvent[] }>;
  request(path: string, init?: RequestInit): Promise<Response>;
  observations: Observations;
  /** Null where nothing is cached by larder. */
  upkeep: Upkeep | null;
  /** For a real server: `listen(app)`. */
  handle: RequestListener;
  attach(server: Server): void;
  drain(): void;
  /** Requests that are being answered, and that no server knows of. */
  readonly underway: number;
  /** Resolves when the cache knows of every write until now, those past the API included. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

export interface AppOptions {
  env?: Record<string, string>;
  /** One that says nothing if left out. */
  logger?: Logger;
  /** Where its data is, removed when it closes: a new database if left out. */
  place?: TestDatabase;
}

export async function startApp({
  env = {},
  logger = createLogger('silent'),
  ...given
}: AppOptions = {}): Promise<TestApp> {
  const place = given.place ?? (await ownDatabase());
  const config = readConfig({
    NODE_ENV: 'test',
    AUTH_SECRET: SECRET,
    // Tests write past the API to prepare what they read; the first form of the cache does not see that.
    CACHE_ENGINE: isThroughTheFront ? 'larder' : 'off',
    // One hit in a thousand would be executed afresh in the background, and its statements counted as those of a test.
    CHECK_HITS: '0',
    DATABASE_URL: place.url,
    ...env,
  });
  const watchers = new Set<Prisma.QueryEvent[]>();
  const database = await openDatabase(config.database, {
    migrations: MIGRATIONS,
    logger,
    announcesWrites: config.cache.engine === 'larder',
    ...(place.dump && { dump: place.dump }),
    onStatement: (statement) => watchers.forEach((sent) => sent.push(statement)),
  });
  const redis = config.redisUrls && connectRedis(config.redisUrls, logger, config.cache.engine);
  const app = await createApp(config, { database, redis }, logger);

  const front = isThroughTheFront && config.cache.engine === 'larder' ? createFront(app, app.poll) : null;
  const request =
    front?.request ??
    (async (path: string, init: RequestInit = {}) => app.fetch(new URL(path, 'http://127.0.0.1'), init));

  return {
    request,
    observations: app.observations,
    upkeep: app.upkeep,
    handle: app.handle,
    attach: app.attach,
    prisma: database.prisma,
    transact: database.transact,
    drain: app.drain,
    get underway() {
      return app.underway;
    },
    poll: app.poll,
    token: (user, role = 'USER') => signToken(secretOf(config), { user, role, ttlSeconds: 600 }, config.auth),
    async execute(query, variables, { token, headers } = {}) {
      const response = await request('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = await response.json();
      return { status: response.status, headers: response.headers, data, errors };
    },
    async countStatements(run) {
      const sent: Prisma.QueryEvent[] = [];
      watchers.add(sent);
      const result = await run().finally(() => watchers.delete(sent));
      return { result, sent, statements: sent.map(({ query }) => query) };
    },
    async close() {
      await front?.close();
      await app.stop();
      redis?.disconnect();
      await database.close();
      await place.remove();
    },
  };
}

/** Fetched when it is wanted: what makes them runs only under vitest, and programs start apps, too. */
async function ownDatabase(): Promise<TestDatabase> {
  const { createTestDatabase } = await import('./test-database.js');
  return await createTestDatabase();
}

function secretOf({ auth: { keys } }: Config): string {
  if (keys.kind === 'secret') return keys.secret;
  throw new Error('This app takes tokens of a key set: sign them with its key.');
}
