/**
 * From the owners that the indexer tells to transfers that make them so. A token's holders may stand on any page, so all pages are written down before the
 * holders of one token are compared. Tokens that no page names keep theirs, and when they were last verified.
 */
import { collectOwners, createOwnerTable, settleOwners } from '../data/import/write-owners.js';
import type { Prisma, TokenStandard } from '../platform/prisma/client.js';
import type { IndexedOwner } from './alchemy.js';

type Tx = Prisma.TransactionClient;

const NOBODY = `0x${'0'.repeat(40)}`;
const MAX_QUANTITY = 2 ** 31 - 1;
/** Tokens whose holders are compared in one transaction, and rows of them in one statement. */
const TOKENS = 250;
const ROWS = 500;

export async function stageOwners(tx: Tx, collectionId: number, owners: readonly IndexedOwner[], page: number) {
  const rows = owners.flatMap(({ ownerAddress, tokenBalances }) =>
    tokenBalances.map(({ tokenId, balance }) => ({ tokenId, owner: ownerAddress, quantity: Number(balance) })),
  );
  const held = rows.filter(({ quantity }) => quantity > 0 && quantity <= MAX_QUANTITY);
  // Read again after a hold-up, or told twice: the latest page is right.
  await tx.$executeRaw`
    INSERT INTO refresh_owner ("collectionId", "tokenId", owner, quantity, page)
    SELECT DISTINCT ON (2, 3) ${collectionId}::int, r."tokenId", r.owner, r.quantity, ${page}::int
    FROM json_to_recordset(${JSON.stringify(held)}::json) AS r ("tokenId" numeric, owner text, quantity int)
    ORDER BY 2, 3
    ON CONFLICT ("collectionId", "tokenId", owner) DO UPDATE SET quantity = excluded.quantity, page = excluded.page`;
}

interface Target {
  id: number;
  standard: TokenStandard;
}

/** Compares some tokens. False: there are none left. */
export async function settleHolders(tx: Tx, collection: Target, asOf: Date): Promise<boolean> {
  const staged = await tx.$queryRaw<{ tokenId: string; owner: string; quantity: number }[]>`
    SELECT "tokenId"::text AS "tokenId", owner, quantity FROM refresh_owner
    WHERE "collectionId" = ${collection.id}::int AND "tokenId" IN (
      SELECT DISTINCT "tokenId" FROM refresh_owner WHERE "collectionId" = ${collection.id}::int ORDER BY 1 LIMIT ${TOKENS}::int)
    ORDER BY "tokenId", page DESC, owner`;
  if (staged.length === 0) return false;
  const single = collection.standard === 'ERC721';
  const held = staged.filter(({ owner }) => owner !== NOBODY);
  const owned = new Set(held.map(({ tokenId }) => tokenId));
  const tokenIds = [...new Set(staged.map(({ tokenId }) => tokenId))];
  await createOwnerTable(tx);
  const rows = held.map((row, index) => ({ ...row, quantity: single ? 1 : row.quantity, line: index + 1 }));
  for (let start = 0; start < rows.length; start += ROWS)
    await collectOwners(tx, collection, rows.slice(start, start + ROWS));
  await settleOwners(tx, collection.id, asOf);
  await burn(
    tx,
    collection.id,
    tokenIds.filter((tokenId) => !owned.has(tokenId)),
    asOf,
  );
  await tx.$executeRaw`
    DELETE FROM refresh_owner WHERE "collectionId" = ${collection.id}::int AND "tokenId" = ANY(${tokenIds}::numeric[])`;
  return true;
}

/** Tokens that nobody holds any more. */
async function burn(tx: Tx, collectionId: number, tokenIds: readonly string[], asOf: Date): Promise<void> {
  if (tokenIds.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", quantity)
    SELECT o."nftId", o."collectionId", o."walletId", o.quantity FROM "Ownership" AS o JOIN "Nft" AS n ON n.id = o."nftId"
    WHERE n."collectionId" = ${collectionId}::int AND n."tokenId" = ANY(${tokenIds}::numeric[]) ORDER BY 1, 3`;
  await tx.$executeRaw`
    UPDATE "Nft" SET "ownerVerifiedAt" = ${asOf}::timestamptz
    WHERE "collectionId" = ${collectionId}::int AND "tokenId" = ANY(${tokenIds}::numeric[])`;
}
