/** Which rows of which models a text may mean, best first. */
import { Prisma } from '../../platform/prisma/client.js';
import { searchRank } from '../../graphql/search-condition.js';
import { type SearchableModel, searchableOf } from '../../graphql/searchable.js';
import type { Db } from '../../tracking/db.js';
import { modelNamed } from '../../tracking/models.js';
import { type Reading, readingOfRows } from '../../tracking/reading.js';
import { columnsNamedIn } from '../../tracking/sql-names.js';
import { candidates } from './candidates.js';
import { wordsOf } from './text.js';

export interface Match {
  model: SearchableModel;
  id: number;
}

/** One statement for all models. Of equal rank, models and ids decide, so that a question has one answer. */
export async function findMatches(
  db: Db,
  text: string,
  models: ReadonlySet<SearchableModel>,
  first: number,
): Promise<Match[]> {
  // Without a letter or a digit there is nothing to compare, and no index that could tell so.
  if (models.size === 0 || wordsOf(text).length === 0) return [];
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
  const { words, name: title, exact } = searchableOf(name);
  return readingOfRows(model, {}, columnsNamedIn(Prisma.raw([words ?? '', title, ...exact].join(' ')), model));
}

function matchesOf(model: SearchableModel, text: string, first: number): Prisma.Sql {
  const table = Prisma.raw(`"${model}"`);
  const searchable = searchableOf(model);
  // An array, so that its rows are looked up: joined to the table, they would be sought in all of it ordered by rank, the first few being enough.
  return Prisma.sql`(
    SELECT ${model}::text AS model, t.id, ${searchRank(searchable, text)}::float8 AS rank FROM ${table} AS t
    WHERE t.id = ANY(ARRAY(${candidates(table, searchable, text)}))
    ORDER BY rank DESC, t.id LIMIT ${first}::int)`;
}
