import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { address } from '../../graphql/inputs.js';
import { registerNode } from '../../graphql/node.js';
import { registerSearchable } from '../../graphql/searchable.js';
import {
  type Attribute,
  SEARCHABLE,
  attributesByNftId,
  nftById,
  nftsByCollectionId,
  nftsByWalletId,
} from './loaders.js';

const AttributeRef = builder.objectRef<Attribute>('Attribute').implement({
  fields: (t) => ({ traitType: t.exposeString('traitType'), value: t.exposeString('value') }),
});

export const Nft = builder.prismaNode('Nft', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 300, staleIfError: 0 } },
  fields: (t) => ({
    tokenId: t.string({ resolve: ({ tokenId }) => tokenId.toFixed() }),
    name: t.exposeString('name'),
    description: t.exposeString('description'),
    imageUrl: t.exposeString('imageUrl', { nullable: true }),
    attributes: t.field({ type: [AttributeRef], resolve: ({ id }, _args, ctx) => attributesByNftId(ctx.db).load(id) }),
    ownerVerifiedAt: t.expose('ownerVerifiedAt', { type: 'DateTime', nullable: true }),
    rarityRank: t.exposeInt('rarityRank', { nullable: true }),
  }),
});
registerNode('Nft', (ctx, id) => nftById(ctx.db).load(id));
registerSearchable('Nft', SEARCHABLE);

const NftConnection = connectionOf(Nft, 'Nft');

/** Any text that a row can hold: PostgreSQL stores no NUL. */
const traitText = z.string().regex(/^[^\0]*$/, 'must not contain NUL');

const TraitFilter = builder.inputType('TraitFilter', {
  fields: (t) => ({
    traitType: t.string({ required: true, validate: traitText }),
    values: t.stringList({ required: true, validate: z.array(traitText).max(100, 'at most 100 values at a time') }),
  }),
});

const NftFilter = builder.inputType('NftFilter', {
  fields: (t) => ({
    // Each is a join: the planner's work grows much faster than their number.
    traits: t.field({ type: [TraitFilter], validate: z.array(z.unknown()).max(10, 'at most 10 traits at a time') }),
    owner: t.string({ validate: address }),
  }),
});

const NftOrder = builder.enumType('NftOrder', { values: ['TOKEN_ID', 'RARITY'] as const });

builder.prismaObjectFields('Collection', (t) => ({
  nfts: t.connection(
    {
      type: Nft,
      args: {
        filter: t.arg({ type: NftFilter }),
        orderBy: t.arg({ type: NftOrder, required: true, defaultValue: 'TOKEN_ID' }),
      },
      resolve: ({ id }, args, ctx) => nftsByCollectionId(ctx.db, id, args),
    },
    ...NftConnection,
  ),
}));

builder.prismaObjectFields('Wallet', (t) => ({
  nfts: t.connection({ type: Nft, resolve: ({ id }, args, ctx) => nftsByWalletId(ctx.db, id, args) }, ...NftConnection),
}));
