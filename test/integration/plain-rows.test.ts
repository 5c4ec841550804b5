/** Statements written by hand go past Prisma; what comes back must be what Prisma would have brought. */
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { isDatabaseAway, isGivenUp } from '../../src/platform/database-errors.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { allModels } from '../../src/tracking/models.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: place.url });
  database = await openDatabase(config.database, {
    migrations: MIGRATIONS,
    logger: pino({ level: 'silent' }),
    ...(place.dump && { dump: place.dump }),
  });
  await seed(database.prisma, { ...DEFAULTS, scale: 0.1 });
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

async function bothWays(statement: Prisma.Sql): Promise<{ ours: unknown[]; prismas: unknown[] }> {
  return { ours: await database.readRows(statement), prismas: await database.prisma.$queryRaw<unknown[]>(statement) };
}

test.each(allModels.map(({ name }) => name))(
  'rows of %s are those that Prisma brings, value by value',
  async (name) => {
    const { ours, prismas } = await bothWays(Prisma.sql`SELECT * FROM ${Prisma.raw(`"${name}"`)} LIMIT 50`);
    expect(ours).toStrictEqual(prismas);
  },
);

test.each([
  [
    'large numbers',
    Prisma.sql`SELECT 9007199254740993::bigint AS a, 1.50::numeric AS b, ${new Prisma.Decimal('123456789012345678901234567890.5')}::numeric AS c`,
  ],
  [
    'nothing',
    Prisma.sql`SELECT NULL::bigint AS a, NULL::numeric AS b, NULL::timestamptz AS c, NULL::text[] AS d, NULL::jsonb AS e`,
  ],
  [
    'moments',
    Prisma.sql`SELECT '2026-11-25 20:00:00.123+00'::timestamptz AS a, '1969-12-31 23:59:59+00'::timestamptz AS b, ${new Date(86_400_123)}::timestamptz AS c, '2026-02-03'::date AS d, '2026-11-25 20:00:00.5'::timestamp AS e`,
  ],
  [
    'texts',
    Prisma.sql`SELECT ${'it’s "quoted", \\ and {braced}'}::text AS a, ARRAY['a,b', '"c"', NULL]::text[] AS b, ${['x', 'y,z']}::text[] AS c`,
  ],
  [
    'the rest',
    Prisma.sql`SELECT true AS a, 1.5::float8 AS b, 7::int2 AS c, '{"a": [1, null]}'::jsonb AS d, ${[1, 2, 3]}::int[] AS e, gen_random_uuid() IS NULL AS f`,
  ],
  [
    'decimals in a list',
    Prisma.sql`SELECT ${1}::int AS a WHERE 2.5::numeric = ANY(${[new Prisma.Decimal('2.50')]}::numeric[])`,
  ],
])('%s: the same as from Prisma', async (_what, statement) => {
  const { ours, prismas } = await bothWays(statement);
  expect(ours).toHaveLength(1);
  expect(ours).toStrictEqual(prismas);
});

test('a statement that fails is told apart as Prisma’s are: its own fault, given up, or the database away', async () => {
  const failure = (statement: Prisma.Sql) => database.readRows(statement).catch((error: unknown) => error);
  const wrong = await failure(Prisma.sql`SELECT nothing`);
  expect([wrong instanceof Error, isGivenUp(wrong), isDatabaseAway(wrong)]).toEqual([true, false, false]);
  await database.prisma.$executeRawUnsafe(`CREATE FUNCTION give_up() RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '57014'; END $$`);
  const givenUp = await failure(Prisma.sql`SELECT give_up()`);
  expect([isGivenUp(givenUp), isDatabaseAway(givenUp)]).toEqual([true, false]);
});
