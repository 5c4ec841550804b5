/** A PostgreSQL server with a migrated database, of which each app that a test starts gets a copy. */
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { runSql, startPostgres } from './postgres.js';
import type { TestDatabase } from './test-database.js';

/** What an application should be: no superuser. It may create databases because the tests want some. */
const ROLE = 'larder';
const TEMPLATE = 'migrated';

export interface MigratedServer {
  /** Of the role, without the name of a database. */
  url: string;
  template: string;
}

export async function startMigratedServer(): Promise<MigratedServer & { stop: () => Promise<void> }> {
  const server = await startPostgres();
  const url = new URL(server.url);
  url.username = ROLE;
  try {
    await runSql(
      `${server.url}postgres`,
      `CREATE ROLE ${ROLE} LOGIN CREATEDB`,
      `CREATE DATABASE ${TEMPLATE} OWNER ${ROLE}`,
    );
    const database = await openDatabase(
      { kind: 'server', url: new URL(TEMPLATE, url).href, poolSize: 1, waitSeconds: 0 },
      { migrations: MIGRATIONS, logger: pino({ level: 'silent' }) },
    );
    await database.close();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: url.href, template: TEMPLATE, stop: server.stop };
}

export async function copyDatabase({ url, template }: MigratedServer): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new URL('postgres', url).href;
  await runSql(admin, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: new URL(name, url).href,
    remove: () => runSql(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
