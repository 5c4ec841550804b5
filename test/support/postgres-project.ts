/** For the project `postgres`: one server per run, with a migrated database that those of the tests are copies of. */
import pino from 'pino';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { runSql, startPostgres } from './postgres.js';

/** What an application should be: no superuser. It may create databases because the tests want some. */
const ROLE = 'larder';
const TEMPLATE = 'migrated';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
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
  project.provide('database', { kind: 'postgres', url: url.href, template: TEMPLATE });
  return server.stop;
}
