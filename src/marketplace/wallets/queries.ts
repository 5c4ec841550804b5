import { builder } from '../../graphql/builder.js';
import { address } from '../../graphql/inputs.js';
import { walletByAddress } from './loaders.js';
import { Wallet } from './types.js';

builder.queryField('wallet', (t) =>
  t.field({
    type: Wallet,
    nullable: true,
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60 } },
    args: { address: t.arg.string({ required: true, validate: address }) },
    resolve: (_root, { address }, ctx) => walletByAddress(ctx.db).load(address),
  }),
);
