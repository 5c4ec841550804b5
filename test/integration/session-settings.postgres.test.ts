/** What DATABASE_URL says of sessions does not undo what Larder opens them with. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { captureLog } from '../support/captured-log.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let database: Database | null = null;
beforeEach(async () => {
  place = await createTestDatabase();
});
afterEach(async () => {
  await database?.close();
  database = null;
  await place.remove();
});

async function open(parameters: Record<string, string>, announcesWrites = true): Promise<Database> {
  const url = new URL(place.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  database = await openDatabase(
    { kind: 'server', url: url.href, poolSize: 2, waitSeconds: 5 },
    { migrations: MIGRATIONS, logger: captureLog().logger, announcesWrites },
  );
  return database;
}

const NAMES = [
  ...['TimeZone', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'larder.writer'],
  ...['synchronous_commit', 'jit', 'search_path', 'application_name'],
];
const SETTINGS = `SELECT name, current_setting(name, true) AS value FROM unnest('{${NAMES.join(',')}}'::text[]) name`;

const byName = (rows: { name: string; value: string | null }[]) =>
  Object.fromEntries(rows.map(({ name, value }) => [name, value]));

/** As each of the ways to the database has them. */
const settingsOf = async ({ prisma, readRows, ledger }: Database) => ({
  prisma: byName(await prisma.$queryRawUnsafe(SETTINGS)),
  rows: byName(await readRows(Prisma.raw(SETTINGS))),
  ledger: byName(await ledger.query(SETTINGS)),
});

const CONTRARY = [
  ...['timezone=Asia/Tokyo', 'statement_timeout=0', 'lock_timeout=0', 'idle_in_transaction_session_timeout=0'],
  ...['larder.writer=nobody', 'synchronous_commit=off', 'jit=on'],
]
  .map((setting) => `-c ${setting}`)
  .join(' ');
const BOUNDS = {
  statement_timeout: '60000',
  lock_timeout: '60000',
  idle_in_transaction_session_timeout: '60000',
};

test('our settings hold against options and bounds of the address, whose other settings are kept', async () => {
  const options = `${CONTRARY} -c search_path=app,public`;
  const { prisma, rows, ledger } = await settingsOf(await open({ options, ...BOUNDS, application_name: 'shop' }));
  const served = {
    TimeZone: 'UTC',
    statement_timeout: '5s',
    lock_timeout: '2s',
    idle_in_transaction_session_timeout: '10s',
    'larder.writer': 'announces',
    search_path: 'app,public',
    application_name: 'shop',
  };
  expect(prisma).toMatchObject(served);
  expect(rows).toMatchObject(served);
  expect(ledger).toMatchObject({
    TimeZone: 'UTC',
    statement_timeout: '1s',
    synchronous_commit: 'on',
    jit: 'off',
    search_path: 'app,public',
    application_name: 'shop',
  });
});

test('those of commands, too', async () => {
  const { prisma } = await settingsOf(await open({ options: CONTRARY, ...BOUNDS }, false));
  expect(prisma).toMatchObject({
    TimeZone: 'UTC',
    statement_timeout: '5s',
    idle_in_transaction_session_timeout: '30s',
  });
});

test('the time after which a silent server is given up is ours, whatever the address says', async () => {
  const { transact, ledger } = await open({ query_timeout: '1' });
  const sleep = 'SELECT 1 AS slept FROM pg_sleep(0.05)';
  expect(await transact(({ readRows }) => readRows(Prisma.raw(sleep)), null)).toEqual([{ slept: 1 }]);
  expect(await ledger.query(sleep)).toEqual([{ slept: 1 }]);
});
