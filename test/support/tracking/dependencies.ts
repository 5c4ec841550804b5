/** What a read is seen to depend on, as tests compare it: `columns tag`, in the order of the tags. */
import { formatChange } from '../../../src/cache/event.js';
import { Db } from '../../../src/tracking/db.js';
import { Reads } from '../../../src/tracking/reads.js';
import type { Prisma } from '../../../src/platform/prisma/client.js';

export interface Tracked<Answer> {
  answer: Answer;
  reads: Reads;
  dependencies: string[];
}

export async function track<Answer>(
  client: Prisma.TransactionClient,
  read: (db: Db) => Promise<Answer>,
): Promise<Tracked<Answer>> {
  const reads = new Reads();
  const answer = await read(new Db(client, reads));
  return { answer, reads, dependencies: dependenciesIn(reads) };
}

export const dependenciesIn = (reads: Reads): string[] =>
  reads
    .dependencies()
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))
    .map(formatChange);
