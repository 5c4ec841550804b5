/** Random reads through Prisma, of every kind that the tracking understands, about rows and values that there are. */
import { type Model, type Relation, modelNamed } from '../../../src/tracking/models.js';
import type { Random } from '../../../src/data/seed/random.js';
import type { Prisma } from '../../../src/platform/prisma/client.js';
import type { Rows } from './rows.js';

export interface PrismaRead {
  model: string;
  operation: string;
  args: Args;
}

type Args = Record<string, unknown>;

/** What Prisma's client is to code that knows models and operations by name only. */
type Delegates = Record<string, Record<string, (args: Args) => Promise<unknown>>>;

export const runRead = (client: Prisma.TransactionClient, { model, operation, args }: PrismaRead): Promise<unknown> =>
  (client as unknown as Delegates)[model.charAt(0).toLowerCase() + model.slice(1)]![operation]!(args);

/** How deep filters, orders and rows nest. */
const DEPTH = 2;

export class RandomReads {
  constructor(
    private readonly random: Random,
    private readonly rows: Rows,
    private readonly fieldOf: (model: string, column: string) => unknown,
  ) {}

  /** Of a model, or of one that it leads to. */
  draw(near: Model): PrismaRead {
    const neighbours = Object.values(near.relations).map((relation) => modelNamed(relation.model));
    const model = this.random.pick(this.random.chance(0.5) ? [near] : [near, ...neighbours]);
    const operation = this.random.pick([
      ...['findMany', 'findMany', 'findMany', 'findFirst', 'findFirst', 'findUnique', 'findUnique'],
      ...['findUniqueOrThrow', 'findFirstOrThrow', 'count', 'aggregate', 'groupBy'],
    ]);
    return { model: model.name, operation, args: this.#args(model, operation) };
  }

  #args(model: Model, operation: string): Args {
    if (operation.startsWith('findUnique')) return { where: this.#unique(model), ...this.#shown(model, DEPTH) };
    if (operation.startsWith('findFirst')) return { ...this.#choice(model, DEPTH), ...this.#shown(model, DEPTH) };
    if (operation === 'findMany') return { ...this.#page(model, DEPTH), ...this.#shown(model, DEPTH) };
    if (operation === 'count')
      return { where: this.#filter(model, DEPTH), ...this.#maybe(0.4, () => this.#counted(model)) };
    if (operation === 'aggregate')
      return { ...this.#choice(model, DEPTH), take: this.random.int(1, 5), ...this.#sums(model) };
    const by = this.random.shuffled(Object.keys(model.columns)).slice(0, this.random.int(1, 2));
    const having = this.#maybe(this.#row(model) ? 0.3 : 0, () => ({
      having: { [by[0]!]: this.#filterOf(model, by[0]!, false) },
    }));
    return {
      ...{
        by,
        where: this.#filter(model, 1),
        orderBy: by.map((column) => ({ [column]: 'asc' })),
        _count: { _all: true },
      },
      ...having,
    };
  }

  #choice(model: Model, depth: number): Args {
    return { where: this.#filter(model, depth), orderBy: this.#order(model, depth) };
  }

  #page(model: Model, depth: number): Args {
    const row = this.#row(model);
    return {
      ...this.#choice(model, depth),
      ...this.#maybe(0.5, () => ({ take: this.random.pick([1, 2, 3, -2]) })),
      ...this.#maybe(0.3, () => ({ skip: this.random.int(0, 2) })),
      ...(row && this.#maybe(0.2, () => ({ cursor: this.#key(model, row) }))),
      ...this.#maybe(0.15, () => ({ distinct: [this.random.pick(Object.keys(model.columns))] })),
    };
  }

  /** All rows have a place in it, so that there is one right answer. */
  #order(model: Model, depth: number): Args[] {
    const orders: Args[] = this.random.chance(0.7) ? [this.#orderBy(model, depth)] : [];
    return [...orders, ...model.key.map((column) => ({ [column]: 'asc' }))];
  }

  #orderBy(model: Model, depth: number): Args {
    const direction = this.random.pick(['asc', 'desc']);
    const relation = depth > 0 && this.random.chance(0.25) ? this.#relation(model) : null;
    if (!relation) return { [this.random.pick(Object.keys(model.columns))]: direction };
    const [name, { isList, model: far }] = relation;
    return { [name]: isList ? { _count: direction } : this.#orderBy(modelNamed(far), depth - 1) };
  }

  #shown(model: Model, depth: number): Args {
    const columns = this.random.shuffled(Object.keys(model.columns)).slice(0, this.random.int(1, 4));
    const relations =
      depth > 0 ? this.random.shuffled(Object.entries(model.relations)).slice(0, this.random.int(0, 2)) : [];
    const nested = Object.fromEntries(relations.map(([name, relation]) => [name, this.#nested(relation, depth - 1)]));
    const lists = Object.entries(model.relations).filter(([, { isList }]) => isList);
    const counts = lists.length > 0 && this.random.chance(0.2) ? { _count: this.#counts(lists) } : {};
    if (this.random.chance(0.6))
      return { select: { ...Object.fromEntries(columns.map((name) => [name, true])), ...nested, ...counts } };
    return {
      ...(relations.length > 0 && { include: { ...nested, ...counts } }),
      ...this.#maybe(0.2, () => ({ omit: { [columns[0]!]: true } })),
    };
  }

  #nested({ model, isList }: Relation, depth: number): unknown {
    const far = modelNamed(model);
    if (this.random.chance(0.2)) return isList ? { orderBy: this.#order(far, 0) } : true;
    const shown = this.#shown(far, depth);
    return isList ? { ...this.#page(far, depth), ...shown } : Object.keys(shown).length > 0 ? shown : true;
  }

  #counts(lists: [string, Relation][]): unknown {
    if (this.random.chance(0.3)) return true;
    const [name, { model }] = this.random.pick(lists);
    return { select: { [name]: this.random.chance(0.5) ? true : { where: this.#filter(modelNamed(model), 1) } } };
  }

  #counted(model: Model): Args {
    return { select: { _all: true, [this.random.pick(Object.keys(model.columns))]: true } };
  }

  #sums(model: Model): Args {
    const numbers = Object.entries(model.columns).filter(([, type]) => ['Int', 'Float', 'Decimal'].includes(type));
    const [name] = numbers.length > 0 ? this.random.pick(numbers) : [model.key[0]!];
    const some = this.random.pick(numbers.length > 0 ? ['_sum', '_avg', '_min', '_max'] : ['_min']);
    return { _count: this.random.chance(0.5) ? true : { _all: true, [name]: true }, [some]: { [name]: true } };
  }

  #filter(model: Model, depth: number): Args {
    const parts = Array.from({ length: this.random.int(0, 2) }, () => this.#condition(model, depth));
    return Object.assign({}, ...parts) as Args;
  }

  #condition(model: Model, depth: number): Args {
    if (!this.#row(model)) return {};
    if (depth > 0 && this.random.chance(0.25)) {
      const parts = [this.#condition(model, depth - 1), this.#condition(model, depth - 1)];
      return { [this.random.pick(['AND', 'OR', 'NOT'])]: parts };
    }
    const relation = depth > 0 && this.random.chance(0.3) ? this.#relation(model) : null;
    if (relation) return { [relation[0]]: this.#relationFilter(relation[1], depth - 1) };
    // What narrows a question down is looked for on purpose: it is where a dependency could be too narrow.
    const column = this.random.chance(0.5)
      ? this.random.pick([model.key, ...model.groups].flat())
      : this.random.pick(Object.keys(model.columns));
    return { [column]: this.#filterOf(model, column) };
  }

  #relationFilter({ isList, model }: Relation, depth: number): unknown {
    const filter = this.#filter(modelNamed(model), depth);
    if (isList) return { [this.random.pick(['some', 'every', 'none'])]: filter };
    return this.random.chance(0.4) ? filter : { [this.random.pick(['is', 'isNot'])]: filter };
  }

  #filterOf(model: Model, column: string, besides = true): unknown {
    const value = this.#value(model, column);
    const type = model.columns[column]!;
    const others = Object.keys(model.columns).filter((name) => name !== column && model.columns[name] === type);
    if (value === null) return null;
    if (['Boolean', 'Enum'].includes(type)) return this.random.pick([value, { equals: value }, { not: value }]);
    return this.random.pick([
      ...[
        value,
        { equals: value },
        { in: [value, this.#value(model, column) ?? value] },
        { not: value },
        { gt: value },
        { lte: value },
      ],
      ...(typeof value === 'string' && type === 'String'
        ? [{ contains: value.slice(1, 3) }, { equals: value.toUpperCase(), mode: 'insensitive' }]
        : []),
      ...(besides && others.length > 0 && type !== 'Enum'
        ? [{ lt: this.fieldOf(model.name, this.random.pick(others)) }]
        : []),
    ]);
  }

  #unique(model: Model): Args {
    const row = this.#row(model);
    const columns = this.random.pick(model.uniques);
    const values = columns.map((column) => [column, row?.[column] ?? this.#missing(model, column)] as const);
    const [[only, value]] = values as [(typeof values)[number]];
    const key = columns.length === 1 ? { [only]: value } : { [columns.join('_')]: Object.fromEntries(values) };
    return { ...this.#maybe(0.3, () => ({ AND: [this.#condition(model, 1)] })), ...key };
  }

  #key(model: Model, row: Readonly<Record<string, unknown>>): Args {
    const values = Object.fromEntries(model.key.map((column) => [column, row[column]]));
    return model.key.length === 1 ? values : { [model.key.join('_')]: values };
  }

  #missing(model: Model, column: string): unknown {
    return model.columns[column] === 'String' ? 'nobody' : 999;
  }

  #value(model: Model, column: string): unknown {
    return this.#row(model)?.[column] ?? null;
  }

  #row(model: Model): Readonly<Record<string, unknown>> | null {
    const rows = this.rows.get(model.name) ?? [];
    return rows.length > 0 ? this.random.pick(rows) : null;
  }

  #relation(model: Model): [string, Relation] | null {
    const relations = Object.entries(model.relations);
    return relations.length > 0 ? this.random.pick(relations) : null;
  }

  #maybe<T extends object>(probability: number, make: () => T): T | Record<string, never> {
    return this.random.chance(probability) ? make() : {};
  }
}
