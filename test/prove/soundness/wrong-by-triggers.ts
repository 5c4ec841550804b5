/** Counters that are wrong though nobody has written them: what moves rows about must move their counts along. */
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { wrongCounters } from '../../support/recount.js';
import type { Write } from '../writes/write.js';

/** Those of which a random statement is hardly ever the cause. Who holds what is written by hand too often to be looked at. */
const COUNTERS =
  /^(Collection|Trait)\.nftCount$|^Template\.useCount$|^Agent\.(installCount|reviewCount|rating)$|^Category\.agentCount$/;

/** What is worked out of others is wrong when these were written by hand. */
const SOURCES: Readonly<Record<string, readonly string[]>> = { rating: ['rating', 'ratingSum', 'reviewCount'] };

export async function wrongByTriggers(prisma: PrismaClient, writes: readonly Write[]): Promise<Record<string, number>> {
  const statements = writes.flatMap((write) => (write.kind === 'sql' ? write.statements : []));
  const isByHand = (column: string) =>
    (SOURCES[column] ?? [column]).some((source) => statements.some((statement) => statement.includes(`"${source}"`)));
  const wrong = Object.entries(await wrongCounters(prisma));
  return Object.fromEntries(wrong.filter(([name]) => COUNTERS.test(name) && !isByHand(name.split('.')[1]!)));
}
