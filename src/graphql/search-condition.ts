/** The one meaning of "search" in lists and in `Query.search`: words (full text) or likeness of the name (trigrams). */
import { Prisma } from '../platform/prisma/client.js';

/** What of a model is searched: expressions over `t` that indexes in prisma/migrations/*_search* have, letter by letter. */
export interface Searchable {
  /** Text whose words count; null for models that are found by name alone. */
  words: string | null;
  name: string;
  /** Names of which each is one for itself: who writes one of them in full means this row. */
  exact: readonly string[];
}

/** True for rows that `text` may mean. Each way has an index of its own. */
export const searchCondition = (searchable: Searchable, text: string): Prisma.Sql =>
  Prisma.sql`(${Prisma.join([...wordConditions(searchable, text), ...likenessConditions(Prisma.raw(searchable.name), text)], ' OR ')})`;

/** All the words, whatever stands between them. One, or none for models that are found by name alone. */
export const wordConditions = ({ words }: Searchable, text: string): Prisma.Sql[] =>
  words ? [Prisma.sql`${document(words)} @@ ${wordsQuery(text)}`] : [];

export const likenessConditions = (name: Prisma.Sql, text: string): Prisma.Sql[] => [
  Prisma.sql`${text} <% ${name}`,
  Prisma.sql`${name} % ${text}`,
];

/** One for each. */
export const exactConditions = ({ exact }: Searchable, text: string): Prisma.Sql[] =>
  exact.map((name) => Prisma.sql`lower(${Prisma.raw(name)}) = lower(${text})`);

/** How well a row fits: a name that has the text in it is good, one that is like it is better, one that is the text comes before all others; words break ties. */
export function searchRank(searchable: Searchable, text: string): Prisma.Sql {
  const { words } = searchable;
  const name = Prisma.raw(searchable.name);
  const isExact = Prisma.join(exactConditions(searchable, text), ' OR ');
  const likeness = Prisma.sql`(${isExact})::int + similarity(${name}, ${text}) + word_similarity(${text}, ${name})`;
  if (!words) return Prisma.sql`(${likeness})`;
  return Prisma.sql`(${likeness} + ts_rank(${document(words)}, ${wordsQuery(text)}) / 4)`;
}

const document = (words: string): Prisma.Sql => Prisma.sql`to_tsvector('english', ${Prisma.raw(words)})`;

/** Signs have no meaning in it. With them, `-x` would fit nearly every row, and a phrase would be sought in all that have its words in another order. */
const wordsQuery = (text: string): Prisma.Sql => Prisma.sql`plainto_tsquery('english', ${text})`;
