/** Many rows in one statement, so that the triggers that keep counters run once for all of them. */
import { Prisma } from '../platform/prisma/client.js';

/** The tables that are filled in bulk, with what a row takes. */
export interface Tables {
  User: Prisma.UserCreateManyInput;
  Wallet: Prisma.WalletCreateManyInput;
  Category: Prisma.CategoryCreateManyInput;
  Agent: Prisma.AgentCreateManyInput;
  Review: Prisma.ReviewCreateManyInput;
  Template: Prisma.TemplateCreateManyInput;
  TemplateStep: Prisma.TemplateStepCreateManyInput;
  TemplateUse: Prisma.TemplateUseCreateManyInput;
  Workspace: Prisma.WorkspaceCreateManyInput;
  WorkspaceMember: Prisma.WorkspaceMemberCreateManyInput;
  Installation: Prisma.InstallationCreateManyInput;
  Collection: Prisma.CollectionCreateManyInput;
  Trait: Prisma.TraitCreateManyInput;
  Nft: Prisma.NftCreateManyInput;
  NftTrait: Prisma.NftTraitCreateManyInput;
  Transfer: Prisma.TransferCreateManyInput;
}

export type Table = keyof Tables;

export interface Batch<T extends Table = Table> {
  table: T;
  /** All with the same columns. */
  rows: readonly Tables[T][];
}

/** Well above what a statement costs by itself, and a few megabytes at most. */
const BATCH_ROWS = 5_000;

export function* batches<T extends Table>(table: T, source: Iterable<Tables[T]>): Generator<Batch<T>> {
  let rows: Tables[T][] = [];
  for (const row of source) {
    rows.push(row);
    if (rows.length < BATCH_ROWS) continue;
    yield { table, rows };
    rows = [];
  }
  if (rows.length > 0) yield { table, rows };
}

/**
 * The rows travel as one JSON value that PostgreSQL reads by the table's own types: no list of columns with casts to keep
 * in step with the schema, and a third of the time of createMany(), which binds a parameter for each cell.
 */
export async function insertRows(tx: Prisma.TransactionClient, { table, rows }: Batch): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .map((name) => `"${name}"`)
    .join(', ');
  if (columns === '') return;
  await tx.$executeRaw`
    INSERT INTO ${Prisma.raw(`"${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}"`)},
      ${JSON.stringify(rows)}::json)`;
}
