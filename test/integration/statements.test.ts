import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Collection, PrismaClient, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser } from '../support/marketplace.js';
import { createCollection, createWallet } from '../support/tokens.js';

let app: TestApp;

/** 20 collections of 10 tokens each; each token has an owner of its own, and each owner is a user. */
beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  const wallets: Wallet[] = [];
  for (let i = 0; i < 10; i += 1) wallets.push(await createWallet(prisma, await createUser(prisma, `user-${i}`)));
  for (let c = 0; c < 20; c += 1) await createTokens(prisma, await createCollection(prisma), wallets);
});
afterAll(() => app.close());

/** A token for each wallet, with a trait, minted to one and given to another. */
async function createTokens(prisma: PrismaClient, { id: collectionId }: Collection, wallets: Wallet[]): Promise<void> {
  const nfts = await prisma.nft.createManyAndReturn({
    data: wallets.map((_wallet, tokenId) => ({ collectionId, tokenId, name: `#${tokenId}` })),
  });
  const traits = await prisma.trait.createManyAndReturn({
    data: nfts.map(({ name }) => ({ collectionId, traitType: 'Name', value: name })),
  });
  await prisma.nftTrait.createMany({ data: nfts.map(({ id }, i) => ({ nftId: id, traitId: traits[i]!.id })) });
  const transfers = nfts.map(({ id: nftId }, i) => ({ nftId, collectionId, toId: wallets[i]!.id }));
  await prisma.transfer.createMany({ data: transfers });
  await prisma.transfer.createMany({
    data: transfers.map((minted, i) => ({
      ...minted,
      fromId: minted.toId,
      toId: wallets[(i + 1) % wallets.length]!.id,
    })),
  });
}

const SELECTIONS: [statements: number, selection: string][] = [
  [4, 'nfts(first: $n) { nodes { owner { user { username } } } }'],
  [5, 'nfts(first: $n) { totalCount nodes { owner { user { username } } } }'],
  [3, 'nfts(first: $n, orderBy: RARITY) { nodes { name collection { name } attributes { value } } }'],
  [
    3,
    'nfts(first: $n, filter: { traits: [{ traitType: "Name", values: ["#1", "#2"] }] }) { totalCount nodes { name } }',
  ],
  [5, 'nfts(first: $n) { nodes { owners(first: $n) { quantity wallet { user { username } } } } }'],
  [4, 'nfts(first: $n) { nodes { ownerAt(time: "2100-01-01T00:00:00Z") { user { username } } } }'],
  [
    5,
    'nfts(first: $n) { nodes { transfers(first: $n) { totalCount nodes { from { address } to { address } nft { name } } } } }',
  ],
  [4, 'activity(first: $n) { nodes { from { address } to { address } nft { name collection { name } } } }'],
  [4, 'owners(first: $n) { nodes { tokenCount collection { name } wallet { user { username } } } }'],
  [4, 'owners(first: $n) { nodes { wallet { nfts(first: $n) { nodes { tokenId } } } } }'],
  [4, 'owners(first: $n) { nodes { wallet { collections(first: $n) { nodes { tokenCount wallet { address } } } } } }'],
  [
    6,
    'owners(first: $n) { nodes { wallet { user { wallets { address } collections(first: $n) { nodes { tokenCount } } } } } }',
  ],
];

test.each(SELECTIONS)('%i statements, however large the pages: %s', async (expected, selection) => {
  const document = `query ($c: Int!, $n: Int!) { collections(first: $c) { nodes { name ${selection} } } }`;
  for (const [c, n] of [
    [2, 2],
    [20, 10],
  ]) {
    const { result, statements } = await app.countStatements(() => app.execute(document, { c, n }));
    expect(result.errors).toEqual([]);
    expect(result.data.collections.nodes).toHaveLength(c!);
    expect(statements).toHaveLength(expected);
  }
});
