/** Several servers over one PostgreSQL and one Redis, each with its own network to both. */
import { join } from 'node:path';
import { openDatabase } from '../../../src/platform/database.js';
import { createLogger } from '../../../src/platform/logger.js';
import { MIGRATIONS } from '../../../src/platform/migrations.js';
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { runSql, startPostgres } from '../../support/postgres.js';
import type { BrokenBuild } from '../broken-builds.js';
import { buildServer } from './build.js';
import { type FaultyProxy, createFaultyProxy } from './faulty-proxy.js';
import { type MortalRedis, startMortalRedis } from './redis.js';
import { type ServerProcess, createServerProcess } from './server.js';

export interface Instance extends ServerProcess {
  toPostgres: FaultyProxy;
  /** Null without Redis. */
  toRedis: FaultyProxy | null;
}

export interface Fleet {
  instances: readonly Instance[];
  /** Of the superuser, past every proxy. */
  databaseUrl: string;
  redis: MortalRedis | null;
  stop(): Promise<void>;
}

export interface FleetOptions {
  instances: number;
  redis: boolean;
  /** The instances speak to PostgreSQL and Redis themselves: no proxy of this process, which may be busy, stands between and costs time. */
  isDirect?: boolean;
  env?: Record<string, string>;
  /** What an instance has beside that; the first is 0. */
  envOf?: (index: number) => Record<string, string>;
  broken?: BrokenBuild | undefined;
  nodeOptions?: readonly string[];
  /** That the instances run on, as taskset has it; undefined: any. */
  cores?: string | undefined;
  /** Fills the migrated database before the first server starts. */
  populate?: (prisma: PrismaClient) => Promise<void>;
}

const DATABASE = 'marketplace';
/** No superuser, as in production. */
const ROLE = 'larder';

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const build = await buildServer(options.broken);
    ends.push(build.remove);
    const postgres = await startPostgres({ lasting: true });
    ends.push(postgres.stop);
    await prepare(postgres.url, options.populate);
    const redis = options.redis ? await startMortalRedis() : null;
    if (redis) ends.push(redis.stop);

    const instances: Instance[] = [];
    for (let number = 1; number <= options.instances; number += 1) {
      const name = `instance ${number}`;
      const logFile = join(build.directory, `${name}.log`);
      const env = { ...options.env, ...options.envOf?.(number - 1) };
      const instance = await createInstance(name, { ...options, env, main: build.main, logFile }, postgres.url, redis);
      ends.push(instance.close, () => instance.end('SIGKILL'));
      instances.push(instance);
    }
    await Promise.all(instances.map((instance) => instance.start()));
    return { instances, databaseUrl: new URL(DATABASE, postgres.url).href, redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(server: string, populate: FleetOptions['populate']): Promise<void> {
  await runSql(`${server}postgres`, `CREATE ROLE ${ROLE} LOGIN`, `CREATE DATABASE ${DATABASE} OWNER ${ROLE}`);
  const url = new URL(DATABASE, server);
  url.username = ROLE;
  const database = await openDatabase(
    { kind: 'server', url: url.href, poolSize: 5, waitSeconds: 0 },
    { migrations: MIGRATIONS, logger: createLogger('silent'), statementTimeoutMs: 60_000 },
  );
  try {
    await populate?.(database.prisma);
  } finally {
    await database.close();
  }
}

async function createInstance(
  name: string,
  { main, logFile, env, isDirect = false, nodeOptions = [], cores }: FleetOptions & { main: string; logFile: string },
  postgresUrl: string,
  redis: MortalRedis | null,
): Promise<Instance & { close: () => Promise<void> }> {
  const database = new URL(DATABASE, postgresUrl);
  const toPostgres = await createFaultyProxy({ host: database.hostname, port: Number(database.port) });
  database.username = ROLE;
  if (!isDirect) database.port = String(toPostgres.port);
  const toRedis = redis && (await createFaultyProxy({ host: '127.0.0.1', port: redis.port }));
  const server = await createServerProcess(name, {
    main,
    logFile,
    nodeOptions,
    cores,
    env: {
      DATABASE_URL: database.href,
      ...(toRedis && { REDIS_URL: `redis://127.0.0.1:${isDirect ? redis.port : toRedis.port}` }),
      ...env,
    },
  });
  return Object.assign(server, {
    toPostgres,
    toRedis,
    close: async () => {
      await toPostgres.close();
      await toRedis?.close();
    },
  });
}
