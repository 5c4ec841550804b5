/** What a database holds of a collection, and what it should hold of one that the fake indexer made up. */
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { PICTURE, colourOf, wallet } from './fake-indexer.js';

/** Times and ranks as whether there are any. */
export async function contentsOf(prisma: PrismaClient, address: string) {
  const rows = await prisma.nft.findMany({
    where: { collection: { address } },
    orderBy: { tokenId: 'asc' },
    include: { traits: { include: { trait: true } }, ownerships: { include: { wallet: true } } },
  });
  return rows.map(({ tokenId, name, imageUrl, traits, ownerships, ownerVerifiedAt, rarityRank }) => ({
    tokenId: Number(tokenId),
    name,
    imageUrl,
    traits: traits.map(({ trait }) => `${trait.traitType}: ${trait.value}`),
    owners: ownerships.map(({ wallet: { address }, quantity }) => `${address} ${quantity}`).sort(),
    isVerified: ownerVerifiedAt !== null,
    isRanked: rarityRank !== null,
  }));
}

export const expectedOf = (tokens: number) =>
  Array.from({ length: tokens }, (_, token) => ({
    tokenId: token,
    name: `Fox #${token}`,
    imageUrl: PICTURE,
    traits: [`Colour: ${colourOf(token)}`],
    owners: [`${wallet(1 + (token % 3))} 1`],
    isVerified: true,
    isRanked: true,
  }));
