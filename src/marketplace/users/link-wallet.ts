import type { Hex } from 'viem';
import { isHex, verifyMessage } from 'viem/utils';
import type { SiweMessage } from 'viem/siwe';
import { z } from 'zod';
import { Prisma, type Wallet as WalletRow } from '../../platform/prisma/client.js';
import { badInput } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { required } from '../../graphql/loader.js';
import { modelType } from '../../graphql/model-type.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { userById } from './loaders.js';
import { findFault, signInMessage } from './sign-in-message.js';
import { User } from './types.js';
import { spendNonce } from './wallet-nonce.js';

const SIGNATURE_LENGTH = 132;

const signature = z.custom<Hex>(
  (text) => isHex(text) && text.length === SIGNATURE_LENGTH,
  'write 0x and 130 hexadecimal digits',
);

const LinkWalletInput = builder
  .inputType('LinkWalletInput', {
    fields: (t) => ({ message: t.string({ required: true }), signature: t.string({ required: true }) }),
  })
  .validate(z.object({ message: signInMessage, signature }));

const LinkWalletPayload = builder.simpleObject('LinkWalletPayload', {
  fields: (t) => ({ user: t.field({ type: User }), wallet: t.field({ type: modelType('Wallet') }) }),
});

builder.mutationField('linkWallet', (t) =>
  t.field({
    type: LinkWalletPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: LinkWalletInput, required: true }) },
    resolve: async (_root, { input: { message, signature } }, ctx) => {
      const fault = findFault(message, ctx.signInDomains, new Date());
      if (fault) throw badInput([{ path: ['input', 'message'], message: fault }]);
      await requireSignature(message, signature);
      const { id } = await ctx.user();
      // A nonce is spent with the link or not at all: one of the viewer's own is worth nothing to anybody else, and who
      // failed with it, by a wrong account in their wallet say, may try again.
      return await write(ctx, async (tx) => {
        await spendNonce(tx, id, message.nonce);
        const wallet = await putWallet(tx, id, message.address.toLowerCase());
        return { wallet, user: await required(userById(tx).load(id)) };
      });
    },
  }),
);

/** Wallets that are contracts sign otherwise (ERC-1271): to ask them takes a node of their chain, which we do not have. */
async function requireSignature({ address, text }: SiweMessage & { text: string }, signature: Hex): Promise<void> {
  const matches = await verifyMessage({ address, message: text, signature }).catch(() => false);
  if (matches) return;
  const message = `not the signature of this message by ${address}: sign exactly this text with that wallet`;
  throw badInput([{ path: ['input', 'signature'], message }]);
}

/** One that is known keeps its id, so that linking it over and over does not use up the sequence. */
async function putWallet(tx: Db, userId: number, address: string): Promise<WalletRow> {
  const [wallet] = await tx.sql<WalletRow>(Prisma.sql`
    INSERT INTO "Wallet" (id, address, "userId")
    VALUES (coalesce((SELECT id FROM "Wallet" WHERE address = ${address}), nextval('"Wallet_id_seq"')), ${address}, ${userId}::int)
    ON CONFLICT (address) DO UPDATE SET "userId" = excluded."userId" RETURNING *`);
  return wallet!;
}
