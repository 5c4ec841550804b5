import { builder } from '../../graphql/builder.js';
import { address, tokenId } from '../../graphql/inputs.js';
import { Chain } from '../../platform/prisma/enums.js';
import { nftByToken } from './loaders.js';
import { Nft } from './types.js';

builder.queryField('nft', (t) =>
  t.field({
    type: Nft,
    nullable: true,
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60 } },
    args: {
      address: t.arg.string({ required: true, validate: address }),
      tokenId: t.arg.string({ required: true, validate: tokenId }),
      chain: t.arg({ type: Chain, required: true, defaultValue: 'ETHEREUM' }),
    },
    resolve: (_root, key, ctx) => nftByToken(ctx.db).load(key),
  }),
);
