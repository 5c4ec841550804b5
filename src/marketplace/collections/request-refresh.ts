/** A refresh is asked for by a row; whoever does it finds that (src/indexer). */
import { ApiError, conflict, notSetUp } from '../../errors.js';
import type { CollectionSource } from '../../graphql/collection-source.js';
import type { Context } from '../../graphql/context.js';
import type { Db } from '../../tracking/db.js';

/** So many may be waiting. */
const MAX_WAITING = 100;
/** So many that one member asked for may be unfinished: large ones take hours, and twenty members have to come together to fill the line. */
const MAX_UNFINISHED = 5;

interface Request {
  /** Of its tokens; null if that is not known. */
  total: number | null;
  /** The member who asks; null: an admin, who may have as many wait as they like. */
  requestedById: number | null;
}

/** @throws UNAVAILABLE if there is no indexer. */
export function sourceOf(ctx: Context): CollectionSource {
  if (ctx.source) return ctx.source;
  throw notSetUp(
    'This server has no indexer to read collections from. Whoever runs it sets INDEXER_URL and INDEXER_API_KEY.',
  );
}

/** @throws CONFLICT if as many of the member's refreshes are unfinished as may be. */
export async function leaveRoomForOthers({ prisma }: Db, memberId: number): Promise<void> {
  const unfinished = await prisma.collectionRefresh.count({
    where: { requestedById: memberId, status: { in: ['WAITING', 'RUNNING'] } },
  });
  if (unfinished < MAX_UNFINISHED) return;
  throw conflict(
    `${unfinished} collections that you added are still to be read. Add another one when one of them is done or failed: Collection.refresh tells.`,
  );
}

/**
 * One that is under way goes on as it is; one that was put off is due at once.
 * @throws CONFLICT if it would be one more of the member's, and they have as many as they may; UNAVAILABLE if too many of all are waiting.
 */
export async function requestRefresh(db: Db, collectionId: number, { total, requestedById }: Request): Promise<void> {
  const { prisma: tx } = db;
  if (requestedById !== null) {
    // Requests of one member take turns, so that each counts those before it.
    await tx.$executeRaw`SELECT FROM "User" WHERE id = ${requestedById}::int FOR NO KEY UPDATE`;
    await leaveRoomForOthers(db, requestedById);
  }
  const ended = await tx.collectionRefresh.deleteMany({ where: { collectionId, status: { in: ['DONE', 'FAILED'] } } });
  const made = await tx.collectionRefresh.createMany({
    data: { collectionId, total, requestedById },
    skipDuplicates: true,
  });
  const isOneMore = made.count > ended.count;
  if (requestedById !== null && isOneMore) await limitWaiting(db);
  await tx.collectionRefresh.updateMany({
    where: { collectionId, status: 'WAITING', error: { not: null } },
    data: { attempts: 0, notBefore: new Date(0) },
  });
}

/** Nothing has failed when it refuses, however many ask: whoever runs the server sees what waits. */
async function limitWaiting({ prisma }: Db): Promise<void> {
  if ((await prisma.collectionRefresh.count({ where: { status: 'WAITING' } })) <= MAX_WAITING) return;
  const message = `${MAX_WAITING} collections are waiting to be refreshed already. Try again later.`;
  throw new ApiError('UNAVAILABLE', message, { reportable: false });
}
