/** What is in a database, in one word per table: two databases with the same words hold the same rows. */
import { Prisma, type PrismaClient } from '../../src/platform/prisma/client.js';

export async function checksums(prisma: PrismaClient): Promise<Record<string, string>> {
  const words: Record<string, string> = {};
  for (const table of Object.values(Prisma.ModelName)) {
    const [row] = await prisma.$queryRaw<{ word: string }[]>`
      SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\n' ORDER BY t::text)), '') AS word
      FROM ${Prisma.raw(`"${table}"`)} AS t`;
    words[table] = row!.word;
  }
  return words;
}
