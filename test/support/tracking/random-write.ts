/** Random writes of single rows, in SQL. Values come from other rows, so that rows meet, part, enter groups and leave them. */
import type { Random } from '../../../src/data/seed/random.js';
import type { Model } from '../../../src/tracking/models.js';
import { type Row, type Rows, rowsOf } from './rows.js';

/** To a table that is not empty. */
export function drawWrite(random: Random, rows: Rows, model: Model): string {
  const all = rowsOf(rows, model);
  const [row, other] = [random.pick(all), random.pick(all)];
  const kind = random.fraction();
  if (kind < 0.15 && all.length > 2) return `DELETE FROM "${model.name}" WHERE ${isRow(model, row)}`;
  if (kind < 0.35) return insert(random, model, row);
  return `UPDATE "${model.name}" SET ${changes(random, model, other)} WHERE ${isRow(model, row)}`;
}

function changes(random: Random, model: Model, other: Row): string {
  const count = random.pick([1, 1, 1, 2]);
  const columns = random.shuffled(Object.keys(model.columns)).slice(0, count);
  return columns.map((column) => `"${column}" = ${change(random, model, column, other)}`).join(', ');
}

function change(random: Random, model: Model, column: string, other: Row): string {
  const type = model.columns[column]!;
  const isLink = [model.key, ...model.groups].flat().includes(column);
  if (!isLink && ['Int', 'Float', 'Decimal'].includes(type) && random.chance(0.5)) return `"${column}" + 1`;
  if (type === 'Boolean') return `NOT "${column}"`;
  if (type === 'DateTime' && random.chance(0.5)) return `"${column}" + interval '1 day'`;
  if (!isLink && type === 'String' && random.chance(0.5)) return `"${column}" || 'x'`;
  return `(SELECT "${column}" FROM "${model.name}" WHERE ${isRow(model, other)})`;
}

/** A copy of a row under another key, with new texts where they are unique. Constraints refuse some. */
function insert(random: Random, model: Model, row: Row): string {
  const columns = Object.keys(model.columns).filter((column) => !isNumbered(model, column));
  const unique = new Set(model.uniques.filter((columns) => columns.length === 1).flat());
  const keys = new Set(model.uniques.filter((columns) => columns.length > 1).flat());
  const values = columns.map((column) => {
    const type = model.columns[column];
    if (unique.has(column) && type === 'String') return `'new-${random.int(1, 1_000_000)}'`;
    if (unique.has(column)) return 'NULL';
    if (keys.has(column))
      return `(SELECT "${column}" FROM "${model.name}" ORDER BY md5("${column}"::text || '${random.int(1, 99)}') LIMIT 1)`;
    return `"${column}"`;
  });
  const names = columns.map((column) => `"${column}"`).join(', ');
  return `INSERT INTO "${model.name}" (${names}) SELECT ${values.join(', ')} FROM "${model.name}" WHERE ${isRow(model, row)}`;
}

const isNumbered = ({ key, columns }: Model, column: string) =>
  key.length === 1 && key[0] === column && columns[column] === 'Int';

const isRow = ({ key }: Model, row: Row): string =>
  key.map((column) => `"${column}" = ${literal(row[column])}`).join(' AND ');

const literal = (value: unknown) =>
  typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
