/** Opens the database: embedded (PGlite), throw-away (PGlite in memory), or a PostgreSQL server. */
import type { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import pg from 'pg';
import type { Logger } from 'pino';
import type { DatabaseConfig } from '../config.js';
import { counting } from './counting-adapter.js';
import { isLasting } from './database-errors.js';
import { lockDirectory } from './directory-lock.js';
import { createPGlite, isNewCluster, openCluster } from './embedded-cluster.js';
import { type LedgerClient, createEmbeddedLedgerClient, createServerLedgerClient } from './ledger-client.js';
import { brief } from './logger.js';
import {
  FINISHED_MIGRATIONS,
  type SchemaState,
  type Session,
  migrate,
  readMigrations,
  schemaState,
} from './migrations.js';
import { OperatorError } from './operator-error.js';
import { reasonOf, withPatience } from './patience.js';
import { type ReadRows, plainRows, prismaRows } from './plain-rows.js';
import { PoolWatch } from './pool-watch.js';
import { type Prisma, PrismaClient } from './prisma/client.js';
import { lending } from './prisma-guest.js';
import { sessionSettings } from './session-settings.js';
import { LONGEST_MS } from './transaction-session.js';
import { type Transact, prismaTransactions, serverTransactions } from './transactions.js';

export interface Database {
  prisma: PrismaClient;
  /** Of statements written by hand; sees what `prisma` sees outside of transactions. */
  readRows: ReadRows;
  transact: Transact;
  /** Null for an embedded database, which has one session. */
  pool: PoolWatch | null;
  /** Whether its tables are those that this code was written for, as they are now. Asked by the session of the ledger, which no request takes. */
  schemaState(): Promise<SchemaState>;
  /** For the cache. Costs nothing until it is used. */
  ledger: LedgerClient;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  migrations: URL;
  logger: Logger;
  /** A statement that takes longer than this is ended by a PostgreSQL server. */
  statementTimeoutMs?: number;
  /** Told of each SQL statement of requests, after it was answered. */
  onStatement?: (statement: Prisma.QueryEvent) => void;
  /**
   * Whoever writes through this tells all instances of it, as write() does, so the database need not. For commands, which do not, the database tells them
   * after each commit.
   */
  announcesWrites?: boolean;
  /** What a throw-away database starts from, instead of nothing: a data directory as PGlite dumps it. */
  dump?: Blob;
}

const STATEMENT_TIMEOUT_MS = 5_000;
/** A request waits so long for a connection, or for a new one to be made. Then it is told that the database is UNAVAILABLE. */
const ACQUIRE_TIMEOUT_MS = 1_000;
/** Then a connection is made anew, so that all are some day where the name of the server leads by now. */
const MAX_LIFETIME_SECONDS = 1_800;
/** Idle connections say so often that they are there: sooner than networks forget them, as a rule, and so that one whose other end has gone is noticed. */
const KEEP_ALIVE_MS = 60_000;
/** A server that is there ends a statement sooner. One that has gone without a word, as in a failover, would keep its connections for a quarter of an hour. Milliseconds. */
const SILENCE_MS = LONGEST_MS + 1_000;
/** The same of statements outside of transactions. */
const READ_SILENCE_MS = STATEMENT_TIMEOUT_MS + 1_000;
/** Of the server, whose transactions are short, and not of imports: for a lock, and for what a transaction does next. Milliseconds. */
const SERVER_LIMITS = ['lock_timeout=2000', 'idle_in_transaction_session_timeout=10000'];

/** The mark of a session for the triggers that capture writes. */
const ANNOUNCES = 'larder.writer=announces';

/** The embedded database has never been opened. */
export const isNew = (config: DatabaseConfig): boolean => config.kind === 'embedded' && isNewCluster(config.directory);

/**
 * Opens the database and brings it up to date.
 * @throws if it is locked, cannot be reached in time, or a migration fails.
 */
export async function openDatabase(config: DatabaseConfig, options: DatabaseOptions): Promise<Database> {
  const opened = config.kind === 'server' ? await openServer(config, options) : await openEmbedded(config, options);
  const known = (await readMigrations(options.migrations)).map(({ name }) => name);
  const database = { ...opened, schemaState: () => stateOf(opened.ledger, known) };
  // The first query starts Prisma's engine: better now than under the first request.
  await database.prisma.$queryRaw`SELECT 1`;
  return database;
}

async function stateOf(ledger: LedgerClient, known: readonly string[]): Promise<SchemaState> {
  const finished = await ledger.query<{ migration_name: string }>(FINISHED_MIGRATIONS);
  return schemaState(
    known,
    finished.map(({ migration_name }) => migration_name),
  );
}

/** As it is opened. */
type Opened = Omit<Database, 'schemaState'>;

async function openEmbedded(
  config: Extract<DatabaseConfig, { kind: 'embedded' | 'memory' }>,
  options: DatabaseOptions,
): Promise<Opened> {
  const prepare = (pglite: PGlite): Promise<void> => prepareEmbedded(pglite, options);
  if (config.kind === 'memory') {
    const pglite = await createPGlite('memory://', options.dump);
    await prepare(pglite);
    return serve(pglite, options);
  }
  const unlock = await lockDirectory(config.directory);
  return serve(await openCluster(config.directory, prepare), options, unlock);
}

async function prepareEmbedded(pglite: PGlite, options: DatabaseOptions): Promise<void> {
  // Prisma's adapters take every timestamp for UTC.
  await pglite.exec(`SET TIME ZONE 'UTC'`);
  if (options.announcesWrites) await pglite.exec(`SET ${ANNOUNCES}`);
  const session: Session = {
    query: async <Row>(sql: string, values?: unknown[]) => (await pglite.query<Row>(sql, values)).rows,
    script: async (sql) => {
      await pglite.exec(sql);
    },
  };
  await migrateAndTell(session, options);
}

function serve(pglite: PGlite, options: DatabaseOptions, unlock?: () => Promise<void>): Opened {
  const prisma = createPrisma(new PrismaPGlite(pglite), options);
  return {
    prisma,
    readRows: prismaRows(prisma),
    transact: prismaTransactions(prisma),
    pool: null,
    ledger: createEmbeddedLedgerClient(pglite),
    async close() {
      await prisma.$disconnect();
      await pglite.close();
      await unlock?.();
    },
  };
}

async function openServer(
  config: Extract<DatabaseConfig, { kind: 'server' }>,
  options: DatabaseOptions,
): Promise<Opened> {
  const client = await connectWithPatience(config, options.logger);
  try {
    const session: Session = {
      query: async <Row>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as Row[],
      script: async (sql) => {
        await client.query(sql);
      },
    };
    await migrateAndTell(session, options);
  } finally {
    await client.end();
  }
  const pool = new pg.Pool({
    ...sessionSettings(config.url, [
      ...['timezone=UTC', `statement_timeout=${options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS}`],
      ...(options.announcesWrites ? [...SERVER_LIMITS, ANNOUNCES] : ['idle_in_transaction_session_timeout=30000']),
    ]),
    max: config.poolSize,
    connectionTimeoutMillis: options.announcesWrites ? ACQUIRE_TIMEOUT_MS : 5_000,
    ...(options.announcesWrites && { query_timeout: SILENCE_MS }),
    // Those that a burst has opened stay: after ten quiet seconds, which pg gives them, the next burst would open all of them anew, at the moment when there is most to do.
    idleTimeoutMillis: 0,
    maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  // An idle connection that the server ends must not end us.
  pool.on('error', (error) => options.logger.warn(brief(error), 'a database connection was lost'));
  const watch = new PoolWatch(pool);
  const prisma = createPrisma(new PrismaPg(lending(pool)), options);
  const ledger = createServerLedgerClient(config.url, options.logger);
  return {
    prisma,
    readRows: plainRows(pool, options.onStatement, options.announcesWrites ? READ_SILENCE_MS : undefined),
    transact: serverTransactions(pool, prisma, options.onStatement),
    pool: watch,
    ledger,
    async close() {
      ledger.close();
      await prisma.$disconnect();
      await pool.end().catch(() => undefined);
    },
  };
}

/** A database that is still starting is normal where both are started together. */
async function connectWithPatience(
  { url, waitSeconds }: { url: string; waitSeconds: number },
  logger: Logger,
): Promise<pg.Client> {
  const place = withoutPassword(url);
  try {
    return await withPatience(() => connect(url), {
      waitSeconds,
      mayPass,
      onWait: (reason) => logger.warn(`waiting for the database at ${place} (${reason})`),
    });
  } catch (error) {
    const what = wantsPassword(error)
      ? 'cannot be opened: the server wants a password. Put one into DATABASE_URL.'
      : `cannot be reached (${reasonOf(error)}). Check DATABASE_URL and that PostgreSQL runs.`;
    throw new OperatorError(`The database at ${place} ${what}`, { cause: error });
  }
}

/** For migrations, which have no limits of ours. Kept alive: they may wait long for others, and must learn that the server has gone. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...sessionSettings(url, []),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** pg has neither a code nor a class for the want of a password. */
const wantsPassword = (error: unknown): boolean =>
  error instanceof Error && /client password must be a string/.test(error.message);

const mayPass = (error: unknown): boolean => !wantsPassword(error) && !isLasting(error);

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = '';
  parsed.search = '';
  return parsed.href;
}

async function migrateAndTell(session: Session, { migrations, logger }: DatabaseOptions): Promise<void> {
  const applied = await migrate(session, await readMigrations(migrations), (whom) =>
    logger.warn(`waiting for ${whom}`),
  );
  if (applied.length > 0) logger.info({ migrations: applied }, 'the database schema was brought up to date');
}

function createPrisma(driver: PrismaPGlite | PrismaPg, { onStatement }: DatabaseOptions): PrismaClient {
  const adapter = counting(driver);
  if (!onStatement) return new PrismaClient({ adapter });
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', onStatement);
  return prisma;
}
