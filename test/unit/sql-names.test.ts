import { describe, expect, test } from 'vitest';
import { Prisma } from '../../src/platform/prisma/client.js';
import { modelNamed } from '../../src/tracking/models.js';
import { columnsNamedIn, modelsNamedIn } from '../../src/tracking/sql-names.js';

const REVIEW = modelNamed('Review');
const columns = (sql: Prisma.Sql) => [...columnsNamedIn(sql, REVIEW)];
const models = (sql: Prisma.Sql) => modelsNamedIn(sql).map(({ name }) => name);

describe('the columns that an expression may read', () => {
  test.each([
    ['with quotes', Prisma.sql`t."rating" > ${3}`, ['rating']],
    ['without quotes', Prisma.sql`t.rating > 3`, ['rating']],
    ['without the row', Prisma.sql`coalesce("comment", '') = ''`, ['comment']],
    ['in capitals, which PostgreSQL lowers', Prisma.sql`T.RATING = 1`, ['rating']],
    ['around a value', Prisma.sql`(t."createdAt", ${1}) < (t."agentId", 2)`, ['agentId', 'createdAt']],
    ['in a part made elsewhere', Prisma.sql`NOT (${Prisma.raw('t."authorId"')} = 1)`, ['authorId']],
  ])('are found %s', (_name, sql, expected) => {
    expect(columns(sql).sort()).toEqual(expected);
  });

  test.each([
    ['t.*', Prisma.sql`row(t.*) IS NOT NULL`],
    ['the row', Prisma.sql`to_jsonb(t) ? 'rating'`],
    ['the row, with quotes', Prisma.sql`count("t") > 0`],
  ])('are all of them where it speaks of %s', (_name, sql) => {
    expect(columns(sql)).toEqual(Object.keys(REVIEW.columns));
  });

  test('are none where it names none', () => {
    expect(columns(Prisma.sql`true`)).toEqual([]);
  });
});

describe('the tables that a statement may read', () => {
  test('are found wherever they are named', () => {
    const sql = Prisma.sql`EXISTS (SELECT FROM "Trait" AS x JOIN public."NftTrait" AS y ON true WHERE x.value = ${'"Agent"'})`;
    expect(models(sql)).toEqual(['NftTrait', 'Trait']);
  });

  test('are not found in values, nor in words that only resemble them', () => {
    expect(models(Prisma.sql`t."agentId" = ${'"Agent"'} OR x = 'agent' OR "Agents" > 0`)).toEqual([]);
  });
});
