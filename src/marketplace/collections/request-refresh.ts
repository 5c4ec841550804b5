/** A refresh is asked for by a row; whoever does it finds that (src/indexer). */
import { unavailable } from '../../errors.js';
import type { CollectionSource } from '../../graphql/collection-source.js';
import type { Context } from '../../graphql/context.js';
import type { Db } from '../../tracking/db.js';

/** So many may be waiting. */
const MAX_WAITING = 100;

/** @throws UNAVAILABLE if there is no indexer. */
export function sourceOf(ctx: Context): CollectionSource {
  if (ctx.source) return ctx.source;
  throw unavailable(
    'This server has no indexer to read collections from. Whoever runs it sets INDEXER_URL and INDEXER_API_KEY.',
  );
}

/**
 * One that is under way goes on as it is; one that was put off is due at once.
 * @param total of its tokens; null if that is not known.
 * @param isAdmin whoever asks may have as many wait as they like.
 * @throws UNAVAILABLE if it would be one more, and too many are waiting.
 */
export async function requestRefresh(
  { prisma: tx }: Db,
  collectionId: number,
  { total, isAdmin }: { total: number | null; isAdmin: boolean },
): Promise<void> {
  const ended = await tx.collectionRefresh.deleteMany({ where: { collectionId, status: { in: ['DONE', 'FAILED'] } } });
  const made = await tx.collectionRefresh.createMany({ data: { collectionId, total }, skipDuplicates: true });
  const isOneMore = made.count > ended.count;
  if (!isAdmin && isOneMore && (await tx.collectionRefresh.count({ where: { status: 'WAITING' } })) > MAX_WAITING)
    throw unavailable(`${MAX_WAITING} collections are waiting to be refreshed already. Try again later.`);
  await tx.collectionRefresh.updateMany({
    where: { collectionId, status: 'WAITING', error: { not: null } },
    data: { attempts: 0, notBefore: new Date(0) },
  });
}
