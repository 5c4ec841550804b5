/**
 * Applies prisma/migrations and records them as Prisma does: its table, its checksums, its advisory lock. So this runner
 * and `prisma migrate deploy` can take turns on one database, and several instances may start at once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { isLockedOut } from './database-errors.js';
import { OperatorError } from './operator-error.js';

export const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);

/** One session of PostgreSQL. */
export interface Session {
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Several statements at once, without values. */
  script(sql: string): Promise<void>;
}

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Between two tries to get the lock, and how many of them go by until somebody is told of it: five seconds. Milliseconds. */
const TRY_AGAIN_MS = 200;
const TELL_AFTER = 25;
/**
 * A migration waits so long for a table: everybody who comes meanwhile has to wait behind it, and an import keeps its tables for hours. Less than PostgreSQL waits until it
 * looks for a deadlock. Then it lets others have what it had, before it tries again. Milliseconds.
 */
const TABLE_WAIT_MS = 500;
const TABLE_PAUSE_MS = 1_500;

/** Prisma's own: https://github.com/prisma/prisma-engines, PostgreSQL's flavour of the schema connector. */
const ADVISORY_LOCK = 72707369;

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/** What a migration does to the rows of a table that it alters, no trigger sees. So everything counts as changed, once there is a ledger to say it in. */
const EVERYTHING_CHANGED = `DO $$
BEGIN
  IF to_regclass('public.cache_event') IS NOT NULL THEN
    INSERT INTO public.cache_event (changes) VALUES (ARRAY['* !']);
    PERFORM pg_notify('larder', '');
  END IF;
END $$`;

export async function readMigrations(folder: URL): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Applies what is missing, each migration in a transaction of its own with its record, and returns the names.
 * @param onWait is told now and then whom it waits for.
 * @throws if an applied migration was changed since, or one failed half-way under another tool.
 */
export async function migrate(
  session: Session,
  migrations: readonly Migration[],
  onWait: (whom: string) => void = () => undefined,
  pause: (ms: number) => Promise<unknown> = wait,
): Promise<string[]> {
  for (let tries = 1; !(await locked(session)); tries += 1) {
    if (tries % TELL_AFTER === 0)
      onWait(
        `another process that migrates this database, or has died meanwhile (see pg_locks, advisory key ${ADVISORY_LOCK})`,
      );
    await pause(TRY_AGAIN_MS);
  }
  try {
    await session.query(TABLE);
    const records = await session.query<{ migration_name: string; checksum: string; finished: boolean }>(
      'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    const applied: string[] = [];
    for (const migration of migrations) {
      const record = records.find(({ migration_name }) => migration_name === migration.name);
      if (!record) {
        while (!(await apply(session, migration))) {
          onWait(`whoever is writing to the tables that the migration ${migration.name} changes (see pg_locks)`);
          await pause(TABLE_PAUSE_MS);
        }
        applied.push(migration.name);
        continue;
      }
      if (!record.finished)
        throw new OperatorError(
          `Migration ${migration.name} failed half-way: mend the database and mark it with "prisma migrate resolve".`,
        );
      if (record.checksum !== migration.checksum) {
        throw new OperatorError(
          `Migration ${migration.name} was changed after it had been applied: restore its file and put the change into a new migration.`,
        );
      }
    }
    return applied;
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]);
  }
}

/** Never by waiting in the server: what waits there says nothing, and whoever has the lock may have died without the server's knowledge. */
async function locked(session: Session): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [ADVISORY_LOCK]);
  return row!.locked;
}

/** The database is at the migrations of this code; lacks some; or has some that this code does not know, of another version. */
export type SchemaState = 'current' | 'behind' | 'ahead';

/** @param finished names of those that the database has. */
export function schemaState(known: readonly string[], finished: readonly string[]): SchemaState {
  if (known.some((name) => !finished.includes(name))) return 'behind';
  return finished.every((name) => known.includes(name)) ? 'current' : 'ahead';
}

/** Of a database that has records. */
export const FINISHED_MIGRATIONS =
  'SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL';

/** @returns false if somebody keeps a table from it: nothing was done. */
async function apply(session: Session, { name, sql, checksum }: Migration): Promise<boolean> {
  await session.query('BEGIN');
  try {
    await session.query(`SET LOCAL lock_timeout = ${TABLE_WAIT_MS}`);
    await session.script(sql);
    await session.query(EVERYTHING_CHANGED);
    await session.query(
      'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)',
      [randomUUID(), checksum, name],
    );
    await session.query('COMMIT');
    return true;
  } catch (error) {
    await session.query('ROLLBACK');
    if (isLockedOut(error) || isDeadlock(error)) return false;
    throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const isDeadlock = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '40P01';
