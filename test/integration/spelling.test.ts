/** The spelling of values in tags, here and in PostgreSQL: one for the reader, one for the writer, and they must agree. */
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import type { ColumnType } from '../../src/tracking/models.js';
import { spell, spellInSql, spellKey, spellKeyInSql } from '../../src/tracking/spelling.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase(
    place.url === 'memory://' ? { kind: 'memory' } : { kind: 'server', url: place.url, poolSize: 1, waitSeconds: 0 },
    { migrations: MIGRATIONS, logger: pino({ level: 'silent' }), ...(place.dump && { dump: place.dump }) },
  );
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

const BATCH = 100;
const RUNS = 20;

/** What PostgreSQL can store: no NUL, no halves of characters. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', minLength: 20, maxLength: 60 }),
    fc.constantFrom('null', '', '"', '\\u0041'),
  )
  .filter((value) => !/[\0\p{Surrogate}]/u.test(value));

const digits = fc.stringMatching(/^\d{1,40}$/);
const decimal = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-'), digits, fc.option(digits))
    .map(([sign, whole, part]) => sign + whole + (part === null ? '' : `.${part}`)),
  fc.tuple(fc.integer(), fc.integer({ min: -30, max: 30 })).map(([number, exponent]) => `${number}e${exponent}`),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }).map(String),
);

const TYPES: readonly { type: ColumnType; sql: string; values: fc.Arbitrary<unknown> }[] = [
  { type: 'Int', sql: 'int', values: fc.integer() },
  { type: 'BigInt', sql: 'bigint', values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: 'Boolean', sql: 'boolean', values: fc.boolean() },
  { type: 'Enum', sql: '"Chain"', values: fc.constantFrom('ETHEREUM', 'BASE') },
  { type: 'String', sql: 'text', values: text },
  {
    type: 'Uuid',
    sql: 'uuid',
    values: fc.tuple(fc.uuid(), fc.boolean()).map(([uuid, isUpper]) => (isUpper ? uuid.toUpperCase() : uuid)),
  },
  { type: 'Decimal', sql: 'numeric', values: decimal },
];

describe.each(TYPES)('a $type', ({ type, sql, values }) => {
  const inDatabase = async (expression: string, list: readonly unknown[]): Promise<string[]> => {
    const rows = await database.ledger.query<{ spelled: string }>(
      `SELECT ${expression} AS spelled FROM unnest($1::text[]) WITH ORDINALITY AS t (text, n), LATERAL (SELECT text::${sql} AS value) AS v ORDER BY n`,
      [list.map(String)],
    );
    return rows.map(({ spelled }) => spelled);
  };

  test('is spelled alike by the reader and by the writer, in groups and in keys', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: BATCH, maxLength: BATCH }), async (list) => {
        expect(list.map((value) => spell(type, value))).toEqual(await inDatabase(spellInSql(type, 'value'), list));
        expect(list.map((value) => spellKey(type, value))).toEqual(
          await inDatabase(spellKeyInSql(type, 'value'), list),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test('that is missing is spelled as no value is', async () => {
    const [row] = await database.ledger.query<{ spelled: string }>(
      `SELECT ${spellInSql(type, `NULL::${sql}`)} AS spelled`,
    );
    expect(spell(type, null)).toBe(row!.spelled);
    fc.assert(fc.property(values, (value) => spell(type, value) !== spell(type, null)));
  });
});

describe('a decimal', () => {
  test.each([
    [new Prisma.Decimal('1e30'), `1${'0'.repeat(30)}`],
    [new Prisma.Decimal('1.50'), '1.5'],
    [0.1, '0.1'],
    [10n, '10'],
    ['-0.0', '0'],
    ['+1', null],
    ['1e1000000', null],
    ['', null],
    ['.', null],
    ['NaN', null],
    [{}, null],
  ])('given as %o is spelled %o', (value, spelled) => {
    expect(spell('Decimal', value)).toBe(spelled);
  });
});

test.each([
  ['Int', 1.5],
  ['Int', '1'],
  ['Int', undefined],
  ['Boolean', 'true'],
  ['Uuid', 'no uuid'],
  ['Float', 1],
  ['DateTime', new Date(0)],
  ['Json', {}],
] as const)('what names no group in one way is not spelled: %s %o', (type, value) => {
  expect(spell(type, value)).toBeNull();
});
