/** Which wallet gives a token that is to be moved. */
import { type Wallet, Prisma } from '../../platform/prisma/client.js';
import { badInput, conflict } from '../../errors.js';
import type { Db } from '../../tracking/db.js';

interface Viewer {
  id: number;
  isAdmin: boolean;
}

interface Wish {
  nftId: number;
  toAddress: string;
  quantity: number;
  fromAddress?: string | null | undefined;
}

/** @throws CONFLICT if no wallet that the viewer may take from holds enough; BAD_USER_INPUT if they must say which one. */
export async function findGiver(tx: Db, viewer: Viewer, wish: Wish): Promise<Wallet> {
  const holders = await findHolders(tx, viewer, wish);
  const others = holders.filter(({ address }) => address !== wish.toAddress);
  const own = others.filter(({ userId }) => userId === viewer.id);
  // Admins may take from anybody, and do so only where they have nothing of their own to give.
  const [giver, rival] = own.length > 0 ? own : others;
  if (giver && rival) {
    const message = `several wallets hold enough of this token, such as ${giver.address} and ${rival.address}: say which one gives it`;
    throw badInput([{ path: ['input', 'fromAddress'], message }]);
  }
  if (giver) return giver;
  if (holders.length > 0)
    throw badInput([
      { path: ['input', 'toAddress'], message: 'this wallet holds the token already: name another one' },
    ]);
  throw conflict(
    `${describeGiver(viewer, wish)} holds ${wish.quantity} of this token. Look at its owners, and try again.`,
  );
}

function describeGiver({ isAdmin }: Viewer, { fromAddress }: Wish): string {
  const whose = isAdmin ? '' : ' of yours';
  return fromAddress == null ? `No wallet${whose}` : `No wallet${whose} with the address ${fromAddress}`;
}

/** Three are enough to tell: the one who takes may be among them, and of two others somebody has to choose. */
const findHolders = (tx: Db, viewer: Viewer, { nftId, quantity, fromAddress = null }: Wish): Promise<Wallet[]> =>
  tx.sql<Wallet>(Prisma.sql`
    SELECT w.* FROM "Ownership" AS o JOIN "Wallet" AS w ON w.id = o."walletId"
    WHERE o."nftId" = ${nftId}::int AND o.quantity >= ${quantity}::int
      AND (${viewer.isAdmin} OR w."userId" = ${viewer.id}::int)
      AND (${fromAddress}::text IS NULL OR w.address = ${fromAddress}::text)
    ORDER BY w."userId" IS NOT DISTINCT FROM ${viewer.id}::int DESC, w.id LIMIT 3`);
