/** The one meaning of "search" in lists and in `Query.search`: words (full text) or likeness of the name (trigrams). */
import { Prisma } from '../platform/prisma/client.js';

/** What of a model is searched: expressions over `t` that its indexes in prisma/migrations/*_search have, letter by letter. */
export interface Searchable {
  /** Text whose words count; null for models that are found by name alone. */
  words: string | null;
  name: string;
}

/** True for rows that `text` may mean. Needs the migration's indexes to be quick. */
export function searchCondition({ words, name }: Searchable, text: string): Prisma.Sql {
  const alike = Prisma.sql`${Prisma.raw(name)} % ${text} OR ${text} <% ${Prisma.raw(name)}`;
  if (!words) return Prisma.sql`(${alike})`;
  return Prisma.sql`(to_tsvector('english', ${Prisma.raw(words)}) @@ websearch_to_tsquery('english', ${text}) OR ${alike})`;
}

/** How well a row fits: likeness of the name first, words as a tie-break. */
export function searchRank({ words, name }: Searchable, text: string): Prisma.Sql {
  const likeness = Prisma.sql`greatest(similarity(${Prisma.raw(name)}, ${text}), word_similarity(${text}, ${Prisma.raw(name)}))`;
  if (!words) return likeness;
  return Prisma.sql`(${likeness} + ts_rank(to_tsvector('english', ${Prisma.raw(words)}), websearch_to_tsquery('english', ${text})) / 4)`;
}
