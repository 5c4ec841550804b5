/** What ranking a large collection costs those beside it, as only a server with several sessions shows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FIRST_RANKS, stageScores, writeRanks } from '../../src/indexer/refresh-ranks.js';
import { type TestApp, startApp } from '../support/app.js';
import { createDue } from '../support/indexer/by-hand.js';
import { wallet } from '../support/indexer/fake-indexer.js';
import { type Planner, openPlanner } from '../support/plans.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const TOKENS = 5_000;

let place: TestDatabase;
let app: TestApp;
let collectionId: number;
let planner: Planner;
beforeAll(async () => {
  place = await createTestDatabase();
  app = await startApp({ place: { ...place, remove: () => Promise.resolve() } });
  collectionId = await createDue(app.prisma, wallet(0xb1), { status: 'DONE' });
  await app.prisma.$executeRaw`
    INSERT INTO "Nft" ("collectionId", "tokenId", name) SELECT ${collectionId}::int, i, 'Fox' FROM generate_series(1, ${TOKENS}::int) AS i`;
  planner = await openPlanner(place.url);
});
afterAll(async () => {
  await planner.close();
  await app.close();
  await place.remove();
});

it('scores are written down without a lock on the tokens', async () => {
  await app.prisma.$transaction(
    async (tx) => {
      await stageScores(tx, collectionId, null);
      const free = await app.prisma.$queryRaw<unknown[]>`
        SELECT id FROM "Nft" WHERE "collectionId" = ${collectionId}::int FOR UPDATE SKIP LOCKED`;
      expect(free).toHaveLength(TOKENS);
    },
    { timeout: 60_000 },
  );
});

it('a page of ranks begins where the one before has ended, also among tokens that are equally rare', async () => {
  const inTransaction = { timeout: 60_000 };
  for (let last: string | null = null, isFirst = true; isFirst || last !== null; isFirst = false)
    last = await app.prisma.$transaction((tx) => stageScores(tx, collectionId, last), inTransaction);
  const first = await app.prisma.$transaction((tx) => writeRanks(tx, collectionId, FIRST_RANKS), inTransaction);
  const { sent } = await app.countStatements(() =>
    app.prisma.$transaction((tx) => writeRanks(tx, collectionId, first!), inTransaction),
  );
  const page = sent.find(({ query }) => query.includes('FROM refresh_score'))!;
  expect(await planner.indexConditionsOf(page)).toContainEqual(
    expect.stringMatching(/"collectionId" = .* AND \(ROW\(\(- ?score\), "tokenId"\) > ROW\(/),
  );
});
