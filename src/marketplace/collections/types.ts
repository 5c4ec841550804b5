import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { registerNode } from '../../graphql/node.js';
import { registerSearchable } from '../../graphql/searchable.js';
import { Chain, TokenStandard } from '../../platform/prisma/enums.js';
import { SEARCHABLE, type TraitFacet, collectionById, traitFacets } from './loaders.js';

export const ChainEnum = builder.enumType(Chain, { name: 'Chain' });
const TokenStandardEnum = builder.enumType(TokenStandard, { name: 'TokenStandard' });

const TraitFacetRef = builder.objectRef<TraitFacet>('TraitFacet').implement({
  fields: (t) => ({
    traitType: t.exposeString('traitType'),
    values: t.field({ type: [TraitFacetValueRef], resolve: ({ values }) => values }),
  }),
});

const TraitFacetValueRef = builder.objectRef<TraitFacet['values'][number]>('TraitFacetValue');
TraitFacetValueRef.implement({
  fields: (t) => ({ value: t.exposeString('value'), count: t.exposeInt('count') }),
});

export const Collection = builder.prismaNode('Collection', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 1800 } },
  fields: (t) => ({
    address: t.exposeString('address'),
    chain: t.expose('chain', { type: ChainEnum }),
    standard: t.expose('standard', { type: TokenStandardEnum }),
    name: t.exposeString('name'),
    symbol: t.exposeString('symbol', { nullable: true }),
    description: t.exposeString('description'),
    imageUrl: t.exposeString('imageUrl', { nullable: true }),
    verified: t.exposeBoolean('verified'),
    floorPrice: t.expose('floorPrice', { type: 'Decimal', nullable: true }),
    nftCount: t.exposeInt('nftCount'),
    ownerCount: t.exposeInt('ownerCount'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    traits: t.field({ type: [TraitFacetRef], resolve: ({ id }, _args, ctx) => traitFacets(ctx.db).load(id) }),
  }),
});
registerNode('Collection', (ctx, id) => collectionById(ctx.db).load(id));
registerSearchable('Collection', SEARCHABLE);

export const CollectionConnection = connectionOf(Collection, 'Collection');

// The collection that objects of other slices belong to.
builder.prismaObjectFields('Nft', (t) => ({
  collection: t.field({
    type: Collection,
    resolve: ({ collectionId }, _args, ctx) => required(collectionById(ctx.db).load(collectionId)),
  }),
}));
builder.prismaObjectFields('Holding', (t) => ({
  collection: t.field({
    type: Collection,
    resolve: ({ collectionId }, _args, ctx) => required(collectionById(ctx.db).load(collectionId)),
  }),
}));
