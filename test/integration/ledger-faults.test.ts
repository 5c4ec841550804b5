/** What the ledger says of its own state, what a transaction says of itself, and who is told of whose writes. */
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/cache/ledger.js';
import { createPostgresLedger } from '../../src/cache/postgres/ledger.js';
import { ownChanges, parseOwnChanges } from '../../src/cache/postgres/own-changes.js';
import { readSecret } from '../../src/cache/postgres/secret.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { allModels, modelNamed } from '../../src/tracking/models.js';
import { captureSql, captureTriggers } from '../../src/tracking/triggers.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let database: Database;
let ledger: Ledger;
const open = (announcesWrites: boolean): Promise<Database> =>
  openDatabase(
    place.url === 'memory://' ? { kind: 'memory' } : { kind: 'server', url: place.url, poolSize: 1, waitSeconds: 0 },
    {
      migrations: MIGRATIONS,
      logger: pino({ level: 'silent' }),
      announcesWrites,
      ...(place.dump && { dump: place.dump }),
    },
  );

beforeEach(async () => {
  place = await createTestDatabase();
  database = await open(true);
  ledger = createPostgresLedger(database.ledger, { capture: captureTriggers(allModels) });
});
afterEach(async () => {
  await database.close();
  await place.remove();
});

const createUser = (name: string) => ({ data: { subject: name, username: name, displayName: name } });

describe('a ledger over triggers that somebody changed', () => {
  test.each([
    ['dropped', 'DROP TRIGGER larder_capture_update ON "Agent"', 'is missing'],
    ['disabled', 'ALTER TABLE "Agent" DISABLE TRIGGER larder_capture_update', 'is disabled'],
    ['stopped with all others', 'ALTER TABLE "Agent" DISABLE TRIGGER USER', 'is disabled'],
    ['made ordinary', 'ALTER TABLE "Agent" ENABLE TRIGGER larder_capture_update', 'is disabled'],
    [
      'given a condition',
      `CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Agent" WHEN (false) EXECUTE FUNCTION "larder_capture_Agent"()`,
      'is disabled',
    ],
    [
      'emptied',
      `CREATE OR REPLACE FUNCTION "larder_capture_Agent"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      'is disabled',
    ],
    ['lost with its table', `ALTER TABLE "Agent" RENAME TO "Agent2"; CREATE TABLE "Agent" (id int)`, 'is missing'],
  ])('says so, and how to mend it: %s', async (_, harm, what) => {
    const before = await ledger.beat(null, null);
    expect(before.fault).toBeNull();
    for (const statement of harm.split('; CREATE TABLE').map((part, at) => (at === 0 ? part : `CREATE TABLE${part}`)))
      await database.ledger.query(statement);
    const { fault } = await ledger.beat(null, before);
    expect(fault).toMatch(/^Writes are not captured: the trigger larder_capture_\w+ of "Agent" /);
    expect(fault).toContain(what);
    expect(fault).toContain('npm run db:diff -- --capture');
  });

  test('raises the floor above all that may have been written unseen, for those who join later', async () => {
    const before = await ledger.beat(null, null);
    await database.ledger.query('DROP TRIGGER larder_capture_insert ON "Agent"');
    expect((await ledger.beat(null, null)).fault).not.toBeNull();
    const { floor } = await ledger.beat(null, null);
    expect(floor).toBeGreaterThan(before.snapshot.xmax);
  });

  test('says so once when they were off for a moment between two beats, and raises the floor', async () => {
    const before = await ledger.beat(null, null);
    await database.ledger.query('ALTER TABLE "Agent" DISABLE TRIGGER larder_capture_update');
    await database.ledger.query('ALTER TABLE "Agent" ENABLE ALWAYS TRIGGER larder_capture_update');
    expect((await ledger.beat(null, before)).fault).toMatch(/have just been changed/);
    const after = await ledger.beat(null, before);
    expect(after.fault).toBeNull();
    expect(after.floor).toBeGreaterThan(before.snapshot.xmax);
  });

  test('says so to whoever joins right after, and to nobody twice', async () => {
    const before = await ledger.beat(null, null);
    await database.ledger.query('ALTER TABLE "Agent" DISABLE TRIGGER larder_capture_update');
    await database.ledger.query('ALTER TABLE "Agent" ENABLE ALWAYS TRIGGER larder_capture_update');
    const newcomer = createPostgresLedger(database.ledger, { capture: captureTriggers(allModels) });
    expect((await newcomer.beat(null, null)).fault).toMatch(/have just been changed/);
    const { fault, floor } = await newcomer.beat(null, null);
    expect(fault).toBeNull();
    expect(floor).toBeGreaterThan(before.snapshot.xmax);
    const after = await ledger.beat(null, before);
    expect([after.fault, after.gap]).toEqual([null, floor]);
  });

  test('does not end what newer versions hold for as long as an older one lives, which wants other triggers', async () => {
    await database.ledger.query('DROP TRIGGER larder_capture_insert ON "Agent"');
    await ledger.beat(null, null);
    const { floor } = await ledger.beat(null, null);
    await database.prisma.user.create(createUser('ada'));
    expect((await ledger.beat(null, null)).fault).not.toBeNull();
    expect((await ledger.beat(null, null)).floor).toBe(floor);
  });

  test('trusts them again when they are mended', async () => {
    await database.ledger.query('DROP TRIGGER larder_capture_insert ON "Agent"');
    expect((await ledger.beat(null, null)).fault).not.toBeNull();
    await database.prisma.$transaction(
      captureSql(modelNamed('Agent'))
        .split(/;\n(?=CREATE|ALTER)/)
        .map((statement) => database.prisma.$executeRawUnsafe(statement)),
    );
    expect([(await ledger.beat(null, null)).fault, (await ledger.beat(null, null)).fault]).toContain(null);
  });
});

describe('a transaction that asks just before its commit', () => {
  test('is told its id, its epoch and all that it changed, its triggers included', async () => {
    const { epoch } = await ledger.beat(null, null);
    const commit = await database.prisma.$transaction(async (tx) => {
      await tx.user.create(createUser('ada'));
      await tx.user.updateMany({ data: { displayName: 'Ada' } });
      return parseOwnChanges(await tx.$queryRawUnsafe(ownChanges({ notify: true })));
    });
    expect(commit).toMatchObject({ epoch, xid: expect.any(Number) });
    expect(commit!.changes).toContainEqual({ tag: 'User[username="ada"]', columns: ['*'] });
    expect(commit!.changes).toContainEqual({ tag: 'User', columns: ['displayName'] });
    const { events } = await ledger.beat(null, null);
    expect(events.filter(({ xid }) => xid === commit!.xid)).toHaveLength(2);
  });

  test('is told nothing if it wrote nothing, or only locked', async () => {
    await database.prisma.user.create(createUser('ada'));
    const commit = await database.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "User" FOR UPDATE`;
      return parseOwnChanges(await tx.$queryRawUnsafe(ownChanges({ notify: true })));
    });
    expect(commit).toBeNull();
  });

  test('belongs to no epoch if none stands for the database', async () => {
    await ledger.beat(null, null);
    await database.ledger.query(`UPDATE cache_boot SET identity = 'another'`);
    const commit = await database.prisma.$transaction(async (tx) => {
      await tx.user.create(createUser('ada'));
      return parseOwnChanges(await tx.$queryRawUnsafe(ownChanges({ notify: false })));
    });
    expect(commit).toMatchObject({ epoch: '' });
  });
});

describe('instances are told to read on', () => {
  test('by writers who do not announce what they write, and by those who say so; by others not', async () => {
    let told = 0;
    let hear = (): void => undefined;
    const end = database.ledger.onNotification(() => {
      told += 1;
      hear();
    });
    const next = () => new Promise<void>((resolve) => (hear = resolve));
    await database.ledger.query('SELECT 1');
    await database.prisma.user.create(createUser('silent'));
    // Told in the order of the commits: had the one before been told, it would have been counted here.
    const heard = next();
    await database.prisma.$transaction(async (tx) => {
      await tx.user.create(createUser('ada'));
      await tx.$queryRawUnsafe(ownChanges({ notify: true }));
    });
    await heard;
    expect(told).toBe(1);
    const heardAgain = next();
    await database.prisma.$transaction([
      database.prisma.$executeRawUnsafe(`SET LOCAL larder.writer = ''`),
      database.prisma.user.create(createUser('loud')),
    ]);
    await heardAgain;
    expect(told).toBe(2);
    end();
  });
});

test('all who read the secret read the same 32 bytes', async () => {
  const [one, other] = await Promise.all([readSecret(database.ledger), readSecret(database.ledger)]);
  expect(one).toHaveLength(32);
  expect(other).toEqual(one);
});
