/** Tokens and their holders, written past the API. Who holds what follows from transfers, as it does everywhere. */
import type {
  Collection,
  Nft,
  Prisma,
  PrismaClient,
  Transfer,
  User,
  Wallet,
} from '../../src/platform/prisma/client.js';

let made = 0;

/** An address that no other call has given. */
export const newAddress = (): string => `0x${(made += 1).toString(16).padStart(40, '0')}`;

export const createWallet = (prisma: PrismaClient, user?: User): Promise<Wallet> =>
  prisma.wallet.create({ data: { address: newAddress(), userId: user?.id ?? null } });

export const createCollection = (
  prisma: PrismaClient,
  row: Partial<Prisma.CollectionUncheckedCreateInput> = {},
): Promise<Collection> =>
  prisma.collection.create({ data: { address: newAddress(), name: `Collection ${made}`, ...row } });

export interface NewNft extends Partial<Omit<Prisma.NftUncheckedCreateInput, 'traits' | 'tokenId'>> {
  tokenId?: number | string;
  /** Trait types with their values: `{ Hat: ['Cap', 'Bow'] }`. */
  traits?: Record<string, string[]>;
  /** Its first holder; nobody if left out. */
  holder?: Wallet;
}

export async function createNft(
  prisma: PrismaClient,
  { id: collectionId }: Collection,
  { traits = {}, holder, ...row }: NewNft = {},
): Promise<Nft> {
  const tokenId = row.tokenId ?? (made += 1);
  const nft = await prisma.nft.create({ data: { name: `#${tokenId}`, ...row, tokenId, collectionId } });
  for (const [traitType, values] of Object.entries(traits)) {
    for (const value of values) {
      const key = { collectionId, traitType, value };
      const { id: traitId } = await prisma.trait.upsert({
        where: { collectionId_traitType_value: key },
        create: key,
        update: {},
      });
      await prisma.nftTrait.create({ data: { nftId: nft.id, traitId } });
    }
  }
  if (!holder) return nft;
  await move(prisma, nft, null, holder);
  return { ...nft, ownerId: holder.id };
}

/** No `from` is a mint, no `to` a burn. */
export const move = (
  prisma: Prisma.TransactionClient,
  { id: nftId, collectionId }: Nft,
  from: Wallet | null,
  to: Wallet | null,
  { quantity = 1, time = new Date() }: { quantity?: number; time?: Date } = {},
): Promise<Transfer> =>
  prisma.transfer.create({
    data: { nftId, collectionId, fromId: from?.id ?? null, toId: to?.id ?? null, quantity, time },
  });
