/**
 * From the owners that the indexer tells to transfers that make them so. A token's holders may stand on any page, so all pages are written down before the
 * holders of one token are compared. Tokens that no page names, or that were verified after these pages, keep theirs, and when that was.
 */
import { collectOwners, createOwnerTable, nextTime, settleOwners } from '../data/import/write-owners.js';
import { MAX_INT, ZERO_ADDRESS } from '../graphql/inputs.js';
import { Prisma, type TokenStandard } from '../platform/prisma/client.js';
import type { IndexedOwner } from './alchemy.js';
import { PORTION, portionsOf } from './portions.js';

type Tx = Prisma.TransactionClient;

/** Rows that are compared in one transaction, unless a single token has more: then its transfers are told as a change of all tokens (see portions.ts), once. */
const PAGE_ROWS = PORTION;

export async function stageOwners(tx: Tx, collectionId: number, owners: readonly IndexedOwner[], page: number) {
  const rows = owners.flatMap(({ ownerAddress, tokenBalances }) =>
    tokenBalances.map(({ tokenId, balance }) => ({
      tokenId,
      owner: ownerAddress,
      // More cannot be stored. Left out, whoever has come to hold so much would be taken for one who holds nothing, and burnt.
      quantity: Math.min(Number(balance), MAX_INT),
    })),
  );
  const held = rows.filter(({ quantity }) => quantity > 0);
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
  // One row more than may be taken tells whether the last token is whole. Only these are counted: counting all for each page would take for ever.
  const staged = await tx.$queryRaw<{ tokenId: string; owner: string; quantity: number }[]>`
    WITH first AS (
      SELECT "tokenId" FROM refresh_owner WHERE "collectionId" = ${collection.id}::int ORDER BY 1 LIMIT ${PAGE_ROWS + 1}::int
    ), counted AS (
      SELECT "tokenId", sum(count(*)) OVER (ORDER BY "tokenId") AS "upTo" FROM first GROUP BY 1
    )
    SELECT "tokenId"::text AS "tokenId", owner, quantity FROM refresh_owner
    WHERE "collectionId" = ${collection.id}::int AND "tokenId" <= (
      SELECT coalesce(max("tokenId") FILTER (WHERE "upTo" <= ${PAGE_ROWS}::int), min("tokenId")) FROM counted)
    ORDER BY refresh_owner."tokenId", page DESC, owner`;
  if (staged.length === 0) return false;
  const single = collection.standard === 'ERC721';
  // What moved while the pages were read stands on several; the latest is right, and may say that it was burnt.
  const latest = single ? staged.filter(({ tokenId }, index) => tokenId !== staged[index - 1]?.tokenId) : staged;
  const held = latest.filter(({ owner }) => owner !== ZERO_ADDRESS);
  const owned = new Set(held.map(({ tokenId }) => tokenId));
  const tokenIds = [...new Set(staged.map(({ tokenId }) => tokenId))];
  await createOwnerTable(tx);
  const rows = held.map((row, index) => ({ ...row, quantity: single ? 1 : row.quantity, line: index + 1 }));
  for (const portion of portionsOf(rows)) await collectOwners(tx, collection, portion);
  await lockTokens(tx, collection.id, tokenIds);
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

/** Those that are burnt together with those that are settled, in one order: whoever locks several of the same ones is waited for, and does not end in a deadlock. */
const lockTokens = (tx: Tx, collectionId: number, tokenIds: readonly string[]): Promise<unknown> =>
  tx.$executeRaw`
    SELECT id FROM "Nft" WHERE "collectionId" = ${collectionId}::int AND "tokenId" = ANY(${tokenIds}::numeric[])
    ORDER BY id FOR NO KEY UPDATE`;

/** Tokens that nobody holds any more, unless they were verified later than `asOf`. They must be locked. */
async function burn(tx: Tx, collectionId: number, tokenIds: readonly string[], asOf: Date): Promise<void> {
  if (tokenIds.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", quantity, time)
    SELECT o."nftId", o."collectionId", o."walletId", o.quantity, ${nextTime(Prisma.sql`o."nftId"`)}
    FROM "Ownership" AS o JOIN "Nft" AS n ON n.id = o."nftId"
    WHERE n."collectionId" = ${collectionId}::int AND n."tokenId" = ANY(${tokenIds}::numeric[])
      AND (n."ownerVerifiedAt" > ${asOf}::timestamptz) IS NOT TRUE ORDER BY 1, 3`;
  await tx.$executeRaw`
    UPDATE "Nft" SET "ownerVerifiedAt" = ${asOf}::timestamptz
    WHERE "collectionId" = ${collectionId}::int AND "tokenId" = ANY(${tokenIds}::numeric[])
      AND ("ownerVerifiedAt" IS NULL OR "ownerVerifiedAt" < ${asOf}::timestamptz)`;
}
