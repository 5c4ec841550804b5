/** Ends entries that no write has touched: by an event in the ledger like that of any write, so that every instance and every tier knows of it. */
import { EXISTENCE } from '../cache/dependency.js';
import { formatChange } from '../cache/event.js';
import { EVERYTHING, type Tag } from '../cache/tag.js';
import { Prisma } from '../platform/prisma/client.js';
import { type Writer, write } from './write.js';

/** Resolves when no instance serves anything that depends on one of `tags` and was read before. */
export async function invalidate(writer: Writer, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  const changes = tags.map((tag) => formatChange({ tag, columns: [EXISTENCE] }));
  await write(writer, (tx) => tx.sql(Prisma.sql`INSERT INTO public.cache_event (changes) VALUES (${changes}::text[])`));
}

/** The same of all there is. */
export const invalidateEverything = (writer: Writer): Promise<void> => invalidate(writer, [EVERYTHING]);
