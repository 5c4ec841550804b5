/** Which rows of which models a text may mean, best first. */
import { Prisma } from '../../platform/prisma/client.js';
import { searchCondition, searchRank } from '../../graphql/search-condition.js';
import { type SearchableModel, searchableOf } from '../../graphql/searchable.js';
import type { Db } from '../../tracking/db.js';

export interface Match {
  model: SearchableModel;
  id: number;
}

/**
 * So many rows of a model are ranked at most: a common word may fit hundreds of thousands, ...
 */
const CANDIDATES = 1_000;

/** One statement for all models. Equal ranks take the order of models and ids, so that the same question has the same answer. */
export async function findMatches(
  db: Db,
  text: string,
  models: ReadonlySet<SearchableModel>,
  first: number,
): Promise<Match[]> {
  if (models.size === 0) return [];
  const branches = [...models].map((model) => branch(model, text, first));
  return await db.sql<Match>(Prisma.sql`
    ${Prisma.join(branches, ' UNION ALL ')} ORDER BY rank DESC, model, id LIMIT ${first}::int`);
}

function branch(model: SearchableModel, text: string, first: number): Prisma.Sql {
  const searchable = searchableOf(model);
  return Prisma.sql`(
    SELECT ${model}::text AS model, t.id, ${searchRank(searchable, text)}::float8 AS rank
    FROM (SELECT * FROM ${Prisma.raw(`"${model}"`)} AS t WHERE ${searchCondition(searchable, text)} LIMIT ${CANDIDATES}) AS t
    ORDER BY rank DESC, id LIMIT ${first}::int)`;
}
