/** All rows of a small database, so that what is asked and written is about something that exists. */
import type pg from 'pg';
import type { Table } from './catalogue.js';

export type Row = Readonly<Record<string, unknown>>;
export type Rows = ReadonlyMap<string, readonly Row[]>;

/** In the order of their keys, so that the same seed meets the same rows. */
export async function readRows(sql: pg.Client, tables: readonly Table[]): Promise<Rows> {
  const statements = tables.map(({ name, key }) => {
    const order = key.map((column) => `"${column}"`).join(', ');
    return `SELECT * FROM "${name}" ORDER BY ${order}`;
  });
  // Several statements in one message are answered by several results, which the driver's types do not tell.
  const results = (await sql.query(statements.join('; '))) as unknown as { rows: Row[] }[];
  return new Map(tables.map(({ name }, index) => [name, results[index]!.rows]));
}

export const rowsOf = (rows: Rows, table: string): readonly Row[] => rows.get(table) ?? [];
