/**
 * How a statement written by hand says what it reads. Each of these names rows, and the columns by which the statement chooses, orders or
 * shows them; which rows there are counts in any case. Left out columns: all of them.
 */
import { type Dependency, EXISTENCE } from '../cache/dependency.js';
import type { Prisma } from '../platform/prisma/client.js';
import { type Model, modelNamed } from './models.js';
import { type Equalities, scopeTags } from './scope.js';
import { rowTagOf } from './tags.js';

/** What was read, to be noted. */
export type Reading = readonly Dependency[];

export type ModelName = Prisma.ModelName;
type Scalars<Name extends ModelName> = Prisma.TypeMap['model'][Name]['payload']['scalars'];
type ColumnOf<Name extends ModelName> = keyof Scalars<Name> & string;

/** Numbers too long for JavaScript come as text, too. */
type Given<Value> = Value extends Prisma.Decimal ? Value | string : Value;

/** What every row has that is asked for. */
export type Values<Name extends ModelName> = { readonly [Column in ColumnOf<Name>]?: Given<Scalars<Name>[Column]> };

export const reading = {
  /**
   * Rows with these values: by the primary key the row itself, else the narrowest group that the schema has (a foreign key, unique columns,
   * the leading column of an index), else the table. A row that does not exist is named too, so that its coming is noticed.
   */
  of: <Name extends ModelName>(name: Name, values: Values<Name>, columns?: readonly ColumnOf<Name>[]): Reading =>
    readingOfRows(modelNamed(name), values, columns),

  /** Rows that were found. What is looked at in rows that `db.rows()` returned need not be said again. */
  rows: <Name extends ModelName>(name: Name, rows: readonly object[], columns: readonly ColumnOf<Name>[]): Reading =>
    rows.map((row) => ({ tag: rowTagOf(modelNamed(name), row as Record<string, unknown>), columns })),

  /** Any rows of the model. */
  table: <Name extends ModelName>(name: Name, columns?: readonly ColumnOf<Name>[]): Reading =>
    readingOfRows(modelNamed(name), {}, columns),
};

/** The same for code that knows models and columns only as it runs. */
export function readingOfRows(
  model: Model,
  values: Readonly<Record<string, unknown>>,
  columns: readonly string[] = Object.keys(model.columns),
): Reading {
  const looked = [EXISTENCE, ...Object.keys(values), ...columns];
  return scopeTags(model, equalities(values)).map((tag) => ({ tag, columns: looked }));
}

/** The same for rows that have one of these values each, by which they were sought and nothing else; each by itself, found or not. */
export function readingOfEach(model: Model, column: string, sought: readonly unknown[]): Reading {
  const columns = [EXISTENCE, column];
  const isKey = model.key.length === 1 && model.key[0] === column;
  return sought.flatMap((value): Reading => {
    if (isKey && value !== null) return [{ tag: rowTagOf(model, { [column]: value }), columns }];
    return scopeTags(model, { [column]: [value] }).map((tag) => ({ tag, columns }));
  });
}

const equalities = (values: Readonly<Record<string, unknown>>): Equalities =>
  Object.fromEntries(Object.entries(values).map(([column, value]) => [column, [value]]));
