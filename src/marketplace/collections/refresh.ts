/** How far the reading of a collection from the indexer has come, and how old what it says of owners is. */
import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { count } from '../../graphql/inputs.js';
import { required, rowsBy } from '../../graphql/loader.js';
import { Prisma } from '../../platform/prisma/client.js';
import { RefreshStatus } from '../../platform/prisma/enums.js';
import { reading } from '../../tracking/reading.js';
import { collectionById } from './loaders.js';
import { Collection } from './types.js';

const refreshByCollectionId = rowsBy('CollectionRefresh', 'collectionId');

const RefreshStatusEnum = builder.enumType(RefreshStatus, { name: 'RefreshStatus' });

const CollectionRefresh = builder.prismaObject('CollectionRefresh', {
  fields: (t) => ({
    status: t.expose('status', { type: RefreshStatusEnum }),
    done: t.exposeInt('done'),
    total: t.exposeInt('total', { nullable: true }),
    error: t.exposeString('error', { nullable: true }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
});

builder.prismaObjectFields('Collection', (t) => ({
  refresh: t.field({
    type: CollectionRefresh,
    nullable: true,
    resolve: ({ id }, _args, ctx) => refreshByCollectionId(ctx.db).load(id),
  }),
}));

interface Verified {
  fresh: number;
  stale: number;
  never: number;
}

type OfCollection = Verified & { collectionId: number; oldest: Date | null };

const CollectionOwnership = builder.objectRef<OfCollection>('CollectionOwnershipStats').implement({
  fields: (t) => ({
    collection: t.field({
      type: Collection,
      resolve: ({ collectionId }, _args, ctx) => required(collectionById(ctx.db).load(collectionId)),
    }),
    fresh: t.exposeInt('fresh'),
    stale: t.exposeInt('stale'),
    never: t.exposeInt('never'),
    oldest: t.field({ type: 'DateTime', nullable: true, resolve: ({ oldest }) => oldest }),
  }),
});

const OwnershipStats = builder.objectRef<Verified & { collections: OfCollection[] }>('OwnershipStats').implement({
  fields: (t) => ({
    fresh: t.exposeInt('fresh'),
    stale: t.exposeInt('stale'),
    never: t.exposeInt('never'),
    collections: t.field({ type: [CollectionOwnership], resolve: ({ collections }) => collections }),
  }),
});

builder.queryField('ownershipStats', (t) =>
  t.field({
    type: OwnershipStats,
    authScopes: { admin: true },
    args: {
      first: t.arg.int({ required: true, defaultValue: 20, validate: count }),
      staleAfterHours: t.arg.int({
        required: true,
        defaultValue: 24,
        validate: z.int().min(1, 'must be at least 1').max(87_600, 'must be at most 87,600'),
      }),
    },
    resolve: async (_root, { first, staleAfterHours }, ctx) => {
      const limit = new Date(ctx.now(60).getTime() - staleAfterHours * 3_600_000);
      const rows = await ctx.db.sql<OfCollection>(
        Prisma.sql`
          SELECT "collectionId", min("ownerVerifiedAt") AS oldest,
            (count(*) FILTER (WHERE "ownerVerifiedAt" >= ${limit}::timestamptz))::int AS fresh,
            (count(*) FILTER (WHERE "ownerVerifiedAt" < ${limit}::timestamptz))::int AS stale,
            (count(*) FILTER (WHERE "ownerVerifiedAt" IS NULL))::int AS never
          FROM "Nft" GROUP BY "collectionId"
          ORDER BY count(*) FILTER (WHERE "ownerVerifiedAt" < ${limit}::timestamptz) DESC, never DESC, "collectionId"`,
        () => reading.table('Nft', ['collectionId', 'ownerVerifiedAt']),
      );
      const sum = (of: (row: Verified) => number) => rows.reduce((total, row) => total + of(row), 0);
      return {
        fresh: sum(({ fresh }) => fresh),
        stale: sum(({ stale }) => stale),
        never: sum(({ never }) => never),
        collections: rows.slice(0, first),
      };
    },
  }),
);
