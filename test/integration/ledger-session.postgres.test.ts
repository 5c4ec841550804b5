/** A start, when the database has no room for the session of the ledger. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { OperatorError } from '../../src/platform/operator-error.js';
import { captureLog } from '../support/captured-log.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let database: Database;
let log: ReturnType<typeof captureLog>;
beforeEach(async () => {
  place = await createTestDatabase();
  log = captureLog();
});
afterEach(async () => {
  await database.close();
  await place.remove();
});

async function start(waitSeconds: number, prepare: () => Promise<unknown>) {
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: place.url,
    DATABASE_WAIT_SECONDS: String(waitSeconds),
    DATABASE_POOL: '1',
    WARM_UP: 'off',
  });
  database = await openDatabase(config.database, { migrations: MIGRATIONS, logger: log.logger, announcesWrites: true });
  await prepare();
  return await createApp(config, { database, redis: null }, log.logger);
}

const allow = (connections: number) =>
  database.prisma.$executeRawUnsafe(
    `ALTER DATABASE ${new URL(place.url).pathname.slice(1)} CONNECTION LIMIT ${connections}`,
  );

test('waits until there is, and says why it does', async () => {
  const starting = start(60, () => allow(1));
  await log.said(
    /^waiting for the database to give the cache a session of its own \(too many connections for database/,
  );
  await allow(-1);
  const app = await starting;
  await app.stop();
});

test('ends in time with what to look at', async () => {
  const starting = start(0, () => allow(1));
  await expect(starting).rejects.toThrow(OperatorError);
  await expect(starting).rejects.toThrow(
    /\(too many connections for database .*\)\. .* beside the pool of each process: check max_connections of PostgreSQL, and DATABASE_URL\.$/,
  );
});

test('waits for nothing that waiting does not mend', async () => {
  const starting = start(60, () => database.prisma.$executeRaw`DROP TABLE cache_secret`);
  await expect(starting).rejects.toThrow(/relation "public.cache_secret" does not exist/);
  expect(log.lines.filter(({ msg }) => msg.startsWith('waiting'))).toEqual([]);
});

test('says how a lost key is put back', async () => {
  const starting = start(60, () => database.prisma.$executeRaw`DELETE FROM cache_secret`);
  await expect(starting).rejects.toThrow(OperatorError);
  await expect(starting).rejects.toThrow(/^The table cache_secret is empty: put its row back/);
});
