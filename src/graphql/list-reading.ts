/** What a list reads, found in the list's own definition, so that nobody has to write it down. */
import type { Prisma } from '../platform/prisma/client.js';
import { type Model, modelNamed } from '../tracking/models.js';
import { type ModelName, type Reading, readingOfRows } from '../tracking/reading.js';
import { columnsNamedIn, modelsNamedIn } from '../tracking/sql-names.js';
import type { Condition } from './condition.js';

export interface ListSource {
  /** Whose rows the list has; null: nobody's, such as sums. */
  readonly model: ModelName | null;
  /** The rows, where they are more than the model's table. */
  readonly from: Prisma.Sql | null;
  /** The column that holds the parent's key. */
  readonly parent: string | null;
  /** What `from` reads for a parent, its order and the parent's column included. Null: the tables that it names, as a whole. */
  readonly reading: ((parent: number | null) => Reading) | null;
}

/** Which rows of the list are asked for, and in which order. */
export interface Asked {
  readonly conditions: readonly Condition[];
  /** Null for a count. */
  readonly order: Prisma.Sql | null;
}

/** What is read for a page or a count, besides what is looked at in the rows. Null: that cannot be told. */
export function listReading(source: ListSource, asked: Asked, parents: readonly (number | null)[]): Reading | null {
  const rows = source.from === null ? rowsRead(source, asked, parents) : sourceRead(source, source.from, parents);
  if (rows.length === 0) return null;
  const expressions = asked.order === null ? [] : tablesRead(asked.order);
  return [...rows, ...expressions, ...asked.conditions.flatMap((condition) => conditionRead(condition, parents))];
}

/** Of a list over one table: the parent's rows, or those that have the values demanded, by the columns that choose and order. */
function rowsRead(
  { model: name, parent }: ListSource,
  { conditions, order }: Asked,
  parents: readonly (number | null)[],
): Reading {
  const model = modelNamed(name!);
  const expressions = [...conditions.map(({ sql }) => sql), ...(order === null ? [] : [order])];
  const columns = [...new Set(expressions.flatMap((sql) => columnsNamedIn(sql, model)))];
  const demanded = Object.fromEntries(conditions.flatMap(({ equal }) => (equal ? [[equal.column, equal.value]] : [])));
  if (parent === null) return readingOfRows(model, demanded, columns);
  return parents.flatMap((key) => readingOfRows(model, { [parent]: key, ...demanded }, columns));
}

const sourceRead = ({ reading }: ListSource, from: Prisma.Sql, parents: readonly (number | null)[]): Reading =>
  reading ? parents.flatMap(reading) : tablesRead(from);

const conditionRead = ({ sql, reading }: Condition, parents: readonly (number | null)[]): Reading =>
  reading ? parents.flatMap(reading) : tablesRead(sql);

const tablesRead = (sql: Prisma.Sql): Reading => modelsNamedIn(sql).flatMap((model: Model) => readingOfRows(model, {}));
