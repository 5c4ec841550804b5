/**
 * The data of the simulated world. Each thing that a query can show is a cell: a number that every write of it raises. So whether an answer
 * is old can be told by comparing numbers.
 */
import { type Change, type Dependency, EXISTENCE } from '../../src/cache/dependency.js';
import { groupTag, rowTag, tableTag, wholeTag } from '../../src/cache/tag.js';
import type { Random } from './random.js';

export type Cell = string;

/** What is asked for: each inner list is read by a statement of its own, at a time of its own. */
export interface Query {
  readonly key: string;
  readonly statements: readonly (readonly Cell[])[];
  readonly cells: readonly Cell[];
  readonly dependencies: readonly Dependency[];
  /** Its response looks at who asks. */
  readonly isPrivate: boolean;
}

/** One statement that writes: what it changes, and what the triggers make of it. */
export interface Write {
  readonly cells: readonly Cell[];
  readonly changes: readonly Change[];
}

export interface Catalogue {
  readonly queries: readonly Query[];
  /** Queries that show `cell`. */
  queriesOf(cell: Cell): readonly Query[];
  draw(random: Random): Write;
}

const MODELS = ['Nft', 'Agent'] as const;
const COLUMNS = ['price', 'name'] as const;
const GROUPS = 2;

type Model = (typeof MODELS)[number];

const columnCell = (model: Model, row: number, column: string): Cell => `${model}:${row}.${column}`;
/** Raised when rows come or go. */
const existenceCell = (tag: string): Cell => `${tag}#`;
const groupOf = (model: Model, row: number): string => groupTag(model, [['owner', String(row % GROUPS)]]);

export function createCatalogue(rows: number): Catalogue {
  const queries = MODELS.flatMap((model) => queriesOn(model, rows));
  const byCell = new Map<Cell, Query[]>();
  for (const query of queries)
    for (const cell of query.cells) {
      const known = byCell.get(cell);
      if (known) known.push(query);
      else byCell.set(cell, [query]);
    }
  return {
    queries,
    queriesOf: (cell) => byCell.get(cell) ?? [],
    draw: (random) => drawWrite(rows, random),
  };
}

function drawWrite(rows: number, random: Random): Write {
  const model = random.pick(MODELS);
  const row = random.whole(0, rows - 1);
  const kind = random.next();
  if (kind < 0.85) return update(model, row, random.pick(COLUMNS));
  if (kind < 0.97) return comeOrGo(model, row);
  return rewriteAll(model, rows);
}

function update(model: Model, row: number, column: string): Write {
  const tags = [rowTag(model, String(row)), tableTag(model), groupOf(model, row)];
  return { cells: [columnCell(model, row, column)], changes: tags.map((tag) => ({ tag, columns: [column] })) };
}

function comeOrGo(model: Model, row: number): Write {
  const tags = [rowTag(model, String(row)), tableTag(model), groupOf(model, row)];
  const cells = COLUMNS.map((column) => columnCell(model, row, column));
  return {
    cells: [...cells, existenceCell(tableTag(model)), existenceCell(groupOf(model, row))],
    changes: tags.map((tag) => ({ tag, columns: [EXISTENCE] })),
  };
}

/** So many rows that the triggers name none. */
function rewriteAll(model: Model, rows: number): Write {
  return { cells: allCells(model, rows), changes: [{ tag: wholeTag(model), columns: [EXISTENCE] }] };
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const allCells = (model: Model, rows: number): Cell[] => [
  ...range(rows).flatMap((row) => COLUMNS.map((column) => columnCell(model, row, column))),
  existenceCell(tableTag(model)),
  ...range(GROUPS).map((group) => existenceCell(groupOf(model, group))),
];

function queriesOn(model: Model, rows: number): Query[] {
  const single = range(rows).map((row) =>
    query(
      `${model} ${row}`,
      [COLUMNS.map((column) => columnCell(model, row, column))],
      [{ tag: rowTag(model, String(row)), columns: COLUMNS }],
    ),
  );
  const prices = range(rows).map((row) =>
    query(
      `${model} ${row} price`,
      [[columnCell(model, row, 'price')]],
      [{ tag: rowTag(model, String(row)), columns: ['price'] }],
    ),
  );
  const groups = range(GROUPS).map((group) =>
    listOf(
      model,
      groupOf(model, group),
      range(rows).filter((row) => row % GROUPS === group),
    ),
  );
  const count = query(
    `count ${model}`,
    [[existenceCell(tableTag(model))]],
    [{ tag: tableTag(model), columns: [EXISTENCE] }],
  );
  const mine = query(
    `my ${model}`,
    [[columnCell(model, 0, 'name')]],
    [{ tag: rowTag(model, '0'), columns: ['name'] }],
    true,
  );
  return [...single, ...prices, ...groups, listOf(model, tableTag(model), range(rows)), count, mine];
}

/** First who is in it, in which order, then the rows one by one: the longer it takes, the more may happen in between. */
function listOf(model: Model, tag: string, rows: readonly number[]): Query {
  const prices = rows.map((row) => columnCell(model, row, 'price'));
  const names = rows.map((row) => columnCell(model, row, 'name'));
  return query(
    `list ${tag}`,
    [[existenceCell(tag), ...prices], names],
    [
      { tag, columns: ['price', EXISTENCE] },
      ...rows.map((row) => ({ tag: rowTag(model, String(row)), columns: ['name'] })),
    ],
  );
}

const query = (key: string, statements: Cell[][], dependencies: Dependency[], isPrivate = false): Query => ({
  key,
  statements,
  cells: statements.flat(),
  dependencies,
  isPrivate,
});
