import { Prisma } from '../../platform/prisma/client.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, groupBy, keyedBy, rowsBy } from '../../graphql/loader.js';
import type { Chain, Nft } from '../../platform/prisma/client.js';
import type { Condition } from '../../graphql/condition.js';
import { reading } from '../../tracking/reading.js';

export const nftById = rowsBy('Nft', 'id');
export const transferById = rowsBy('Transfer', 'id');

interface TokenKey {
  chain: Chain;
  address: string;
  tokenId: string;
}

/** A token of a collection that there is; without a key if there is no such token in it. */
type Found = (Nft | { id: null }) & { place$: number; collection$: number };

export const nftByToken = defineLoader<TokenKey, Nft | null>(
  async (db, keys) => {
    const rows = await db.sql<Found>(
      Prisma.sql`
        SELECT n.*, k.place::int AS "place$", c.id AS "collection$"
        FROM unnest(
          ${keys.map(({ chain }) => chain)}::text[],
          ${keys.map(({ address }) => address)}::text[],
          ${keys.map(({ tokenId }) => tokenId)}::text[]
        ) WITH ORDINALITY AS k (chain, address, "tokenId", place)
        JOIN "Collection" AS c ON c.chain = k.chain::"Chain" AND c.address = k.address
        LEFT JOIN "Nft" AS n ON n."collectionId" = c.id AND n."tokenId" = k."tokenId"::numeric`,
      (rows) => [
        ...keys.flatMap(({ chain, address }) => reading.of('Collection', { chain, address }, [])),
        ...rows.flatMap(({ place$, collection$: collectionId }) =>
          reading.of('Nft', { collectionId, tokenId: keys[place$ - 1]!.tokenId }, []),
        ),
      ],
    );
    const nfts = db.observed(
      'Nft',
      rows.filter((row): row is Found & Nft => row.id !== null),
    );
    const byPlace = new Map(nfts.map((nft) => [nft.place$, nft]));
    return keys.map((_key, index) => byPlace.get(index + 1) ?? null);
  },
  ({ chain, address, tokenId }) => `${chain} ${address} ${tokenId}`,
);

export const SEARCHABLE = { words: null, name: 't."name"', exact: ['t."name"'] };

export interface NftFilter {
  traits?: { traitType: string; values: string[] }[] | null;
  owner?: string | null;
}

const hasTrait = ({ traitType, values }: { traitType: string; values: string[] }): Condition => ({
  sql: Prisma.sql`EXISTS (
    SELECT FROM "Trait" AS trait JOIN "NftTrait" AS has ON has."traitId" = trait.id
    WHERE trait."collectionId" = t."collectionId" AND trait."traitType" = ${traitType} AND trait.value = ANY(${values}::text[])
      AND has."nftId" = t.id)`,
  reading: (collectionId) => [
    ...reading.of('Trait', { collectionId: collectionId! }, ['traitType', 'value']),
    ...reading.table('NftTrait', []),
  ],
});

const isHeldBy = (address: string): Condition => ({
  sql: Prisma.sql`EXISTS (
    SELECT FROM "Wallet" AS w JOIN "Ownership" AS o ON o."walletId" = w.id
    WHERE w.address = ${address} AND o."collectionId" = t."collectionId" AND o."nftId" = t.id)`,
  reading: (collectionId) => [
    ...reading.of('Wallet', { address }, []),
    ...reading.of('Ownership', { collectionId: collectionId! }, []),
  ],
});

export const nftsByCollectionId = defineList({
  name: 'collection.nfts',
  model: 'Nft',
  parent: 'collectionId',
  prime: nftById,
  orders: {
    TOKEN_ID: { by: Prisma.sql`t."tokenId"`, type: 'numeric' },
    // Those without a rank come last; the index has the same expression.
    RARITY: { by: Prisma.sql`coalesce(t."rarityRank", 2147483647)`, type: 'int' },
  },
  where: ({ traits, owner }: NftFilter) => [...(traits ?? []).map(hasTrait), owner == null ? null : isHeldBy(owner)],
});

export const nftsByWalletId = defineList({
  name: 'wallet.nfts',
  model: 'Nft',
  // There always is a token. LEFT allows a count to leave it out of its plan.
  from: Prisma.sql`(SELECT n.*, o."walletId", o."nftId" FROM "Ownership" AS o LEFT JOIN "Nft" AS n ON n.id = o."nftId")`,
  parent: 'walletId',
  reading: (walletId) => reading.of('Ownership', { walletId: walletId! }, ['nftId']),
  // The same number as "id", by the name that the index on ("walletId", "nftId") knows.
  key: 'nftId',
  prime: nftById,
  orders: { ID: { by: Prisma.sql`t."nftId"`, type: 'int' } },
});

const LATEST = { by: Prisma.sql`t."time"`, type: 'timestamptz', descending: true } as const;

export const transfersByNftId = defineList({
  name: 'nft.transfers',
  model: 'Transfer',
  parent: 'nftId',
  prime: transferById,
  orders: { LATEST },
});

export const transfersByCollectionId = defineList({
  name: 'collection.activity',
  model: 'Transfer',
  parent: 'collectionId',
  prime: transferById,
  orders: { LATEST },
});

export interface Attribute {
  traitType: string;
  value: string;
}

const attributesOfNfts = keyedBy(
  'nftId',
  10,
  (nftIds) => Prisma.sql`
    SELECT has."nftId", trait.id, trait."traitType", trait.value
    FROM "NftTrait" AS has JOIN "Trait" AS trait ON trait.id = has."traitId"
    WHERE has."nftId" = ANY(${nftIds}::int[])
    ORDER BY has."nftId", trait."traitType", trait.value`,
);

/** The traits of each token: types by name, values by name. */
export const attributesByNftId = defineLoader<number, Attribute[]>(async (db, nftIds) => {
  const rows = await db.keyed<Attribute & { nftId: number; id: number }>(attributesOfNfts, nftIds, (traits) => [
    ...nftIds.flatMap((nftId) => reading.of('NftTrait', { nftId }, ['traitId'])),
    ...reading.rows('Trait', traits, ['traitType', 'value']),
  ]);
  const byNft = groupBy(rows, ({ nftId }) => nftId);
  return nftIds.map((id) => byNft.get(id) ?? []);
});
