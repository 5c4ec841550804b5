/** Ranks that a refresh writes page by page are those that an import writes at once, also when the two meet. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importCollection } from '../../src/data/import/import.js';
import { LeaseLostError, RefreshJob } from '../../src/indexer/refresh-job.js';
import { FIRST_RANKS, stageScores, writeRanks } from '../../src/indexer/refresh-ranks.js';
import { STEPS, type StepParts } from '../../src/indexer/refresh-steps.js';
import type { Prisma } from '../../src/platform/prisma/client.js';
import type { Transact } from '../../src/tracking/write.js';
import { createDue } from '../support/indexer/by-hand.js';
import { wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const stage = standStage();

/** Three kinds of which some are rarer than others, and tokens without any: many are equally rare. */
async function collectionOf(tokens: number, number: number, at: object = { status: 'DONE' }): Promise<number> {
  const id = await createDue(stage.app.prisma, wallet(number), at);
  await stage.app.prisma.$executeRaw`
    INSERT INTO "Nft" ("collectionId", "tokenId", name) SELECT ${id}::int, i * 3, 'Fox' FROM generate_series(1, ${tokens}::int) AS i`;
  await stage.app.prisma.$executeRaw`
    INSERT INTO "Trait" ("collectionId", "traitType", value) SELECT ${id}::int, 'Kind', i FROM generate_series(2, 4) AS i`;
  await stage.app.prisma.$executeRaw`
    INSERT INTO "NftTrait" ("nftId", "traitId") SELECT n.id, t.id FROM "Nft" AS n JOIN "Trait" AS t USING ("collectionId")
    WHERE n."collectionId" = ${id}::int AND n."tokenId" % t.value::int = 0`;
  return id;
}

const inTransaction = <T>(change: (tx: Prisma.TransactionClient) => Promise<T>) =>
  stage.app.prisma.$transaction(change, { timeout: 60_000 });

const ranksOf = (collectionId: number) =>
  stage.app.prisma.nft.findMany({
    where: { collectionId },
    select: { tokenId: true, rarityRank: true },
    orderBy: { tokenId: 'asc' },
  });

/** @returns the last token of each page. */
async function stagePages(id: number): Promise<(string | null)[]> {
  const last: (string | null)[] = [null];
  do last.push(await inTransaction((tx) => stageScores(tx, id, last.at(-1)!)));
  while (last.at(-1) !== null);
  return last;
}

/** @returns how many have their rank after each page. */
async function rankPages(id: number): Promise<number[]> {
  const ranked: number[] = [];
  for (let place: string | null = FIRST_RANKS; ;) {
    place = await inTransaction((tx) => writeRanks(tx, id, place!));
    if (place === null) return ranked;
    ranked.push(Number(place.split(' ')[0]));
  }
}

async function rankAtOnce(id: number) {
  await stage.app.prisma.$executeRaw`UPDATE "Nft" SET "rarityRank" = NULL WHERE "collectionId" = ${id}::int`;
  await stage.app.prisma.$executeRaw`CALL rank_rarity(${id}::int)`;
  return await ranksOf(id);
}

it('12,000 tokens are scored in two pages', async () => {
  const id = await collectionOf(12_000, 0xa1);
  expect(await stagePages(id)).toEqual([null, '30000', '36000', null]);
});

it('2,500 tokens are ranked in thirteen pages as rank_rarity ranks them, and no scores are left', async () => {
  const id = await collectionOf(2_500, 0xa9);
  await stagePages(id);
  expect(await rankPages(id)).toEqual([...Array.from({ length: 12 }, (_, page) => (page + 1) * 200), 2_500]);
  const paged = await ranksOf(id);
  expect(paged).toEqual(await rankAtOnce(id));
  expect(new Set(paged.map(({ rarityRank }) => rarityRank)).size).toBe(2_500);
  expect(await stage.app.prisma.$queryRaw`SELECT FROM refresh_score WHERE "collectionId" = ${id}::int`).toEqual([]);
});

it('tokens that are gone since they were scored take no rank', async () => {
  const id = await collectionOf(500, 0xa6);
  await stagePages(id);
  await stage.app.prisma.nft.deleteMany({ where: { collectionId: id, tokenId: { lte: 300 } } });
  expect(await rankPages(id)).toContain(400);
  const ranks = (await ranksOf(id)).map(({ rarityRank }) => rarityRank!).sort((one, other) => one - other);
  expect(ranks).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
});

it('what is ranked already as it should be is not written again', async () => {
  const id = await collectionOf(40, 0xa2);
  await stage.app.prisma.$executeRaw`CALL rank_rarity(${id}::int)`;
  // A row that is written gets another place, also where nothing in it changes.
  const places = () =>
    stage.app.prisma.$queryRaw`SELECT id, ctid::text FROM "Nft" WHERE "collectionId" = ${id}::int ORDER BY id`;
  const before = await places();
  await stagePages(id);
  expect(await rankPages(id)).toEqual([40]);
  expect(await places()).toEqual(before);
});

const claim = async (holder: string): Promise<RefreshJob> => {
  const { prisma, transact } = stage.app;
  const job = await RefreshJob.claim(
    { prisma, transact: transact as Transact, publisher: null, leaseMs: 60_000 },
    holder,
  );
  return job!;
};

async function importToken(tokenId: number, address: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-ranks-'));
  const path = join(folder, 'foxes.jsonl');
  await writeFile(path, JSON.stringify({ tokenId, name: 'Late', attributes: [{ trait_type: 'Kind', value: 'late' }] }));
  await importCollection(stage.app.prisma, { path, address, chain: 'ETHEREUM', strict: true });
  await rm(folder, { recursive: true });
}

it.each([
  ['SCORES', '60'],
  ['RANKS', '20 1.5 60'],
] as const)(
  'an import that comes between two pages of %s sets them back: who was at it writes no more',
  async (step, pageKey) => {
    const address = wallet(step === 'SCORES' ? 0xa3 : 0xa4);
    const id = await collectionOf(40, Number(address), { step, pageKey });
    const job = await claim('one');
    expect(job.work).toMatchObject({ collectionId: id, step, pageKey });
    await importToken(1, address);
    const ranks = await ranksOf(id);
    expect(ranks[0]).toMatchObject({ rarityRank: 1 });
    await expect(STEPS[step](job, {} as StepParts)).rejects.toThrow(LeaseLostError);
    expect(await ranksOf(id)).toEqual(ranks);
    // As if its lease had run out.
    await stage.app.prisma.collectionRefresh.update({ where: { collectionId: id }, data: { leaseUntil: new Date(0) } });
    const next = await claim('two');
    expect(next.work).toMatchObject({ collectionId: id, step: 'SCORES', pageKey: null });
    while (next.isUnderWay) await STEPS[next.work.step](next, {} as StepParts);
    expect(await ranksOf(id)).toEqual(ranks);
  },
);

it.each([null, '20'])('one that another version left to be ranked, at %s, is scored first', async (pageKey) => {
  const id = await collectionOf(40, pageKey === null ? 0xa5 : 0xa8, { step: 'RANKS', pageKey });
  const job = await claim('one');
  while (job.isUnderWay) await STEPS[job.work.step](job, {} as StepParts);
  const ranks = (await ranksOf(id)).map(({ rarityRank }) => rarityRank);
  expect(ranks.sort((one, other) => one! - other!)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
});
