/**
 * Reads the tokens of a collection into the database, in one transaction: all that is good, or, if something is wrong
 * and `strict`, nothing. Whatever ends it half-way leaves nothing behind, and repeating it changes nothing.
 */
import type { Prisma, PrismaClient, TokenStandard } from '../../platform/prisma/client.js';
import { OperatorError } from '../../platform/operator-error.js';
import { analyze, watchGrowth } from '../growth.js';
import type { Token } from './metadata.js';
import type { ImportOptions } from './options.js';
import { type OwnerRow, type OwnersFile, openOwners } from './owners.js';
import { type Source, openSource } from './source.js';
import { collectOwners, createOwnerTable, settleOwners } from './write-owners.js';
import { writeTokens } from './write-tokens.js';

export interface ImportReport {
  added: number;
  changed: number;
  unchanged: number;
  /** Records that were not imported. */
  bad: number;
  transfers: number;
  /** Lines of the CSV file that were left out. */
  badOwners: number;
}

interface ImportObserver {
  /** A record was refused: `line 7`, `7.json`, `owners.csv, line 3`. */
  onFault?: (place: string, fault: string) => void;
  /** A file was left out that is no record. */
  onNote?: (place: string, note: string) => void;
  onProgress?: (step: 'tokens' | 'owners', done: number, all: number) => void;
}

/** A batch is written when it has so many records, or so many bytes. */
const BATCH = 500;
const BATCH_BYTES = 1_000_000;
/** The token and its traits, more or less. */
const ROWS_OF_TOKEN = 8;
const LONGEST_MS = 6 * 3_600_000;

/** @throws OperatorError if nothing was imported; the message says why. */
export async function importCollection(
  prisma: PrismaClient,
  options: ImportOptions,
  observer: ImportObserver = {},
): Promise<ImportReport> {
  const source = await openSource(options.path);
  const owners = options.owners === undefined ? null : await openOwners(options.owners);
  return prisma.$transaction(
    async (tx) => {
      // A slow disk must not end the transaction of a PostgreSQL server.
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`;
      const run = { tx, collection: await openCollection(tx, source, options), options, observer, report: newReport() };
      await importTokens(run, source);
      if (owners) await importOwners(run, owners);
      await finish(run);
      return run.report;
    },
    { timeout: LONGEST_MS, maxWait: 10_000 },
  );
}

interface Run {
  tx: Prisma.TransactionClient;
  collection: { id: number; standard: TokenStandard };
  options: ImportOptions;
  observer: ImportObserver;
  report: ImportReport;
}

const newReport = (): ImportReport => ({ added: 0, changed: 0, unchanged: 0, bad: 0, transfers: 0, badOwners: 0 });

/** Nothing will be kept, so nothing more is written; the rest is only looked through for faults. */
const isLost = ({ options, report }: Run): boolean => options.strict && report.bad + report.badOwners > 0;

/** Finds or makes the collection, and locks it: two imports of it take turns. */
async function openCollection(tx: Prisma.TransactionClient, source: Source, options: ImportOptions) {
  const { address, chain, name, standard } = options;
  await tx.collection.createMany({
    data: { address, chain, name: name ?? source.name, standard: standard ?? 'ERC721' },
    skipDuplicates: true,
  });
  const [row] = await tx.$queryRaw<[Run['collection'] & { name: string }]>`
    SELECT id, name, standard FROM "Collection" WHERE chain = ${chain}::"Chain" AND address = ${address} FOR NO KEY UPDATE`;
  if (standard && standard !== row.standard)
    throw new OperatorError(`The collection ${address} is here as ${row.standard}: leave --standard out.`);
  if (name !== undefined && name !== row.name) await tx.collection.update({ where: { id: row.id }, data: { name } });
  return row;
}

async function importTokens(run: Run, source: Source): Promise<void> {
  const { observer, report } = run;
  const grown = watchGrowth(run.tx);
  let batch: Token[] = [];
  let bytes = 0;
  const write = async (): Promise<void> => {
    if (!isLost(run)) {
      const { added, changed } = await writeTokens(run.tx, run.collection.id, batch);
      report.added += added;
      report.changed += changed;
      report.unchanged += batch.length - added - changed;
      await grown((added + changed) * ROWS_OF_TOKEN);
    }
    batch = [];
    bytes = 0;
    observer.onProgress?.('tokens', source.progress.done, source.progress.all);
  };
  for await (const entry of source.entries()) {
    if ('note' in entry) {
      observer.onNote?.(entry.place, entry.note);
      continue;
    }
    if ('fault' in entry) {
      report.bad += 1;
      observer.onFault?.(entry.place, entry.fault);
      continue;
    }
    batch.push(entry.token);
    bytes += entry.bytes;
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await write();
  }
  await write();
}

async function importOwners(run: Run, { entries, progress, writtenAt }: OwnersFile): Promise<void> {
  const { tx, collection, observer, report } = run;
  await createOwnerTable(tx);
  const refuse = ({ line, fault }: { line: number; fault: string }): void => {
    report.badOwners += 1;
    observer.onFault?.(`owners, line ${line}`, fault);
  };
  let batch: OwnerRow[] = [];
  const collect = async (): Promise<void> => {
    if (!isLost(run)) (await collectOwners(tx, collection, batch)).forEach(refuse);
    batch = [];
    observer.onProgress?.('owners', progress.done, progress.all);
  };
  for await (const entry of entries()) {
    if ('fault' in entry) refuse(entry);
    else batch.push(entry.row);
    if (batch.length >= BATCH) await collect();
  }
  await collect();
  if (!isLost(run)) report.transfers = await settleOwners(tx, collection.id, writtenAt);
}

async function finish(run: Run): Promise<void> {
  const { tx, collection, options, report } = run;
  const { added, changed, unchanged, bad, badOwners } = report;
  if (isLost(run))
    throw new OperatorError(
      `Nothing was imported: --strict takes all or none, and ${bad + badOwners} records are bad.`,
    );
  if (bad > 0 && added + changed + unchanged === 0)
    throw new OperatorError('Nothing was imported: every record is bad.');
  if (added + changed + unchanged === 0)
    throw new OperatorError(`Nothing was imported: ${options.path} holds no token.`);
  if (added + changed === 0) return;
  await tx.$executeRaw`DELETE FROM "Trait" WHERE "collectionId" = ${collection.id}::int AND "nftCount" = 0`;
  // The embedded database has no autovacuum: without this it would never learn how its rows are spread.
  await analyze(tx);
  await tx.$executeRaw`CALL rank_rarity(${collection.id}::int)`;
  // A refresh that is ranking what was here before begins that again: see src/indexer/refresh-ranks.ts.
  await tx.$executeRaw`
    UPDATE "CollectionRefresh" SET step = 'SCORES', "pageKey" = NULL
    WHERE "collectionId" = ${collection.id}::int AND step IN ('SCORES', 'RANKS') AND status IN ('WAITING', 'RUNNING')`;
}
