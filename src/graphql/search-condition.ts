/** The one meaning of "search" in lists and in `Query.search`: words (full text) or likeness of the name (trigrams). */
import { Prisma } from '../platform/prisma/client.js';

/** What of a model is searched: expressions over `t` that its indexes in prisma/migrations/*_search have, letter by letter. */
export interface Searchable {
  /** Text whose words count; null for models that are found by name alone. */
  words: string | null;
  name: string;
}

/** The ways in which a row may be what `text` means. Each has an index of its own. */
export const searchConditions = (searchable: Searchable, text: string): Prisma.Sql[] => [
  ...wordConditions(searchable, text),
  ...likenessConditions(searchable, text),
];

/** One, or none for models that are found by name alone. */
export function wordConditions({ words }: Searchable, text: string): Prisma.Sql[] {
  if (!words) return [];
  return [Prisma.sql`to_tsvector('english', ${Prisma.raw(words)}) @@ websearch_to_tsquery('english', ${text})`];
}

export const likenessConditions = ({ name }: Searchable, text: string): Prisma.Sql[] => [
  Prisma.sql`${text} <% ${Prisma.raw(name)}`,
  Prisma.sql`${Prisma.raw(name)} % ${text}`,
];

/** True for rows that `text` may mean. */
export const searchCondition = (searchable: Searchable, text: string): Prisma.Sql =>
  Prisma.sql`(${Prisma.join(searchConditions(searchable, text), ' OR ')})`;

/** How well a row fits: a name that has the text in it is good, one that is like it is better, one that is the text comes before all others; words break ties. */
export function searchRank({ words, name }: Searchable, text: string): Prisma.Sql {
  const title = Prisma.raw(name);
  const likeness = Prisma.sql`(lower(${title}) = lower(${text}))::int + similarity(${title}, ${text}) + word_similarity(${text}, ${title})`;
  if (!words) return Prisma.sql`(${likeness})`;
  return Prisma.sql`(${likeness} + ts_rank(to_tsvector('english', ${Prisma.raw(words)}), websearch_to_tsquery('english', ${text})) / 4)`;
}
