import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { registerNode } from '../../graphql/node.js';
import { nftById, transferById, transfersByCollectionId, transfersByNftId } from './loaders.js';
import { Nft } from './types.js';

export const Transfer = builder.prismaNode('Transfer', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 300, staleIfError: 0 } },
  fields: (t) => ({
    nft: t.field({ type: Nft, resolve: ({ nftId }, _args, ctx) => required(nftById(ctx.db).load(nftId)) }),
    quantity: t.exposeInt('quantity'),
    time: t.expose('time', { type: 'DateTime' }),
  }),
});
registerNode('Transfer', (ctx, id) => transferById(ctx.db).load(id));

const TransferConnection = connectionOf(Transfer, 'Transfer');

builder.prismaObjectFields('Nft', (t) => ({
  transfers: t.connection(
    { type: Transfer, resolve: ({ id }, args, ctx) => transfersByNftId(ctx.db, id, args) },
    ...TransferConnection,
  ),
}));

builder.prismaObjectFields('Collection', (t) => ({
  activity: t.connection(
    { type: Transfer, resolve: ({ id }, args, ctx) => transfersByCollectionId(ctx.db, id, args) },
    ...TransferConnection,
  ),
}));
