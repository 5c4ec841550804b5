/** Who holds what after a refresh, when the pages of the indexer contradict each other, hold more than can be stored, or come too late. */
import { expect, it } from 'vitest';
import { settleHolders } from '../../src/indexer/refresh-owners.js';
import { REFRESHED, createDue, refreshByHand } from '../support/indexer/by-hand.js';
import { contentsOf } from '../support/indexer/contents.js';
import { type FakeCollection, wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const NOBODY = wallet(0);

const stage = standStage();

let made = 0;
/** A collection that both the indexer and the database have, the latter without tokens; each owner has a page. */
async function collectionOf(tokens: number, more: Partial<FakeCollection> = {}) {
  const fake = { address: `0xac${String((made += 1)).padStart(38, '0')}`, tokens, ownersAPage: 1, ...more };
  stage.indexer.collections.set(fake.address, fake);
  const id = await createDue(stage.app.prisma, fake.address);
  const standard = fake.standard === 'ERC1155' ? 'ERC1155' : 'ERC721';
  await stage.app.prisma.collection.update({ where: { id }, data: { standard } });
  return { id, fake };
}

async function refresh(collectionId: number): Promise<void> {
  await stage.app.prisma.collectionRefresh.deleteMany({ where: { collectionId } });
  await stage.app.prisma.collectionRefresh.create({ data: { collectionId } });
  const hand = refreshByHand(stage.app, stage.indexer);
  await hand.log.said(REFRESHED);
  await hand.stop();
}

const ownersOf = async ({ address }: FakeCollection) =>
  (await contentsOf(stage.app.prisma, address)).map(({ owners }) => owners);

it('of an ERC-721 token that stands on two pages the later is right, be it that it was burnt or minted again', async () => {
  const holders = [[1], [1, 0], [0, 2]];
  const { id, fake } = await collectionOf(3, {
    ownersOf: (token) => holders[token]!.map((number) => ({ owner: wallet(number), quantity: 1 })),
  });
  await refresh(id);
  expect(await ownersOf(fake)).toEqual([[`${wallet(1)} 1`], [], [`${wallet(2)} 1`]]);
});

it('who has come to hold more of an edition than can be stored holds as much as can be, and is not burnt', async () => {
  let held = 5;
  const { id, fake } = await collectionOf(1, {
    standard: 'ERC1155',
    ownersOf: () => [
      { owner: wallet(1), quantity: held },
      { owner: wallet(2), quantity: 1 },
    ],
  });
  await refresh(id);
  held = 3_000_000_000;
  await refresh(id);
  expect(await ownersOf(fake)).toEqual([[`${wallet(1)} 2147483647`, `${wallet(2)} 1`]]);
});

it('tokens that were verified after the pages were read keep their holders and that time, even if they are burnt there', async () => {
  let owner = 1;
  const { id, fake } = await collectionOf(4, {
    ownersOf: (token) => [{ owner: owner !== 1 && token % 2 === 1 ? NOBODY : wallet(owner), quantity: 1 }],
  });
  await refresh(id);
  owner = 2;
  const ownerVerifiedAt = new Date('2999-01-01');
  await stage.app.prisma.nft.updateMany({ where: { collectionId: id, tokenId: { lt: 2 } }, data: { ownerVerifiedAt } });
  await refresh(id);
  expect(await ownersOf(fake)).toEqual([[`${wallet(1)} 1`], [`${wallet(1)} 1`], [`${wallet(2)} 1`], []]);
  expect(await stage.app.prisma.nft.count({ where: { collectionId: id, ownerVerifiedAt } })).toBe(2);
});

it('holders are compared by 200 rows at most, those of a token together: one that has more is compared by itself', async () => {
  const { id } = await collectionOf(0);
  // Of tokens that are not here: only how they are taken is looked at.
  await stage.app.prisma.$executeRaw`
    INSERT INTO refresh_owner ("collectionId", "tokenId", owner, quantity, page)
    SELECT ${id}::int, token, 'owner ' || n, 1, 0
    FROM (VALUES (1, 120), (2, 80), (3, 1), (7, 240), (8, 199), (9, 2)) AS t (token, rows), generate_series(1, rows) AS n`;
  const settle = () =>
    stage.app.prisma.$transaction((tx) => settleHolders(tx, { id, standard: 'ERC1155' }, new Date()), {
      timeout: 60_000,
    });
  const left: string[] = [];
  while (await settle()) {
    const rows = await stage.app.prisma.$queryRaw<{ tokenId: string }[]>`
      SELECT DISTINCT "tokenId"::text AS "tokenId" FROM refresh_owner WHERE "collectionId" = ${id}::int ORDER BY 1`;
    left.push(rows.map(({ tokenId }) => tokenId).join());
  }
  expect(left).toEqual(['3,7,8,9', '7,8,9', '8,9', '9', '']);
});
