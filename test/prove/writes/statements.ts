/** Statements past the API, on any table and any column that the database has. */
import type { Column, Table } from '../data/catalogue.js';
import {
  type Cells,
  type Scene,
  drawCell,
  drawLink,
  isRow,
  literal,
  pickColumn,
  pickRow,
  quoted,
} from './column-values.js';

/** Null: there is nothing there to do it to. */
export type Statement = (scene: Scene, table: Table) => string | null;

const list = (names: readonly string[]) => names.map(quoted).join(', ');
const setting = (cells: Cells) =>
  Object.entries(cells)
    .map(([column, value]) => `${quoted(column)} = ${value}`)
    .join(', ');

/** Columns of a new row. What has a default is left to it more often than not. */
function drawRow(scene: Scene, table: Table): Cells | null {
  const { random } = scene;
  const cells: Cells = {};
  for (const key of table.foreignKeys) {
    const columns = table.columns.filter(({ name }) => key.columns.includes(name));
    if (columns.every(({ isNullable }) => isNullable) && random.chance(0.2)) continue;
    const link = drawLink(scene, key);
    if (!link) return null;
    Object.assign(cells, link);
  }
  for (const column of table.columns) {
    if (column.name in cells || (column.hasDefault && random.chance(0.6)) || isNumbered(table, column)) continue;
    if (column.isNullable && random.chance(0.3)) continue;
    cells[column.name] = drawCell(scene, table, column);
  }
  return cells;
}

/** Its values come from a sequence. */
const isNumbered = ({ key }: Table, { name, hasDefault }: Column) => key.length === 1 && key[0] === name && hasDefault;

/** One row, the rows of one parent, or two in three of all. */
function drawCondition(scene: Scene, table: Table): string | null {
  const row = pickRow(scene, table.name);
  if (!row) return null;
  const [parent] = scene.random.shuffled(table.foreignKeys.flatMap(({ columns }) => columns));
  const roll = scene.random.fraction();
  if (roll < 0.65 || parent === undefined) return isRow(table, row);
  const value = row[parent];
  if (roll < 0.95) return value === null ? `${quoted(parent)} IS NULL` : `${quoted(parent)} = ${literal(value)}`;
  return `abs(hashtext(${list(table.key)}::text)) % 3 > 0`.replace(list(table.key), `(${list(table.key)})`);
}

export const insertRow: Statement = (scene, table) => {
  const cells = drawRow(scene, table);
  return (
    cells &&
    `INSERT INTO ${quoted(table.name)} (${list(Object.keys(cells))}) VALUES (${Object.values(cells).join(', ')})`
  );
};

/** One that is there already is changed. */
export const upsertRow: Statement = (scene, table) => {
  const cells = drawRow(scene, table);
  const unique = scene.random.pick([table.key, ...table.uniques]);
  const existing = pickRow(scene, table.name);
  if (!cells || unique.some((column) => !(column in cells) && !existing)) return null;
  if (existing && scene.random.chance(0.7)) for (const column of unique) cells[column] = literal(existing[column]);
  const changed = Object.keys(cells).filter((column) => !unique.includes(column));
  const action =
    changed.length > 0 ? `UPDATE SET ${changed.map((name) => `"${name}" = excluded."${name}"`).join(', ')}` : 'NOTHING';
  return `INSERT INTO ${quoted(table.name)} (${list(Object.keys(cells))}) VALUES (${Object.values(cells).join(', ')})
    ON CONFLICT (${list(unique)}) DO ${action}`;
};

export const updateRows: Statement = (scene, table) => {
  const condition = drawCondition(scene, table);
  const columns = table.columns.filter(({ name }) => !table.key.includes(name) && !isLink(table, name));
  if (!condition || columns.length === 0) return null;
  const cells: Cells = {};
  for (const column of [pickColumn(scene, columns), pickColumn(scene, columns)])
    cells[column.name] = column.isNullable && scene.random.chance(0.2) ? 'NULL' : drawCell(scene, table, column);
  return `UPDATE ${quoted(table.name)} SET ${setting(cells)} WHERE ${condition}`;
};

const isLink = ({ foreignKeys }: Table, name: string) => foreignKeys.some(({ columns }) => columns.includes(name));

/** To another parent, or to none. */
export const moveRows: Statement = (scene, table) => {
  const condition = drawCondition(scene, table);
  if (!condition || table.foreignKeys.length === 0) return null;
  const key = scene.random.pick(table.foreignKeys);
  const link = drawLink(scene, key);
  if (!link) return null;
  const mayBeNone = table.columns.every(({ name, isNullable }) => !key.columns.includes(name) || isNullable);
  if (mayBeNone && scene.random.chance(0.2)) for (const column of key.columns) link[column] = 'NULL';
  return `UPDATE ${quoted(table.name)} SET ${setting(link)} WHERE ${condition}`;
};

/** Rows that point at it follow (ON UPDATE CASCADE). */
export const changeKey: Statement = (scene, table) => {
  const row = pickRow(scene, table.name);
  if (!row) return null;
  const own = table.columns.filter(({ name }) => table.key.includes(name) && !isLink(table, name));
  if (own.length === 0) return null;
  const cells = Object.fromEntries(
    own.map((column) => [
      column.name,
      column.type === 'integer' ? String(scene.random.int(500, 560)) : drawCell(scene, table, column),
    ]),
  );
  return `UPDATE ${quoted(table.name)} SET ${setting(cells)} WHERE ${isRow(table, row)}`;
};

/** Rows that point at it go with it, lose it, or keep it from going. */
export const deleteRows: Statement = (scene, table) => {
  const condition = drawCondition(scene, table);
  return condition && `DELETE FROM ${quoted(table.name)} WHERE ${condition}`;
};

/** Changes nothing. */
export const touchRows: Statement = (scene, table) => {
  const condition = drawCondition(scene, table);
  const column = scene.random.pick(table.columns).name;
  return condition && `UPDATE ${quoted(table.name)} SET ${quoted(column)} = ${quoted(column)} WHERE ${condition}`;
};

/** Two rows trade a value. */
export const swapValues: Statement = (scene, table) => {
  const [one, other] = [pickRow(scene, table.name), pickRow(scene, table.name)];
  const columns = table.columns.filter(
    ({ name, labels }) =>
      !labels && ![table.key, ...table.uniques].some((unique) => unique.includes(name)) && !isLink(table, name),
  );
  if (!one || !other || columns.length === 0) return null;
  const { name, type } = pickColumn(scene, columns);
  const values = `CASE WHEN ${isRow(table, one)} THEN ${literal(other[name])}::${type} ELSE ${literal(one[name])}::${type} END`;
  return `UPDATE ${quoted(table.name)} SET ${quoted(name)} = ${values} WHERE (${isRow(table, one)}) OR (${isRow(table, other)})`;
};

export const mergeRows: Statement = (scene, table) => {
  const cells = drawRow(scene, table);
  const row = pickRow(scene, table.name);
  if (!cells || !row) return null;
  const [column] = Object.keys(cells).filter((name) => !table.key.includes(name) && !isLink(table, name));
  const action =
    column === undefined || scene.random.chance(0.3) ? 'DELETE' : `UPDATE SET ${quoted(column)} = ${cells[column]}`;
  const same = table.key.map((name) => `t.${quoted(name)} = s.${quoted(name)}`).join(' AND ');
  return `MERGE INTO ${quoted(table.name)} AS t USING (SELECT * FROM ${quoted(table.name)} WHERE ${isRow(table, row)}) AS s ON ${same}
    WHEN MATCHED THEN ${action}`;
};
