/** Which rows of which models a text may mean, best first. */
import { Prisma } from '../../platform/prisma/client.js';
import { type Searchable, searchConditions, searchRank } from '../../graphql/search-condition.js';
import { type SearchableModel, searchableOf } from '../../graphql/searchable.js';
import type { Db } from '../../tracking/db.js';
import { modelNamed } from '../../tracking/models.js';
import { type Reading, readingOfRows } from '../../tracking/reading.js';
import { columnsNamedIn } from '../../tracking/sql-names.js';

export interface Match {
  model: SearchableModel;
  id: number;
}

/** Of each model, so many rows are ranked for each way to be meant: a common word fits hundreds of thousands of tokens. */
const CANDIDATES = 200;

/** One statement for all models. Of equal rank, models and ids decide, so that a question has one answer. */
export async function findMatches(
  db: Db,
  text: string,
  models: ReadonlySet<SearchableModel>,
  first: number,
): Promise<Match[]> {
  // Without a letter or a digit there is nothing to compare, and no index that could tell so.
  if (models.size === 0 || !/[\p{L}\p{N}]/u.test(text)) return [];
  const branches = [...models].map((model) => matchesOf(model, text, first));
  return await db.sql<Match>(
    Prisma.sql`
      SELECT * FROM (${Prisma.join(branches, ' UNION ALL ')}) AS match ORDER BY rank DESC, model, id LIMIT ${first}::int`,
    () => [...models].flatMap(searchedIn),
  );
}

/** Any row may come to fit, or fit better, by the columns that are searched. */
function searchedIn(name: SearchableModel): Reading {
  const model = modelNamed(name);
  const { words, name: title } = searchableOf(name);
  return readingOfRows(model, {}, columnsNamedIn(Prisma.raw(`${words ?? ''} ${title}`), model));
}

function matchesOf(model: SearchableModel, text: string, first: number): Prisma.Sql {
  const table = Prisma.raw(`"${model}"`);
  const searchable = searchableOf(model);
  // Materialized, so that it is planned without the limit: with it, PostgreSQL bets on meeting enough rows early in a
  // walk through the whole table.
  const candidates = [...literally(searchable, text), ...searchConditions(searchable, text)].map(
    (condition) => Prisma.sql`(
      WITH hit AS MATERIALIZED (SELECT t.id FROM ${table} AS t WHERE ${condition}) SELECT id FROM hit LIMIT ${CANDIDATES})`,
  );
  return Prisma.sql`(
    SELECT ${model}::text AS model, t.id, ${searchRank(searchable, text)}::float8 AS rank FROM ${table} AS t
    WHERE t.id IN (${Prisma.join(candidates, ' UNION ALL ')})
    ORDER BY rank DESC, t.id LIMIT ${first}::int)`;
}

/**
 * Names that contain the text, letter by letter: among ten thousand that are like `Such Dragons #4012` this is the way to
 * the one that was meant. The index needs three letters in a row.
 */
function literally({ name }: Searchable, text: string): Prisma.Sql[] {
  if (!/[\p{L}\p{N}]{3}/u.test(text)) return [];
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return [Prisma.sql`${Prisma.raw(name)} ILIKE ${pattern}`];
}
