/** Counters stay right whoever moves rows at the same time, and whatever key their parents get meanwhile. */
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Random } from '../../src/data/seed/random.js';
import { type TestApp, startApp } from '../support/app.js';
import { wrongCounters } from '../support/recount.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const WRITERS = 5;
const WRITES = 30;

let place: TestDatabase;
let app: TestApp;
let clients: pg.Client[];
beforeEach(async () => {
  place = await createTestDatabase();
  app = await startApp({ place });
  clients = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: place.url }));
  await Promise.all(clients.map((client) => client.connect()));
  for (const statement of [
    `INSERT INTO "User" (subject, username, "displayName") VALUES ('ann', 'ann', 'Ann')`,
    `INSERT INTO "Workspace" (slug, name) SELECT w, w FROM generate_series(1, 4) AS w`,
    `INSERT INTO "Category" (slug, name) SELECT c, c FROM generate_series(1, 3) AS c`,
    `INSERT INTO "Agent" (slug, name, tagline, description, category, "authorId")
     SELECT i, i, '', '', 1 + i % 3, 1 FROM generate_series(1, 6) AS i`,
    `INSERT INTO "Installation" ("agentId", "workspaceId") SELECT 1 + i % 6, 1 + i % 4 FROM generate_series(1, 12) AS i`,
  ])
    await app.prisma.$executeRawUnsafe(statement);
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await app.close();
});

/** Ids and slugs go up and down by hundreds, so that they are often there and never for long. */
function draw(random: Random): string {
  const agent = `(SELECT id FROM "Agent" ORDER BY id OFFSET ${random.int(0, 5)} LIMIT 1)`;
  const category = `(SELECT slug FROM "Category" ORDER BY slug OFFSET ${random.int(0, 2)} LIMIT 1)`;
  const workspace = random.int(1, 4);
  return random.pick([
    `INSERT INTO "Installation" ("agentId", "workspaceId") VALUES (${agent}, ${workspace}) ON CONFLICT DO NOTHING`,
    `DELETE FROM "Installation" WHERE "agentId" = ${agent} AND "workspaceId" = ${workspace}`,
    `UPDATE "Installation" SET "agentId" = ${agent} WHERE "workspaceId" = ${workspace} AND id % 3 = ${random.int(0, 2)}`,
    `UPDATE "Agent" SET category = ${category} WHERE id % 2 = ${random.int(0, 1)}`,
    `UPDATE "Agent" SET id = id + CASE WHEN id > 500 THEN -500 ELSE 500 END WHERE id = ${agent}`,
    `UPDATE "Category" SET slug = CASE WHEN slug ~ 'x' THEN replace(slug, 'x', '') ELSE slug || 'x' END WHERE slug = ${category}`,
  ]);
}

/** Somebody else was first: nothing was written. */
const isRefused = (error: unknown) => error instanceof pg.DatabaseError && /^(23|40)/.test(error.code ?? '');

test('rows and keys that several move at the same time', { timeout: 120_000 }, async () => {
  let done = 0;
  const work = async (client: pg.Client, writer: number) => {
    const random = new Random('counters', String(writer));
    for (let n = 0; n < WRITES; n += 1)
      await client.query(draw(random)).then(
        () => (done += 1),
        (error: unknown) => {
          if (!isRefused(error)) throw error;
        },
      );
  };
  await Promise.all(clients.map(work));
  expect(done).toBeGreaterThan((WRITERS * WRITES) / 2);
  expect(await wrongCounters(app.prisma)).toEqual({});
});
