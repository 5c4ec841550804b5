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
      () => keys.flatMap((key) => reading.of('Collection', key, [])),
    );
    return keys.map(({ chain, address }) => rows.find((row) => row.chain === chain && row.address === address) ?? null);
  },
  ({ chain, address }) => `${chain} ${address}`,
);

export const SEARCHABLE = { words: `t."name" || ' ' || t."description"`, name: 't."name"', exact: ['t."name"'] };

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

/** Trait types of a collection, the first by name; and values of each, the most frequent. Whoever makes tokens makes as many as they like. */
const MAX_TRAIT_TYPES = 100;
const MAX_TRAIT_VALUES = 100;
/** Values of a collection in all: of many types, fewer of each. What an operation may bring is reckoned with it (ASSUMED_SIZES in src/admission). */
const MAX_FACET_VALUES = 1_000;

/** Steps from type to type through Trait_facets_idx, and ends with the values that are shown: it costs the same however many there are. */
const traitsOfCollections = keyedBy(
  'collectionId',
  MAX_FACET_VALUES,
  (collectionIds) => Prisma.sql`
    SELECT k.id AS "collectionId", f."traitType", f.value, f."nftCount" FROM unnest(${collectionIds}::int[]) AS k (id)
    CROSS JOIN LATERAL (
      WITH RECURSIVE type AS (
        (SELECT t."traitType" AS name, 1 AS place FROM "Trait" AS t
          WHERE t."collectionId" = k.id AND t."nftCount" > 0 ORDER BY t."traitType" LIMIT 1)
        UNION ALL
        SELECT next.name, type.place + 1 FROM type CROSS JOIN LATERAL (
          SELECT t."traitType" AS name FROM "Trait" AS t
          WHERE t."collectionId" = k.id AND t."nftCount" > 0 AND t."traitType" > type.name ORDER BY t."traitType" LIMIT 1) AS next
        WHERE type.place < ${MAX_TRAIT_TYPES}::int)
      SELECT type.name AS "traitType", v.value, v."nftCount" FROM type CROSS JOIN LATERAL (
        SELECT t.value, t."nftCount" FROM "Trait" AS t
        WHERE t."collectionId" = k.id AND t."traitType" = type.name AND t."nftCount" > 0
        ORDER BY t."nftCount" DESC, t.value
        LIMIT least(${MAX_TRAIT_VALUES}::int, ${MAX_FACET_VALUES}::int / (SELECT count(*) FROM type))) AS v
    ) AS f
    ORDER BY k.id, f."traitType", f."nftCount" DESC, f.value`,
);

/** The facets of each collection: types by name, values by frequency. Any trait of the collection may come to be one. */
export const traitFacets = defineLoader<number, TraitFacet[]>(async (db, collectionIds) => {
  const rows = await db.keyed<{ collectionId: number; traitType: string; value: string; nftCount: number }>(
    traitsOfCollections,
    collectionIds,
    () =>
      collectionIds.flatMap((collectionId) =>
        reading.of('Trait', { collectionId }, ['traitType', 'value', 'nftCount']),
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
