/**
 * Lists: connections that are paged by keyset.
 *
 * A page costs one statement for all parents of a tick: for each parent, a LATERAL subquery walks an index from the
 * cursor and stops after the page. A cursor holds the value that the list is ordered by and the key of the row, so it
 * stays right while rows come and go, and means the same to every parent.
 */
import { Prisma } from '../platform/prisma/client.js';
import { badInput } from '../errors.js';
import type { Db } from '../tracking/db.js';
import type { ModelName, Reading } from '../tracking/reading.js';
import type { Condition } from './condition.js';
import { type OrderType, decodeCursor, encodeCursor } from './cursor.js';
import { type ListSource, listReading } from './list-reading.js';
import { type LoaderOf, defineLoader, groupBy } from './loader.js';
import type { ModelRow } from './models.js';

/** How many rows a page has, if nobody says, and at most. */
export const PAGE = { default: 20, max: 100 };

export interface Order {
  /** What the list is ordered by, an expression over `t` that is never null. The key follows in the same direction. */
  by: Prisma.Sql;
  type: OrderType;
  descending?: true;
}

export interface PageArgs<OrderName extends string = string, Filter = unknown> {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: Filter | null;
  orderBy?: OrderName | null;
}

export interface Page<Row> {
  edges: Edge<Row>[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  totalCount: () => Promise<number>;
}

/** A row where the list shows it. Most are asked for without their cursor, which costs more than the row. */
class Edge<Row> {
  readonly node: Row;
  readonly #place: () => string;

  constructor(node: Row, place: () => string) {
    this.node = node;
    this.#place = place;
  }

  get cursor(): string {
    return this.#place();
  }
}

interface RowListOptions<Row, OrderName extends string, Filter> {
  /** Stands in the cursors. */
  name: string;
  /** Where rows come from. */
  from: Prisma.Sql;
  /** What `from` reads for one parent, what chooses and orders included. Left out: the tables that it names, as a whole. */
  reading?: (parent: number | null) => Reading;
  /** The column of `t` that holds the parent's key. A list without parent is a root list. */
  parent?: string;
  /** The column that tells rows of one parent apart. */
  key?: string;
  /** The first one is the default. */
  orders: Record<OrderName, Order>;
  /** Conditions over `t`. Null is none. */
  where?: (filter: Filter) => (Prisma.Sql | Condition | null)[];
  /** Rows of the list answer this loader, too. */
  prime?: LoaderOf<number, Row | null>;
}

interface ListOptions<Model extends keyof ModelRow, OrderName extends string, Filter> extends Omit<
  RowListOptions<ModelRow[Model], OrderName, Filter>,
  'from'
> {
  model: Model;
  /** Where rows come from, when it is more than the model's table. Must have the model's columns. */
  from?: Prisma.Sql;
}

/** Which part of which list, the same for all parents: pages that agree in it share a statement. */
interface Window<Filter> {
  order: string;
  size: number;
  backwards: boolean;
  after?: string;
  before?: string;
  filter?: Filter;
}

interface PageKey<Filter> {
  parent: number | null;
  window: Window<Filter>;
}

/** A root list has one, null. */
type Parents = readonly (number | null)[];

type ListedRow = Record<string, unknown> & { parent$?: number; order$: unknown };

export type List<Row, OrderName extends string, Filter> = (
  db: Db,
  parent: number | null,
  args: PageArgs<OrderName, Filter>,
) => Promise<Page<Row>>;

/** @throws (the list) BAD_USER_INPUT for page arguments out of bounds and for cursors of other lists. */
export const defineList = <Model extends keyof ModelRow, OrderName extends string = 'ID', Filter = never>({
  model,
  from,
  ...options
}: ListOptions<Model, OrderName, Filter>): List<ModelRow[Model], OrderName, Filter> =>
  defineListOf<ModelRow[Model], OrderName, Filter>(
    { from: from ?? Prisma.raw(`"${model}"`), ...options },
    sourceOf(model, from ?? null, options),
  );

/** A list of rows that are no model's, such as sums. */
export const defineRowList = <Row extends object, OrderName extends string, Filter = never>(
  options: RowListOptions<Row, OrderName, Filter>,
): List<Row, OrderName, Filter> => defineListOf(options, sourceOf(null, options.from, options));

const sourceOf = (
  model: ModelName | null,
  from: Prisma.Sql | null,
  { parent, reading }: { parent?: string; reading?: (parent: number | null) => Reading },
): ListSource => ({ model, from, parent: parent ?? null, reading: reading ?? null });

function defineListOf<Row extends object, OrderName extends string, Filter>(
  options: RowListOptions<Row, OrderName, Filter>,
  source: ListSource,
): List<Row, OrderName, Filter> {
  const { from } = options;
  const keyName = options.key ?? 'id';
  const key = Prisma.raw(`t."${keyName}"`);
  const parentColumn = options.parent === undefined ? null : Prisma.raw(`t."${options.parent}"`);
  const defaultOrder = Object.keys(options.orders)[0] as OrderName;
  const ofParent = { family: options, column: 'parent$' };
  const tag = (order: string) => `${options.name}:${order}`;

  const pages = defineLoader<PageKey<Filter>, Page<Row>>(
    (db, keys) =>
      inGroups(
        keys,
        ({ window }) => JSON.stringify(window),
        async (group, variant) => {
          const { window } = group[0]!;
          const parents = group.map(({ parent }) => parent);
          const conditions = conditionsOf(window.filter);
          const reading = readingOf(parents, conditions, options.orders[window.order as OrderName].by);
          const of = (parents: Parents) => pageStatement(window, parents, conditions);
          // Without conditions it ends with the page. Who knows how far others have to walk for theirs?
          const rows = await (parentColumn && conditions.length === 0
            ? db.keyed<ListedRow>(
                { variant, rowsOfKey: window.size + 1, of, ...ofParent },
                parents as number[],
                reading,
              )
            : db.sql<ListedRow>(of(parents), reading));
          const byParent = groupBy(rows, rowParent);
          return group.map(({ parent }) => toPage(db, parent, window, byParent.get(parent) ?? []));
        },
      ),
    JSON.stringify,
  );

  const counts = defineLoader<{ parent: number | null; filter?: Filter }, number>(
    (db, keys) =>
      inGroups(
        keys,
        ({ filter }) => JSON.stringify(filter ?? null),
        async (group) => {
          const parents = group.map(({ parent }) => parent);
          const conditions = conditionsOf(group[0]!.filter);
          const rows = await db.sql<{ parent$: number | null; count$: number }>(
            countStatement(parents, conditions),
            readingOf(parents, conditions, null),
          );
          const byParent = new Map(rows.map((row) => [row.parent$, row.count$]));
          return group.map(({ parent }) => byParent.get(parent) ?? 0);
        },
      ),
    JSON.stringify,
  );

  function conditionsOf(filter: Filter | undefined): Condition[] {
    const conditions = filter === undefined || !options.where ? [] : options.where(filter);
    return conditions.filter((part) => part !== null).map((part) => ('strings' in part ? { sql: part } : part));
  }

  /** Worked out only if somebody wants to know. */
  const readingOf = (parents: Parents, conditions: Condition[], order: Prisma.Sql | null) => (): Reading | null =>
    listReading(source, { conditions, order }, parents);

  function pageStatement(window: Window<Filter>, parents: Parents, conditions: Condition[]): Prisma.Sql {
    const order = options.orders[window.order as OrderName];
    const ascending = window.backwards === Boolean(order.descending);
    const direction = Prisma.raw(ascending ? 'ASC' : 'DESC');
    const place = (cursor: string, argument: 'after' | 'before') => {
      const { value, key } = decodeCursor(tag(window.order), order.type, cursor, [argument]);
      return Prisma.sql`(${value}::${Prisma.raw(order.type)}, ${key}::int)`;
    };
    // `after` is further along in the list's own direction, `before` nearer to its start.
    const [later, earlier] = order.descending ? [Prisma.raw('<'), Prisma.raw('>')] : [Prisma.raw('>'), Prisma.raw('<')];
    const where = conditions.map(({ sql }) => sql);
    if (window.after !== undefined)
      where.push(Prisma.sql`(${order.by}, ${key}) ${later} ${place(window.after, 'after')}`);
    if (window.before !== undefined)
      where.push(Prisma.sql`(${order.by}, ${key}) ${earlier} ${place(window.before, 'before')}`);

    const rows = (conditions: Prisma.Sql[]) => Prisma.sql`
      SELECT t.*, ${order.by} AS "order$" FROM ${from} AS t
      ${conditions.length > 0 ? Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}` : Prisma.empty}
      ORDER BY ${order.by} ${direction}, ${key} ${direction} LIMIT ${window.size + 1}`;

    if (!parentColumn) return rows(where);
    return Prisma.sql`
      SELECT p.id AS "parent$", t.* FROM unnest(${parents}::int[]) AS p (id)
      CROSS JOIN LATERAL (${rows([Prisma.sql`${parentColumn} = p.id`, ...where])}) AS t
      ORDER BY "order$" ${direction}, ${key} ${direction}`;
  }

  function countStatement(parents: Parents, conditions: Condition[]): Prisma.Sql {
    const where = conditions.map(({ sql }) => sql);
    if (!parentColumn) {
      return Prisma.sql`SELECT NULL::int AS "parent$", count(*)::int AS "count$" FROM ${from} AS t
        ${where.length > 0 ? Prisma.sql`WHERE ${Prisma.join(where, ' AND ')}` : Prisma.empty}`;
    }
    return Prisma.sql`SELECT ${parentColumn} AS "parent$", count(*)::int AS "count$" FROM ${from} AS t
      WHERE ${Prisma.join([Prisma.sql`${parentColumn} = ANY(${parents}::int[])`, ...where], ' AND ')} GROUP BY 1`;
  }

  function toPage(db: Db, parent: number | null, window: Window<Filter>, found: ListedRow[]): Page<Row> {
    const rows = found.slice(0, window.size);
    if (window.backwards) rows.reverse();
    const more = found.length > window.size;
    const nodes = (source.model === null ? rows : db.observed(source.model, rows)) as Row[];
    const edges = rows.map((row, index) => {
      const node = nodes[index]!;
      options.prime?.(db).prime(row[keyName] as number, node);
      return new Edge(node, () => encodeCursor(tag(window.order), row.order$, row[keyName] as number));
    });
    return {
      edges,
      pageInfo: {
        hasNextPage: window.backwards ? window.before !== undefined : more,
        hasPreviousPage: window.backwards ? more : window.after !== undefined,
        get startCursor() {
          return edges.at(0)?.cursor ?? null;
        },
        get endCursor() {
          return edges.at(-1)?.cursor ?? null;
        },
      },
      totalCount: () => counts(db).load({ parent, ...(window.filter !== undefined && { filter: window.filter }) }),
    };
  }

  return (db, parent, args) => pages(db).load({ parent, window: toWindow(args, args.orderBy ?? defaultOrder) });
}

function toWindow<Filter>(
  { first, after, last, before, filter }: PageArgs<string, Filter>,
  order: string,
): Window<Filter> {
  const issues = [];
  if (typeof first === 'number' && typeof last === 'number')
    issues.push({ path: ['last'], message: 'give either first or last, not both' });
  for (const [name, size] of [
    ['first', first],
    ['last', last],
  ] as const) {
    if (typeof size === 'number' && (size < 0 || size > PAGE.max))
      issues.push({ path: [name], message: `must be between 0 and ${PAGE.max}` });
  }
  if (issues.length > 0) throw badInput(issues);
  return {
    order,
    size: first ?? last ?? PAGE.default,
    backwards: typeof last === 'number',
    ...(after != null && { after }),
    ...(before != null && { before }),
    ...(filter != null && { filter }),
  };
}

const rowParent = (row: ListedRow): number | null => row.parent$ ?? null;

/** Answers keys group by group, and gives the answers back in the order of the keys. */
async function inGroups<Key, Value>(
  keys: readonly Key[],
  groupOf: (key: Key) => string,
  load: (group: Key[], name: string) => Promise<Value[]>,
): Promise<(Value | Error)[]> {
  const answers = new Map<Key, Value | Error>();
  await Promise.all(
    [...groupBy(keys, groupOf)].map(async ([name, group]) => {
      // One group that fails, by a broken cursor say, leaves the others alone.
      const values = await load(group, name).catch((error: unknown) =>
        group.map(() => (error instanceof Error ? error : new Error('A page could not be loaded.', { cause: error }))),
      );
      group.forEach((key, index) => answers.set(key, values[index]!));
    }),
  );
  return keys.map((key) => answers.get(key)!);
}
