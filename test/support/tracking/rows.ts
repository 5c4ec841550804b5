/** All rows of a small database, as Prisma shows them. */
import { type Model, allModels } from '../../../src/tracking/models.js';
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { runRead } from './random-read.js';

export type Row = Readonly<Record<string, unknown>>;
export type Rows = ReadonlyMap<string, readonly Row[]>;

export async function readRows(prisma: PrismaClient): Promise<Rows> {
  const rows = new Map<string, readonly Row[]>();
  for (const { name, key } of allModels) {
    const args = { orderBy: key.map((column) => ({ [column]: 'asc' })) };
    rows.set(name, (await runRead(prisma, { model: name, operation: 'findMany', args })) as Row[]);
  }
  return rows;
}

export const rowsOf = (rows: Rows, { name }: Model): readonly Row[] => rows.get(name) ?? [];
