/** Epochs of a real server: what ends them, and that one begins. */
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Beat } from '../../src/cache/ledger.js';
import { createPostgresLedger } from '../../src/cache/postgres/ledger.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { createServerLedgerClient } from '../../src/platform/ledger-client.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { allModels } from '../../src/tracking/models.js';
import { captureTriggers } from '../../src/tracking/triggers.js';
import { type TestPostgres, runSql, startPostgres } from '../support/postgres.js';

const capture = captureTriggers(allModels);
const logger = pino({ level: 'silent' });
const NAME = 'epochs';

let server: TestPostgres;
let database: Database;
beforeAll(async () => {
  server = await startPostgres({ lasting: true });
});
afterAll(() => server.stop());

const urlOf = (name: string): string => new URL(name, server.url).href;

beforeEach(async () => {
  await runSql(urlOf('postgres'), `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`, `CREATE DATABASE ${NAME}`);
  database = await openDatabase(
    { kind: 'server', url: urlOf(NAME), poolSize: 1, waitSeconds: 0 },
    { migrations: MIGRATIONS, logger },
  );
});
afterEach(() => database.close());

const bootedEpoch = () =>
  vi.waitFor(() => database.ledger.query<{ epoch: string }>('SELECT epoch FROM cache_boot'), { timeout: 10_000 });

const ledgerOver = (client: Database['ledger']) => createPostgresLedger(client, { capture });

/** The server, or its process for our session, ends without our doing; what is asked meanwhile fails, and nothing worse. */
async function beatAfter(harm: () => Promise<unknown>): Promise<{ before: Beat; after: Beat }> {
  const ledger = ledgerOver(database.ledger);
  const before = await ledger.beat(null, null);
  await harm();
  const after = await vi.waitFor(() => ledger.beat(null, before), { timeout: 30_000, interval: 100 });
  return { before, after };
}

const signalServer = async (signal: NodeJS.Signals): Promise<void> => {
  const [row] = await database.ledger.query<{ pid: string }>(
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
  );
  process.kill(Number(row!.pid), signal);
  await vi.waitFor(() => expect(database.ledger.query('SELECT 1')).rejects.toThrow(), {
    timeout: 10_000,
    interval: 10,
  });
};

describe('a new epoch begins', () => {
  test.each([
    ['a clean restart', 'SIGINT'],
    ['an immediate stop', 'SIGQUIT'],
  ] as const)('after %s', async (_, signal) => {
    const { before, after } = await beatAfter(() => signalServer(signal));
    expect(after.epoch).not.toBe(before.epoch);
    expect(after).toMatchObject({ gap: after.floor, fault: null });
  });

  test('after the crash of one of the processes of the server, which restarts all others', async () => {
    const { before, after } = await beatAfter(async () => {
      const [row] = await database.ledger.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      process.kill(row!.pid, 'SIGKILL');
    });
    expect(after.epoch).not.toBe(before.epoch);
  });

  test('after a copy took the place and the name of the database, with all its rows', async () => {
    const { before, after } = await beatAfter(async () => {
      await database.prisma.$disconnect();
      await runSql(
        urlOf('postgres'),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${NAME}'`,
        `DROP DATABASE IF EXISTS copy`,
        `CREATE DATABASE copy TEMPLATE ${NAME}`,
        `DROP DATABASE ${NAME} WITH (FORCE)`,
        `ALTER DATABASE copy RENAME TO ${NAME}`,
      );
      expect(await bootedEpoch()).toEqual([{ epoch: expect.any(String) }]);
    });
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.fault).toBeNull();
  });

  test('after a dump was restored over the tables: the row that it brought does not count', async () => {
    const { before, after } = await beatAfter(async () => {
      const [row] = await database.ledger.query<{ identity: string; epoch: string }>('SELECT * FROM cache_boot');
      await runSql(
        urlOf(NAME),
        'BEGIN; CREATE UNLOGGED TABLE restored (LIKE cache_boot INCLUDING ALL); DROP TABLE cache_boot; ALTER TABLE restored RENAME TO cache_boot; COMMIT',
        `INSERT INTO cache_boot (identity, epoch) VALUES ('${row!.identity}', '${row!.epoch}')`,
        `INSERT INTO cache_event (xid, changes) VALUES ('900000000000', '{* Agent}')`,
      );
    });
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.events).toEqual([]);
  });

  test('once, however many instances find that the old one is over', async () => {
    const clients = Array.from({ length: 8 }, () => createServerLedgerClient(urlOf(NAME), logger));
    const beats = await Promise.all(clients.map((client) => ledgerOver(client).beat(null, null)));
    clients.forEach((client) => client.close());
    expect(new Set(beats.map(({ epoch }) => epoch))).toHaveProperty('size', 1);
  });
});

test('none begins while the server runs: members and positions stay good', async () => {
  const ledger = ledgerOver(database.ledger);
  const first = await ledger.beat(null, null);
  await database.ledger.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
  );
  const again = createServerLedgerClient(urlOf(NAME), logger);
  expect(await ledgerOver(again).beat(null, first)).toMatchObject({ epoch: first.epoch, gap: null });
  again.close();
});
