/** Counters follow whatever is written past the API: rows that move to another parent, and parents that get another key. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prisma } from '../../src/platform/prisma/client.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { type TestApp, startApp } from '../support/app.js';
import { wrongCounters } from '../support/recount.js';

/** All that is counted is so more than once, and differently. The ids of agents and templates go down, so that each may be moved up by one. */
const ROWS = [
  `INSERT INTO "User" (subject, username, "displayName") SELECT u, u, u FROM unnest(ARRAY['ann', 'bob', 'cem']) AS u`,
  `INSERT INTO "Workspace" (slug, name) SELECT w, w FROM unnest(ARRAY['here', 'there', 'elsewhere']) AS w`,
  `INSERT INTO "Category" (slug, name) SELECT c, c FROM unnest(ARRAY['art', 'law', 'none']) AS c`,
  `INSERT INTO "Agent" (id, slug, name, tagline, description, category, "authorId")
   SELECT i, 'a' || i, 'a' || i, '', '', CASE WHEN i < 3 THEN 'art' ELSE 'law' END, 1 FROM generate_series(4, 1, -1) AS i`,
  `INSERT INTO "Installation" ("agentId", "workspaceId", "installedById", "createdAt")
   SELECT a, w, w, timestamptz '2026-01-05' + a * w * interval '3 days' FROM generate_series(1, 3) AS a, generate_series(1, a) AS w`,
  `INSERT INTO "Review" ("agentId", "authorId", rating)
   SELECT a, u, 6 - a - u % 2 FROM generate_series(1, 3) AS a, generate_series(1, a) AS u`,
  `INSERT INTO "Template" (id, slug, name, description, category, "authorId")
   SELECT i, 't' || i, 't' || i, '', 'art', 1 FROM generate_series(3, 1, -1) AS i`,
  `INSERT INTO "TemplateUse" ("templateId") SELECT t FROM generate_series(1, 3) AS t, generate_series(1, t)`,
  `INSERT INTO "Collection" (address, name) SELECT '0x' || lpad(i::text, 40, '0'), i FROM generate_series(1, 2) AS i`,
  `INSERT INTO "Nft" ("collectionId", "tokenId", name) SELECT 1, i, i FROM generate_series(1, 3) AS i`,
  `INSERT INTO "Trait" ("collectionId", "traitType", value) SELECT 1, 'Hat', v FROM unnest(ARRAY['Cap', 'Bow', 'Fez']) AS v`,
  `INSERT INTO "NftTrait" ("traitId", "nftId") SELECT t, n FROM generate_series(1, 3) AS t, generate_series(1, t) AS n`,
];

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  for (const statement of ROWS) await app.prisma.$executeRawUnsafe(statement);
});
afterAll(() => app.close());

class Undo extends Error {}

/** What a statement comes to, which is then undone. */
async function after<T>(statement: string, look: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  let seen!: T;
  const done = app.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(statement);
    seen = await look(tx);
    throw new Undo();
  });
  await done.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return seen;
}

test('the rows that these tests begin with are counted as they should be', async () => {
  expect(await wrongCounters(app.prisma)).toEqual({});
});

describe('counters are right when', () => {
  test.each([
    ['a category gets another slug', `UPDATE "Category" SET slug = 'arts' WHERE slug = 'art'`],
    ['all categories do', `UPDATE "Category" SET slug = slug || '-1'`],
    ['one without agents does', `UPDATE "Category" SET slug = 'nothing' WHERE slug = 'none'`],
    ['agents change their category', `UPDATE "Agent" SET category = 'none' WHERE id < 4`],
    ['an agent gets another id', `UPDATE "Agent" SET id = 9 WHERE id = 3`],
    ['each agent gets the id of the one above it', `UPDATE "Agent" SET id = id + 1`],
    ['a template gets another id', `UPDATE "Template" SET id = 9 WHERE id = 2`],
    ['each template gets the id of the one above it', `UPDATE "Template" SET id = id + 1`],
    ['a trait gets another id', `UPDATE "Trait" SET id = 9 WHERE id = 2`],
    ['installations go to another agent', `UPDATE "Installation" SET "agentId" = 4 WHERE "agentId" = 3`],
    ['installations go to several', `UPDATE "Installation" SET "agentId" = 4 - "workspaceId" / 3 WHERE "agentId" = 2`],
    ['an installation gets another time', `UPDATE "Installation" SET "createdAt" = '2026-06-06' WHERE id = 2`],
    ['installations are nobody’s', `UPDATE "Installation" SET "installedById" = NULL`],
    ['installations get other ids', `UPDATE "Installation" SET id = id + 100`],
    [
      'one that conflicts with another moves that',
      `INSERT INTO "Installation" ("agentId", "workspaceId") VALUES (1, 1)
       ON CONFLICT ("agentId", "workspaceId") DO UPDATE SET "agentId" = 4`,
    ],
    ['reviews go to another agent', `UPDATE "Review" SET "agentId" = 4 WHERE "agentId" = 3`],
    ['uses go to another template', `UPDATE "TemplateUse" SET "templateId" = 1 WHERE "templateId" = 3`],
    ['whoever wrote and installed is gone', `DELETE FROM "User" WHERE id = 3`],
  ])('%s', async (_what, statement) => {
    expect(await after(statement, wrongCounters)).toEqual({});
  });
});

test('the migration sets right what had gone wrong before it', async () => {
  const sql = await readFile(new URL('20261130000002_counters_of_moved_rows/migration.sql', MIGRATIONS), 'utf8');
  const repairs = sql.slice(sql.indexOf('-- What went wrong before.')).split(';\n');
  const wrong = (tx: Prisma.TransactionClient) =>
    tx.$executeRaw`UPDATE "Agent" SET "installCount" = 9 - "installCount", "trendScore" = 1 WHERE id > 1`;
  const seen = await after(`UPDATE "Category" SET "agentCount" = 3 - "agentCount"`, async (tx) => {
    await wrong(tx);
    const before = await wrongCounters(tx);
    for (const repair of repairs) if (repair.trim() !== '') await tx.$executeRawUnsafe(repair);
    return { before, after: await wrongCounters(tx) };
  });
  expect(seen).toEqual({
    before: { 'Agent.installCount': 3, 'Agent.trendScore': 3, 'Category.agentCount': 3 },
    after: {},
  });
});

test('installations that change otherwise leave their agents as they were', async () => {
  const versions = (tx: Prisma.TransactionClient) => tx.$queryRaw`SELECT id, xmin::text FROM "Agent" ORDER BY id`;
  const before = await versions(app.prisma);
  expect(await after(`UPDATE "Installation" SET "installedById" = 3`, versions)).toEqual(before);
});

test.each([
  ['collection', `UPDATE "Collection" SET id = 9 WHERE id = 1`],
  ['token’s collection', `UPDATE "Nft" SET "collectionId" = 2 WHERE id = 1`],
  ['token', `UPDATE "Nft" SET id = 9 WHERE id = 1`],
])('the id of a %s stays, because transfers are history', async (_what, statement) => {
  await expect(after(statement, wrongCounters)).rejects.toThrow('Transfer is history and does not change');
});
