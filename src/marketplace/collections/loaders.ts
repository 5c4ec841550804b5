import { Prisma } from '../../platform/prisma/client.js';
import { equals } from '../../graphql/condition.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, keyedBy, rowsBy } from '../../graphql/loader.js';
import { searchCondition } from '../../graphql/search-condition.js';
import type { Chain, Collection } from '../../platform/prisma/client.js';
import { reading } from '../../tracking/reading.js';

export const collectionById = rowsBy('Collection', 'id');

export const collectionByAddress = defineLoader<{ chain: Chain; address: string }, Collection | null>(
  async (db, keys) => {
    const rows = await db.rows<Collection>(
      'Collection',
      Prisma.sql`
        SELECT * FROM "Collection" WHERE (chain, address) IN (
          SELECT chain::"Chain", address FROM unnest(${keys.map(({ chain }) => chain)}::text[], ${keys.map(({ address }) => address)}::text[]) AS k (chain, address))`,
      () => reading.each('Collection', keys, []),
    );
    return keys.map(({ chain, address }) => rows.find((row) => row.chain === chain && row.address === address) ?? null);
  },
  ({ chain, address }) => `${chain} ${address}`,
);

export const SEARCHABLE = { words: `t."name" || ' ' || t."description"`, name: 't."name"' };

export interface CollectionFilter {
  search?: string | null;
  chain?: Chain | null;
  verified?: boolean | null;
}

export const collections = defineList({
  name: 'collections',
  model: 'Collection',
  prime: collectionById,
  orders: {
    OWNERS: { by: Prisma.sql`t."ownerCount"`, type: 'int', descending: true },
    SIZE: { by: Prisma.sql`t."nftCount"`, type: 'int', descending: true },
    // Those without a price come last; the index has the same expression.
    FLOOR_PRICE: { by: Prisma.sql`coalesce(t."floorPrice", 1e18)`, type: 'numeric' },
    NEWEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz', descending: true },
    NAME: { by: Prisma.sql`t."name"`, type: 'text' },
  },
  where: ({ search, chain, verified }: CollectionFilter) => [
    search == null ? null : searchCondition(SEARCHABLE, search),
    equals('chain', chain),
    equals('verified', verified),
  ],
});

export interface TraitFacet {
  traitType: string;
  values: { value: string; count: number }[];
}

const traitsOfCollections = keyedBy(
  'collectionId',
  100,
  (collectionIds) => Prisma.sql`
    SELECT "collectionId", "traitType", value, "nftCount" FROM "Trait"
    WHERE "collectionId" = ANY(${collectionIds}::int[]) AND "nftCount" > 0
    ORDER BY "collectionId", "traitType", "nftCount" DESC, value`,
);

/** The facets of each collection: types by name, values by frequency. */
export const traitFacets = defineLoader<number, TraitFacet[]>(async (db, collectionIds) => {
  const rows = await db.keyed<{ collectionId: number; traitType: string; value: string; nftCount: number }>(
    traitsOfCollections,
    collectionIds,
    () =>
      reading.each(
        'Trait',
        collectionIds.map((collectionId) => ({ collectionId })),
        ['traitType', 'value', 'nftCount'],
      ),
  );
  const facets = new Map<number, TraitFacet[]>(collectionIds.map((id) => [id, []]));
  for (const { collectionId, traitType, value, nftCount } of rows) {
    const types = facets.get(collectionId)!;
    if (types.at(-1)?.traitType !== traitType) types.push({ traitType, values: [] });
    types.at(-1)!.values.push({ value, count: nftCount });
  }
  return collectionIds.map((id) => facets.get(id)!);
});
