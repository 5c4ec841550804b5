/** Who holds a token: now, all of them, and at a moment in the past. */
import { builder } from '../../graphql/builder.js';
import { count } from '../../graphql/inputs.js';
import { required } from '../../graphql/loader.js';
import { ownerAt, ownersByNftId, walletById } from './loaders.js';
import { Wallet } from './types.js';

const Ownership = builder.prismaObject('Ownership', {
  fields: (t) => ({
    wallet: t.field({
      type: Wallet,
      resolve: ({ walletId }, _args, ctx) => required(walletById(ctx.db).load(walletId)),
    }),
    quantity: t.exposeInt('quantity'),
  }),
});

builder.prismaObjectFields('Nft', (t) => ({
  owner: t.field({
    type: Wallet,
    nullable: true,
    resolve: ({ ownerId }, _args, ctx) => (ownerId === null ? null : walletById(ctx.db).load(ownerId)),
  }),
  owners: t.field({
    type: [Ownership],
    args: { first: t.arg.int({ required: true, defaultValue: 20, validate: count }) },
    resolve: ({ id }, { first }, ctx) => ownersByNftId(ctx.db).load({ nftId: id, first }),
  }),
  ownerAt: t.field({
    type: Wallet,
    nullable: true,
    args: { time: t.arg({ type: 'DateTime', required: true }) },
    resolve: ({ id }, { time }, ctx) => ownerAt(ctx.db).load({ nftId: id, time }),
  }),
}));
