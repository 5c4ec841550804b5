/** How many tokens of which collection a wallet holds. */
import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { holdingsByCollectionId, holdingsByWalletId, walletById } from './loaders.js';
import { Wallet } from './types.js';

const Holding = builder.prismaObject('Holding', {
  fields: (t) => ({
    wallet: t.field({
      type: Wallet,
      resolve: ({ walletId }, _args, ctx) => required(walletById(ctx.db).load(walletId)),
    }),
    tokenCount: t.exposeInt('tokenCount'),
  }),
});

const HoldingConnection = connectionOf(Holding, 'Holding');

builder.prismaObjectFields('Collection', (t) => ({
  owners: t.connection(
    { type: Holding, resolve: ({ id }, args, ctx) => holdingsByCollectionId(ctx.db, id, args) },
    ...HoldingConnection,
  ),
}));

builder.prismaObjectFields('Wallet', (t) => ({
  collections: t.connection(
    { type: Holding, resolve: ({ id }, args, ctx) => holdingsByWalletId(ctx.db, id, args) },
    ...HoldingConnection,
  ),
}));
