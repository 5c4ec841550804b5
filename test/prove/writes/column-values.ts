/** Values of columns, as SQL literals, drawn from so few that rows often meet. */
import pg from 'pg';
import type { Random } from '../../../src/data/seed/random.js';
import type { Column, ForeignKey, Table } from '../data/catalogue.js';
import { type Row, type Rows, rowsOf } from '../data/rows.js';
import { DAYS, WORDS, addressOf } from '../data/words.js';

/** What a question is about, as the database was asked it: so a write has a real chance to change the answer. */
export interface Aim {
  readonly tables: readonly string[];
  /** Keys and other values among the parameters. */
  readonly values: ReadonlySet<string>;
  /** Of columns, and of what bears the same name in the document. */
  readonly names: ReadonlySet<string>;
}

export interface Scene {
  readonly random: Random;
  readonly tables: readonly Table[];
  readonly rows: Rows;
  readonly aim: Aim | null;
}

const AIMED = 0.75;

/** A row of the table, more likely one that the aim names; null if there is none. */
export function pickRow({ random, rows, aim }: Scene, table: string): Row | null {
  const all = rowsOf(rows, table);
  if (all.length === 0) return null;
  const named = aim && random.chance(AIMED) ? all.filter((row) => isNamed(row, aim)) : [];
  return random.pick(named.length > 0 ? named : all);
}

/** A column, more likely one that the aim names. */
export function pickColumn({ random, aim }: Scene, columns: readonly Column[]): Column {
  const named = aim && random.chance(AIMED) ? columns.filter(({ name }) => aim.names.has(name)) : [];
  return random.pick(named.length > 0 ? named : columns);
}

const isNamed = (row: Row, { values }: Aim) =>
  Object.values(row).some(
    (value) => (typeof value === 'number' || typeof value === 'string') && values.has(String(value)),
  );

/** By column: its value. */
export type Cells = Record<string, string>;

export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}

export const quoted = (name: string): string => `"${name}"`;

/** Columns that point elsewhere together, with a row that is there; null if there is none. */
export function drawLink(scene: Scene, { columns, table, references }: ForeignKey): Cells | null {
  const parent = pickRow(scene, table);
  if (!parent) return null;
  return Object.fromEntries(columns.map((column, index) => [column, literal(parent[references[index]!])]));
}

export function drawCell({ random }: Scene, table: Table, { name, type, labels }: Column): string {
  const isUnique = [table.key, ...table.uniques].some((columns) => columns.length === 1 && columns[0] === name);
  if (labels) return literal(random.pick(labels));
  if (name === 'address') return literal(addressOf(random.int(1, 120)));
  switch (type) {
    case 'boolean':
      return random.pick(['true', 'false']);
    case 'integer':
      return String(random.int(1, 6));
    case 'numeric':
      return literal(random.pick(['0', '1', '2', '3', '7', '10']));
    case 'double precision':
      return random.pick(['0', '1.5', '330.25', '4']);
    case 'timestamp with time zone':
      return literal(`${random.pick(DAYS)}T00:00:00Z`);
    case 'text':
      return literal(isUnique ? `${random.pick(WORDS)}-${random.int(1, 30)}` : random.pick(WORDS));
    default:
      throw new Error(`The proofs cannot write a ${type} (${table.name}.${name}): add it to drawCell() in this file.`);
  }
}

/** A condition that is true for this row alone. */
export const isRow = ({ key }: Table, row: Row): string =>
  key.map((column) => `${quoted(column)} = ${literal(row[column])}`).join(' AND ');
