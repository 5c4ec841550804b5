/** Fills an empty database with a made-up marketplace: all of it in one transaction, so an interrupted run leaves nothing. */
import { Prisma, type PrismaClient } from '../../platform/prisma/client.js';
import { analyze, watchGrowth } from '../growth.js';
import { type Table, insertRows } from '../insert-rows.js';
import { marketplace } from './marketplace.js';
import { type SeedOptions, createPlan } from './plan.js';

/** Rows of all other tables need one of these, so a database without these is empty. */
const ROOTS = ['User', 'Wallet', 'Category', 'Workspace', 'Collection'] as const;

const LONGEST_MS = 6 * 3_600_000;

type RowCounts = Partial<Record<Table, number>>;

interface SeedProgress {
  /** Tokens that have been inserted, of so many. They are nearly all of the work. */
  onTokens?: (done: number, all: number) => void;
}

export async function isEmpty(db: Prisma.TransactionClient): Promise<boolean> {
  const exists = ROOTS.map((table) => Prisma.sql`EXISTS (SELECT FROM ${Prisma.raw(`"${table}"`)})`);
  const [row] = await db.$queryRaw<{ filled: boolean }[]>`SELECT ${Prisma.join(exists, ' OR ')} AS filled`;
  return row?.filled === false;
}

/** Returns how many rows each table got; null if the database was not empty, and nothing was done. */
export async function seed(
  prisma: PrismaClient,
  options: SeedOptions,
  { onTokens }: SeedProgress = {},
): Promise<RowCounts | null> {
  return prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      // Several instances may start at once on one empty database: the others wait here, and then find it filled.
      await tx.$executeRaw`LOCK TABLE ${Prisma.raw(ROOTS.map((table) => `"${table}"`).join(', '))} IN EXCLUSIVE MODE`;
      if (!(await isEmpty(tx))) return null;
      const counts = await insertAll(tx, options, onTokens);
      await finish(tx, counts);
      return counts;
    },
    { timeout: LONGEST_MS, maxWait: 10_000 },
  );
}

async function insertAll(
  tx: Prisma.TransactionClient,
  options: SeedOptions,
  onTokens: SeedProgress['onTokens'],
): Promise<RowCounts> {
  const counts: RowCounts = {};
  const { tokens } = createPlan(options);
  const grown = watchGrowth(tx);
  for (const batch of marketplace(options)) {
    await insertRows(tx, batch);
    counts[batch.table] = (counts[batch.table] ?? 0) + batch.rows.length;
    await grown(batch.rows.length);
    // Transfers come last of what belongs to a token.
    if (batch.table === 'Transfer') onTokens?.(counts.Nft ?? 0, tokens);
  }
  return counts;
}

async function finish(tx: Prisma.TransactionClient, counts: RowCounts): Promise<void> {
  // Rows came with ids from 1 on: what is inserted later goes on from there.
  const sequences = await tx.$queryRaw<{ table: Table; sequence: string }[]>`
    SELECT t.name AS table, s.oid::regclass::text AS sequence FROM unnest(${Object.keys(counts)}::text[]) AS t (name)
    JOIN pg_depend AS d ON d.refobjid = format('%I', t.name)::regclass JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'`;
  for (const { table, sequence } of sequences)
    await tx.$executeRaw`SELECT setval(${sequence}::regclass, ${counts[table]}::int)`;
  // The embedded database has no autovacuum: without this it would never learn how its rows are spread.
  await analyze(tx);
  for (const { id } of await tx.collection.findMany({ select: { id: true } }))
    await tx.$executeRaw`CALL rank_rarity(${id}::int)`;
}
