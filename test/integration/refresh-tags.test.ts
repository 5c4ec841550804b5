/** What a refresh tells caches: which rows it wrote, and never that all of a table has changed, which would end what is cached of every collection. */
import { expect, it } from 'vitest';
import { REFRESHED, createDue, refreshByHand } from '../support/indexer/by-hand.js';
import { type FakeCollection, wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const stage = standStage();

const TOKENS = 450;
const TRAITS = 8;

async function refresh(collectionId: number): Promise<void> {
  await stage.app.prisma.collectionRefresh.deleteMany({ where: { collectionId } });
  await stage.app.prisma.collectionRefresh.create({ data: { collectionId } });
  const hand = refreshByHand(stage.app, stage.indexer);
  await hand.log.said(REFRESHED);
  await hand.stop();
}

/** The tags that stand for a whole table, among what was told. */
const wholeTags = async () =>
  await stage.app.prisma.$queryRaw`SELECT DISTINCT c FROM cache_event, unnest(changes) AS c WHERE c LIKE '%!'`;

it.each(['ERC721', 'ERC1155'] as const)(
  'a refresh of some hundred %s tokens tells of rows alone, as does the next when all have other traits, ranks and owners',
  { timeout: 60_000 },
  async (standard) => {
    let turn = 0;
    const address = wallet(standard === 'ERC721' ? 0x7a1 : 0x7a2);
    const fake: FakeCollection = {
      ...{ address, standard, tokens: TOKENS, tokensAPage: 100, ownersAPage: TOKENS },
      ownersOf: (token) => [{ owner: wallet(1 + turn * TOKENS + token), quantity: 1 }],
      token: (token) => {
        const attributes = Array.from({ length: TRAITS }, (_, trait) => ({
          trait_type: `Trait ${trait}`,
          value: String((turn * 50 + token * (trait + 1)) % 101),
        }));
        return { raw: { metadata: { name: `Fox #${token}, turn ${turn}`, attributes } } };
      },
    };
    stage.indexer.collections.set(address, fake);
    const id = await createDue(stage.app.prisma, address);
    await stage.app.prisma.collection.update({ where: { id }, data: { standard } });
    await stage.app.prisma.$executeRaw`DELETE FROM cache_event`;
    for (; turn < 2; turn += 1) {
      await refresh(id);
      expect(await wholeTags()).toEqual([]);
      expect(await stage.app.prisma.nft.count({ where: { collectionId: id, rarityRank: { not: null } } })).toBe(TOKENS);
    }
  },
);
