/** What the database itself says of its tables. Not asked of our own metadata, whose faults the proofs are to find. */
import type pg from 'pg';

export interface Column {
  readonly name: string;
  /** As PostgreSQL calls it: `integer`, `text`, `timestamp with time zone`, … */
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** Of an enum. */
  readonly labels: readonly string[] | null;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  readonly references: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** Besides the key. */
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
}

const names = (relation: string, numbers: string) =>
  `(SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(${numbers}::int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attrelid = ${relation} AND a.attnum = k.number)`;

const unique = (isKey: boolean) =>
  `(SELECT coalesce(json_agg(${names('c.oid', 'i.indkey')}), '[]') FROM pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisprimary = ${isKey} AND i.indexprs IS NULL AND i.indpred IS NULL)`;

const TABLES = `
  SELECT c.relname AS name,
    (SELECT json_agg(json_build_object(
       'name', a.attname, 'type', format_type(a.atttypid, NULL), 'isNullable', NOT a.attnotnull, 'hasDefault', a.atthasdef,
       'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = a.atttypid)
     ) ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    ${unique(true)} -> 0 AS key,
    ${unique(false)} AS uniques,
    (SELECT coalesce(json_agg(json_build_object(
       'columns', ${names('c.oid', 'f.conkey')}, 'table', p.relname, 'references', ${names('p.oid', 'f.confkey')}
     )), '[]') FROM pg_constraint AS f JOIN pg_class AS p ON p.oid = f.confrelid
       WHERE f.conrelid = c.oid AND f.contype = 'f') AS "foreignKeys"
  FROM pg_class AS c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^(_prisma_|cache_|refresh_)'
  ORDER BY c.relname`;

/** All tables but those of the migrations, of the ledger, and of which no answers are made. */
export async function readTables(sql: pg.Client): Promise<Table[]> {
  const { rows } = await sql.query<Table>(TABLES);
  return rows;
}
