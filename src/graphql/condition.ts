/** Conditions of lists: SQL over `t`, and what is read by it where the SQL alone does not tell. */
import { Prisma } from '../platform/prisma/client.js';
import type { Reading } from '../tracking/reading.js';

export interface Condition {
  readonly sql: Prisma.Sql;
  /** Every row that passes has this value here. */
  readonly equal?: { readonly column: string; readonly value: unknown };
  /** What the SQL reads besides columns of `t`, for one parent. Left out: whole tables, by the names that it has. */
  readonly reading?: (parent: number | null) => Reading;
}

/** A value that a column must have; no condition if it is none. A list that has one depends on those rows alone. */
export function equals(column: string, value: string | number | boolean | null | undefined): Condition | null {
  if (value == null) return null;
  return { sql: Prisma.sql`${Prisma.raw(`t."${column}"`)} = ${value}`, equal: { column, value } };
}
