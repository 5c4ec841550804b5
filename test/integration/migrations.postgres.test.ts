import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSchemaEngine } from '../../prisma/schema-engine.mjs';
import { type Migration, type Session, migrate, readMigrations } from '../../src/platform/migrations.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let clients: pg.Client[];
let ours: Migration[];
beforeEach(async () => {
  database = await createTestDatabase();
  clients = [];
  ours = await readMigrations(MIGRATIONS);
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.remove();
});

async function openSession(): Promise<Session> {
  const client = new pg.Client({ connectionString: database.url });
  clients.push(client);
  await client.connect();
  return {
    query: async <Row>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as Row[],
    script: async (sql) => {
      await client.query(sql);
    },
  };
}

const migration = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

const MORE = migration('20990101000000_more', 'CREATE TABLE more (id int); INSERT INTO more VALUES (1)');

async function tables(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname IN ('more', 'broken') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

describe('a migration', () => {
  test('is applied once, and leaves the record that Prisma would leave', async () => {
    const session = await openSession();
    expect(await migrate(session, [...ours, MORE])).toEqual([MORE.name]);
    expect(await migrate(session, [...ours, MORE])).toEqual([]);
    expect(await session.query('SELECT * FROM more')).toHaveLength(1);
    const [record] = await session.query(`SELECT * FROM "_prisma_migrations" WHERE migration_name = $1`, [MORE.name]);
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(MORE.sql).digest('hex'),
      migration_name: MORE.name,
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    });
  });

  test('is applied by one of several instances that start at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 5 }, openSession));
    const applied = await Promise.all(sessions.map((session) => migrate(session, [...ours, MORE])));
    expect(applied.flat()).toEqual([MORE.name]);
    expect(await sessions[0]!.query('SELECT * FROM more')).toHaveLength(1);
  });

  test('that fails leaves nothing behind, neither of itself nor of a record, and can be mended and tried again', async () => {
    const session = await openSession();
    const broken = migration('20990101000001_broken', 'CREATE TABLE broken (id int); SELECT 1 / 0');
    await expect(migrate(session, [...ours, broken, MORE])).rejects.toThrow(
      'Migration 20990101000001_broken failed: division by zero',
    );
    expect(await tables(session)).toEqual([]);
    const mended = migration(broken.name, 'CREATE TABLE broken (id int)');
    expect(await migrate(session, [...ours, mended, MORE])).toEqual([mended.name, MORE.name]);
    expect(await tables(session)).toEqual(['broken', 'more']);
  });

  test('that was changed after it had been applied is refused', async () => {
    const session = await openSession();
    await migrate(session, [...ours, MORE]);
    const edited = migration(MORE.name, `${MORE.sql}; -- a word more`);
    await expect(migrate(session, [...ours, edited])).rejects.toThrow(/was changed after it had been applied: restore/);
  });

  test('that failed half-way under another tool is refused until it was marked as mended', async () => {
    const session = await openSession();
    await session.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('1', $1, $2)`, [
      MORE.checksum,
      MORE.name,
    ]);
    await expect(migrate(session, [...ours, MORE])).rejects.toThrow(/failed half-way: mend .*prisma migrate resolve/);
    await session.query(`UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE id = '1'`);
    expect(await migrate(session, [...ours, MORE])).toEqual([MORE.name]);
  });

  test('waits for whoever holds the lock, says so every five seconds, and goes on when it is free', async () => {
    const [holder, session] = await Promise.all([openSession(), openSession()]);
    await holder.query('SELECT pg_advisory_lock(72707369)');
    const told: { whom: string; afterMs: number }[] = [];
    let waitedMs = 0;
    const applied = await migrate(
      session,
      [...ours, MORE],
      (whom) => told.push({ whom, afterMs: waitedMs }),
      async (ms) => {
        waitedMs += ms;
        if (waitedMs > 11_000) await holder.query('SELECT pg_advisory_unlock_all()');
      },
    );
    expect(applied).toEqual([MORE.name]);
    expect(told.map(({ whom }) => whom)).toEqual(Array(2).fill(expect.stringContaining('advisory key 72707369')));
    for (const [index, { afterMs }] of told.entries()) expect(afterMs / 1_000).toBeCloseTo(5 * (index + 1), 0);
  });

  test('lets others write to a table that somebody keeps from it for long, says so, and tries again', async () => {
    const [holder, other, session] = await Promise.all([openSession(), openSession(), openSession()]);
    await migrate(session, ours);
    const use = 'LOCK TABLE "Agent" IN ROW EXCLUSIVE MODE';
    await holder.script(`BEGIN; ${use}`);
    const told: string[] = [];
    const alter = migration('20990101000002_alter', 'ALTER TABLE "Agent" ADD COLUMN extra int');
    const applied = await migrate(
      session,
      [...ours, alter],
      (whom) => told.push(whom),
      async () => {
        await other.script(`BEGIN; ${use} NOWAIT; COMMIT`);
        if (told.length === 2) await holder.script('COMMIT');
      },
    );
    expect(applied).toEqual([alter.name]);
    expect(told).toEqual(Array(2).fill(expect.stringContaining(alter.name)));
  });

  test('holds up nobody after the runner has failed', async () => {
    const [failing, next] = await Promise.all([openSession(), openSession()]);
    await expect(migrate(failing, [migration('20990101000001_broken', 'SELECT 1 / 0')])).rejects.toThrow();
    expect(await migrate(next, [...ours, MORE])).toEqual([MORE.name]);
  });
});

describe("Prisma's own engine", () => {
  const filters = { externalTables: [], externalEnums: [] };

  /** As in a process of its own: the engine keeps its advisory lock for as long as it is connected. */
  async function withEngine<T>(use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
    const pool = new pg.Pool({ connectionString: database.url });
    const schema = await readFile(new URL('../schema.prisma', MIGRATIONS), 'utf8');
    const engine = await openSchemaEngine(schema, new PrismaPg(pool, { disposeExternalPool: false }));
    try {
      return await use(engine);
    } finally {
      await pool.end();
    }
  }

  const deploy = async (migrations: Migration[]) =>
    (await withEngine((engine) => engine.applyMigrations({ migrationsList: listOf(migrations), filters })))
      .appliedMigrationNames;

  const listOf = (migrations: Migration[]) => ({
    baseDir: '/prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  });

  test('finds a clean history after our runner, and has nothing to deploy', async () => {
    const input = { migrationsList: listOf(ours), optInToShadowDatabase: false, filters };
    expect(await withEngine((engine) => engine.diagnoseMigrationHistory(input))).toMatchObject({
      hasMigrationsTable: true,
      editedMigrationNames: [],
      failedMigrationNames: [],
      history: null,
    });
    expect(await deploy(ours)).toEqual([]);
  });

  test('and our runner take turns', async () => {
    const last = migration('20990101000001_last', 'CREATE TABLE last (id int)');
    expect(await deploy([...ours, MORE])).toEqual([MORE.name]);
    expect(await migrate(await openSession(), [...ours, MORE, last])).toEqual([last.name]);
    expect(await deploy([...ours, MORE, last])).toEqual([]);
  });
});
