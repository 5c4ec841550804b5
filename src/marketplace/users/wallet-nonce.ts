/** Nonces of Sign-In-with-Ethereum messages: a viewer's own, good once and for ten minutes by the database's clock. */
import { randomBytes } from 'node:crypto';
import { Prisma, type WalletNonce } from '../../platform/prisma/client.js';
import { badInput } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';

const CreateWalletNoncePayload = builder.simpleObject('CreateWalletNoncePayload', {
  fields: (t) => ({ nonce: t.string(), expiresAt: t.field({ type: 'DateTime' }) }),
});

builder.mutationField('createWalletNonce', (t) =>
  t.field({
    type: CreateWalletNoncePayload,
    authScopes: { signedIn: true },
    resolve: async (_root, _args, ctx) => {
      const { id } = await ctx.user();
      return await write(ctx, (tx) => createNonce(tx, id));
    },
  }),
);

/** Clears away what has expired, so that the table holds no more than ten minutes of nonces. */
async function createNonce(tx: Db, userId: number): Promise<WalletNonce> {
  await tx.sql(Prisma.sql`DELETE FROM "WalletNonce" WHERE "expiresAt" <= now()`);
  const [nonce] = await tx.sql<WalletNonce>(Prisma.sql`
    INSERT INTO "WalletNonce" (nonce, "userId", "expiresAt")
    VALUES (${randomBytes(16).toString('hex')}, ${userId}::int, now() + interval '10 minutes') RETURNING *`);
  return nonce!;
}

/**
 * Uses a nonce up. One statement: of two that come with the same nonce, one finds it.
 * @throws BAD_USER_INPUT if it is none of the user's, was used, or has expired.
 */
export async function spendNonce(tx: Db, userId: number, nonce: string): Promise<void> {
  const spent = await tx.sql(Prisma.sql`
    DELETE FROM "WalletNonce" WHERE nonce = ${nonce} AND "userId" = ${userId}::int AND "expiresAt" > now() RETURNING nonce`);
  if (spent.length > 0) return;
  const message = 'its nonce is unknown, was used or has expired: sign a message with a new one of createWalletNonce';
  throw badInput([{ path: ['input', 'message'], message }]);
}
