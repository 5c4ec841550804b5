import { builder } from '../../graphql/builder.js';
import { address, searchText } from '../../graphql/inputs.js';
import { collectionByAddress, collections } from './loaders.js';
import { ChainEnum, Collection, CollectionConnection } from './types.js';

const CollectionFilter = builder.inputType('CollectionFilter', {
  fields: (t) => ({
    search: t.string({ validate: searchText }),
    chain: t.field({ type: ChainEnum }),
    verified: t.boolean(),
  }),
});

const CollectionOrder = builder.enumType('CollectionOrder', {
  values: ['OWNERS', 'SIZE', 'FLOOR_PRICE', 'NEWEST', 'NAME'] as const,
});

builder.queryFields((t) => ({
  collection: t.field({
    type: Collection,
    nullable: true,
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: {
      address: t.arg.string({ required: true, validate: address }),
      chain: t.arg({ type: ChainEnum, required: true, defaultValue: 'ETHEREUM' }),
    },
    resolve: (_root, key, ctx) => collectionByAddress(ctx.db).load(key),
  }),
  collections: t.connection(
    {
      type: Collection,
      directives: { cacheControl: { maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 60 } },
      args: {
        filter: t.arg({ type: CollectionFilter }),
        orderBy: t.arg({ type: CollectionOrder, required: true, defaultValue: 'OWNERS' }),
      },
      resolve: (_root, args, ctx) => collections(ctx.db, null, args),
    },
    ...CollectionConnection,
  ),
}));
