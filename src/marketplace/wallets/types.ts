import { builder } from '../../graphql/builder.js';
import { registerNode } from '../../graphql/node.js';
import { walletById, walletsByUserId } from './loaders.js';

export const Wallet = builder.prismaNode('Wallet', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 300, staleIfError: 0 } },
  fields: (t) => ({ address: t.exposeString('address') }),
});
registerNode('Wallet', (ctx, id) => walletById(ctx.db).load(id));

// The wallets that objects of other slices speak of.
builder.prismaObjectFields('User', (t) => ({
  wallets: t.field({ type: [Wallet], resolve: ({ id }, _args, ctx) => walletsByUserId(ctx.db).load(id) }),
}));

builder.prismaObjectFields('Transfer', (t) => ({
  from: t.field({
    type: Wallet,
    nullable: true,
    resolve: ({ fromId }, _args, ctx) => (fromId === null ? null : walletById(ctx.db).load(fromId)),
  }),
  to: t.field({
    type: Wallet,
    nullable: true,
    resolve: ({ toId }, _args, ctx) => (toId === null ? null : walletById(ctx.db).load(toId)),
  }),
}));
