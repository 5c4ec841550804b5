import { z } from 'zod';
import { Prisma, type Transfer as TransferRow } from '../../platform/prisma/client.js';
import { conflict, notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { isAdmin } from '../../graphql/context.js';
import { MAX_INT, ZERO_ADDRESS, address } from '../../graphql/inputs.js';
import { required } from '../../graphql/loader.js';
import { nodeId } from '../../graphql/node-id.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { findGiver } from './find-giver.js';
import { nftById } from './loaders.js';
import { Transfer } from './transfer-types.js';
import { Nft } from './types.js';

const TransferNftInput = builder
  .inputType('TransferNftInput', {
    fields: (t) => ({
      nftId: t.id({ required: true }),
      toAddress: t.string({ required: true }),
      quantity: t.int({ required: true, defaultValue: 1 }),
      fromAddress: t.string(),
    }),
  })
  .validate(
    z.object({
      nftId: nodeId('Nft'),
      // Contracts refuse it, too: what goes there is lost to everybody.
      toAddress: address.refine((text) => text !== ZERO_ADDRESS, 'nobody can take a token at the zero address'),
      quantity: z.int().min(1, 'must be at least 1'),
      fromAddress: address.nullish(),
    }),
  );

const TransferNftPayload = builder.simpleObject('TransferNftPayload', {
  fields: (t) => ({ nft: t.field({ type: Nft }), transfer: t.field({ type: Transfer }) }),
});

builder.mutationField('transferNft', (t) =>
  t.field({
    type: TransferNftPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: TransferNftInput, required: true }) },
    resolve: async (_root, { input }, ctx) => {
      const viewer = { id: (await ctx.user()).id, isAdmin: isAdmin(ctx) };
      return await write(ctx, async (tx) => {
        await lockNft(tx, input.nftId);
        const giver = await findGiver(tx, viewer, input);
        const transfer = await insertTransfer(tx, giver.id, input);
        return { transfer, nft: await required(nftById(tx).load(input.nftId)) };
      });
    },
  }),
);

/**
 * One transfer of a token at a time: who holds what stays true from the choice of the giver to the commit. The triggers
 * of "Transfer" take the same lock, so nothing passes it by.
 */
async function lockNft(tx: Db, nftId: number): Promise<void> {
  const locked = await tx.sql(Prisma.sql`SELECT id FROM "Nft" WHERE id = ${nftId}::int FOR NO KEY UPDATE`);
  if (locked.length === 0) throw notFound('This token', ['input', 'nftId']);
}

/** The database's clock, read under the lock: the transfers of a token have their times in the order they happened in. */
async function insertTransfer(
  tx: Db,
  fromId: number,
  { nftId, toAddress, quantity }: { nftId: number; toAddress: string; quantity: number },
): Promise<TransferRow> {
  // A conflict would take an id from the sequence with each transfer to a wallet that is known.
  await tx.sql(Prisma.sql`
    INSERT INTO "Wallet" (address) SELECT ${toAddress}
    WHERE NOT EXISTS (SELECT FROM "Wallet" WHERE address = ${toAddress}) ON CONFLICT DO NOTHING`);
  const [transfer] = await tx.sql<TransferRow>(Prisma.sql`
    INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", "toId", quantity, time)
    SELECT n.id, n."collectionId", ${fromId}::int, w.id, ${quantity}::int, clock_timestamp()
    FROM "Nft" AS n, "Wallet" AS w LEFT JOIN "Ownership" AS o ON o."walletId" = w.id AND o."nftId" = ${nftId}::int
    WHERE n.id = ${nftId}::int AND w.address = ${toAddress}
      AND coalesce(o.quantity, 0)::bigint + ${quantity}::int <= ${MAX_INT}::int
    RETURNING *`);
  if (transfer) return transfer;
  throw conflict(`A wallet can hold at most ${MAX_INT} of one token. Move fewer, or to another wallet.`);
}
