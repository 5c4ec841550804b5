/**
 * Which rows of a model are ranked: few, and the same ones wherever they lie. To take those that are met first would be cheaper, but a row moves with every write
 * to it, and the answer would change without anything that it depends on.
 *
 * A part of all names is looked at first. What few have there, few have in all, and only that is looked up in the whole, by conditions whose index finds hardly
 * more than what meets them. Likeness is none: for `bored club` its index finds each `Bored Ape Yacht Club` (all the letters are there), and to see that they are
 * not alike takes microseconds each. So names are compared in the part, and in the whole where they have something rare of the text. What is read is a sixteenth
 * of what the index finds, and some thousands of rows.
 */
import {
  type Searchable,
  exactConditions,
  likenessConditions,
  wordConditions,
} from '../../graphql/search-condition.js';
import { Prisma } from '../../platform/prisma/client.js';
import { containing, hasWords, piecesOf, wordsOf } from './text.js';

/** A sixteenth, as the indexes `*_some_*` have it. */
export const PART = Prisma.raw('t."id" % 16 = 0');
/** In the part: so many there are about 3,200 in all. */
const MANY = 200;
/** How many are ranked: of those whose name is the text, for each of their names, and of all others. */
const EXACT = 200;
const LIKEST = 400;

/** A subquery of their ids; some may come twice. @param text has words */
export function candidates(table: Prisma.Sql, searchable: Searchable, text: string): Prisma.Sql {
  const exact = exactConditions(searchable, text).map(
    (condition) => Prisma.sql`(SELECT t.id FROM ${table} AS t WHERE ${condition} ORDER BY t.id LIMIT ${EXACT}::int)`,
  );
  return Prisma.join([...exact, Prisma.sql`(${likest(table, searchable, text)})`], ' UNION ALL ');
}

function likest(table: Prisma.Sql, searchable: Searchable, text: string): Prisma.Sql {
  const name = Prisma.raw(searchable.name);
  const words = wordsOf(text);
  const rows = Prisma.sql`SELECT t.id, ${name} AS name FROM ${table} AS t`;
  const isNamed = hasWords(name, words);
  const isFew = Prisma.sql`(SELECT so FROM few)`;
  // By themselves: a word that is in few names may be in very many descriptions.
  const worded = wordConditions(searchable, text).map(
    (condition) => Prisma.sql`
      UNION ${rows} WHERE ${condition} AND ${PART}
      UNION ${rows} WHERE ${condition} AND (
        SELECT count(*) < ${MANY}::int FROM (SELECT FROM ${table} AS t WHERE ${condition} AND ${PART} LIMIT ${MANY}::int) AS met)`,
  );
  // Materialized, so that it is planned without a limit: with it, PostgreSQL bets on meeting enough rows early in a walk through the whole table. `alike` is, so that
  // it is found by its pieces. What PostgreSQL does not take for a letter is in no index: what has it is looked for in the part alone.
  return Prisma.sql`
    WITH part AS MATERIALIZED (${rows} WHERE ${isNamed} AND ${PART}),
    few AS MATERIALIZED (
      SELECT count(*) < ${MANY}::int AND NOT EXISTS (SELECT FROM unnest(${words}::text[]) AS word WHERE show_trgm(word) = '{}') AS so
      FROM (SELECT FROM part LIMIT ${MANY}::int) AS met),
    ${rarePieces(table, name, words)},
    alike AS MATERIALIZED (${rows} CROSS JOIN rare WHERE ${name} ~* rare.piece)
    SELECT id FROM (
      SELECT * FROM part WHERE NOT ${isFew}
      UNION ${rows} WHERE ${isNamed} AND ${isFew}
      UNION ${rows} WHERE ${anyOf(likenessConditions(name, text))} AND ${PART} AND ${isFew}
      UNION SELECT * FROM alike WHERE ${anyOf(likenessConditions(Prisma.raw('name'), text))} AND ${isFew}
      ${worded.length > 0 ? Prisma.join(worded, ' ') : Prisma.empty}) AS met
    ORDER BY (name ILIKE ${containing(text)}) DESC, similarity(name, ${text}) DESC, id LIMIT ${LIKEST}::int`;
}

/** `rare`: the rarest pieces of the text, so many that together they are in few names. */
function rarePieces(table: Prisma.Sql, name: Prisma.Sql, words: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    pieces AS MATERIALIZED (
      SELECT piece, names FROM unnest(${piecesOf(words)}::text[]) AS piece CROSS JOIN LATERAL (
        WITH having_it AS MATERIALIZED (SELECT FROM ${table} AS t WHERE ${name} ~* piece AND ${PART})
        SELECT count(*) AS names FROM (SELECT FROM having_it LIMIT ${MANY}::int) AS met) AS counted),
    rare AS MATERIALIZED (
      SELECT piece FROM (SELECT piece, sum(names) OVER (ORDER BY names, piece) AS together FROM pieces) AS summed
      WHERE together < ${MANY}::int)`;
}

const anyOf = (conditions: readonly Prisma.Sql[]): Prisma.Sql => Prisma.sql`(${Prisma.join([...conditions], ' OR ')})`;
