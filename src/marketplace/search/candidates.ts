/**
 * Which rows of a model are ranked: few, though a common word fits hundreds of thousands of tokens, and the same ones wherever they lie. To take those that are
 * met first would be cheaper, but a row moves with every write to it, and the answer would change without anything that it depends on.
 */
import { type Searchable, likenessConditions, wordConditions } from '../../graphql/search-condition.js';
import { Prisma } from '../../platform/prisma/client.js';

/** For each way to be meant. */
const CANDIDATES = 200;
/**
 * Where more fit than this, the text says too little to compare each name with it, which takes microseconds: PART is looked at, in which there are about
 * CANDIDATES at least.
 */
const MANY = 3_200;
/** As the indexes `*_some_trigrams_idx` have it. */
export const PART = Prisma.raw('t."id" % 16 = 0');

/** A subquery of their ids; some may come twice. */
export function candidates(table: Prisma.Sql, searchable: Searchable, text: string): Prisma.Sql {
  const ways = new Ways(table, Prisma.raw(searchable.name), text);
  const literal = literally(searchable, text).map((condition) => ways.add(condition));
  // Where very many names have the text in them as it is, those that are only like it would not be seen.
  const unless = (condition: Prisma.Sql) =>
    Prisma.join([condition, ...literal.map((many) => Prisma.sql`NOT ${many}`)], ' AND ');
  for (const condition of wordConditions(searchable, text)) ways.addWhole(unless(condition));
  for (const condition of likenessConditions(searchable, text)) ways.add(unless(condition));
  return ways.all();
}

/**
 * Names that contain the text, letter by letter: among ten thousand that are like `Such Dragons #4012` this is the way to
 * those that were meant. The index needs three letters in a row.
 */
function literally({ name }: Searchable, text: string): Prisma.Sql[] {
  if (!/[\p{L}\p{N}]{3}/u.test(text)) return [];
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return [Prisma.sql`${Prisma.raw(name)} ILIKE ${pattern}`];
}

class Ways {
  readonly #table: Prisma.Sql;
  readonly #name: Prisma.Sql;
  readonly #likest: Prisma.Sql;
  readonly #named: Prisma.Sql[] = [];
  readonly #found: Prisma.Sql[];

  constructor(table: Prisma.Sql, name: Prisma.Sql, text: string) {
    this.#table = table;
    this.#name = name;
    this.#likest = Prisma.sql`ORDER BY similarity(name, ${text}) DESC, id LIMIT ${CANDIDATES}`;
    // Those whose name the text is, however common it is within others.
    this.#found = [
      Prisma.sql`(SELECT t.id FROM ${table} AS t WHERE lower(${name}) = lower(${text}) ORDER BY t.id LIMIT ${CANDIDATES})`,
    ];
  }

  /** The likest of those that fit. @returns a subquery that tells whether they were too many to look at each. */
  add(condition: Prisma.Sql): Prisma.Sql {
    const hits = this.#keep(condition);
    const many = Prisma.raw(`many_${this.#named.length}`);
    // Read no further than it is asked for.
    this.#named.push(
      Prisma.sql`${many} AS MATERIALIZED (SELECT count(*) > ${MANY}::int AS so FROM (SELECT FROM ${hits} LIMIT ${MANY + 1}::int) AS met)`,
    );
    const isMany = Prisma.sql`(SELECT so FROM ${many})`;
    this.#found.push(Prisma.sql`(
      SELECT id FROM (SELECT * FROM ${hits} WHERE NOT ${isMany} UNION ALL ${this.#hits(condition)} AND ${PART} AND ${isMany}) AS looked_at
      ${this.#likest})`);
    return isMany;
  }

  /** The same for a condition that costs nothing to check again, so that each is looked at. */
  addWhole(condition: Prisma.Sql): void {
    this.#found.push(Prisma.sql`(SELECT id FROM ${this.#keep(condition)} ${this.#likest})`);
  }

  all(): Prisma.Sql {
    const named = this.#named.length > 0 ? Prisma.sql`WITH ${Prisma.join(this.#named)}` : Prisma.empty;
    return Prisma.sql`${named} ${Prisma.join(this.#found, ' UNION ALL ')}`;
  }

  /**
   * Materialized, so that it is planned without a limit: with it, PostgreSQL bets on meeting enough rows early in a walk
   * through the whole table.
   */
  #keep(condition: Prisma.Sql): Prisma.Sql {
    const hits = Prisma.raw(`hits_${this.#named.length}`);
    this.#named.push(Prisma.sql`${hits} AS MATERIALIZED (${this.#hits(condition)})`);
    return hits;
  }

  #hits(condition: Prisma.Sql): Prisma.Sql {
    return Prisma.sql`SELECT t.id, ${this.#name} AS name FROM ${this.#table} AS t WHERE ${condition}`;
  }
}
