/**
 * Brings the holders of tokens to what owners.csv says, by transfers: who holds what follows from these (trigger).
 *
 * The rows of a token may stand anywhere in the file, so all are collected in a temporary table before the holders of a
 * token are compared.
 */
import { Prisma } from '../../platform/prisma/client.js';
import { watchGrowth } from '../growth.js';
import type { OwnerRow } from './owners.js';
import { type Difference, type Settlement, settle } from './settle.js';

type Tx = Prisma.TransactionClient;

/** One token has one row of an ERC-721 collection, and one for each holder of an ERC-1155 one: `slot` tells them apart. */
export async function createOwnerTable(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    CREATE TEMPORARY TABLE owner_row ("nftId" int, slot int, "walletId" int, quantity int, line int, PRIMARY KEY ("nftId", slot))
    ON COMMIT DROP`;
}

interface Target {
  id: number;
  standard: 'ERC721' | 'ERC1155';
}

export type Refused = { line: number; fault: string }[];

/** Returns the rows that were not taken, and why. */
export async function collectOwners(tx: Tx, collection: Target, rows: readonly OwnerRow[]): Promise<Refused> {
  const { known, refused } = await checkOwners(tx, collection, rows);
  if (known.length === 0) return refused;
  const json = JSON.stringify(known);
  await tx.$executeRaw`
    INSERT INTO "Wallet" (address)
    SELECT DISTINCT r.owner FROM json_to_recordset(${json}::json) AS r (owner text)
    WHERE NOT EXISTS (SELECT FROM "Wallet" AS w WHERE w.address = r.owner) ORDER BY 1
    ON CONFLICT DO NOTHING`;
  const repeated = await tx.$queryRaw<{ line: number; earlier: number }[]>`
    WITH given AS MATERIALIZED (
      SELECT n.id AS "nftId", w.id AS "walletId", r.quantity, r.line,
        CASE ${collection.standard}::text WHEN 'ERC721' THEN 0 ELSE w.id END AS slot
      FROM json_to_recordset(${json}::json) AS r ("tokenId" numeric, owner text, quantity int, line int)
      JOIN "Nft" AS n ON n."collectionId" = ${collection.id}::int AND n."tokenId" = r."tokenId"
      JOIN "Wallet" AS w ON w.address = r.owner
    ), first AS (
      SELECT DISTINCT ON ("nftId", slot) * FROM given ORDER BY "nftId", slot, line
    ), taken AS (
      INSERT INTO owner_row ("nftId", slot, "walletId", quantity, line)
      SELECT "nftId", slot, "walletId", quantity, line FROM first ON CONFLICT DO NOTHING
    )
    SELECT given.line, coalesce(o.line, first.line) AS earlier
    FROM given JOIN first USING ("nftId", slot) LEFT JOIN owner_row AS o USING ("nftId", slot)
    WHERE given.line > coalesce(o.line, first.line)`;
  const again = collection.standard === 'ERC721' ? 'this token has its owner' : 'this token and owner stand';
  return [...refused, ...repeated.map(({ line, earlier }) => ({ line, fault: `${again} in line ${earlier} already` }))];
}

async function checkOwners(tx: Tx, { id, standard }: Target, rows: readonly OwnerRow[]) {
  const tokens = await tx.$queryRaw<{ tokenId: string }[]>`
    SELECT "tokenId"::text AS "tokenId" FROM "Nft"
    WHERE "collectionId" = ${id}::int AND "tokenId" = ANY(${rows.map(({ tokenId }) => tokenId)}::numeric[])`;
  const existing = new Set(tokens.map(({ tokenId }) => tokenId));
  const faultOf = ({ tokenId, quantity }: OwnerRow): string | null => {
    if (!existing.has(tokenId)) return `token ${tokenId} is not in the collection`;
    if (standard === 'ERC1155' || quantity === 1) return null;
    return 'there is one of each ERC-721 token: leave the quantity out, or import with --standard ERC1155';
  };
  const known: OwnerRow[] = [];
  const refused: Refused = [];
  for (const row of rows) {
    const fault = faultOf(row);
    if (fault) refused.push({ line: row.line, fault });
    else known.push(row);
  }
  return { known, refused };
}

/** So many tokens are compared with one statement. */
const PAGE = 1_000;

/** Makes the transfers that are missing, and returns how many. Of a token that was verified later than `writtenAt`, more is known already: it keeps its holders. */
export async function settleOwners(tx: Tx, collectionId: number, writtenAt: Date): Promise<number> {
  await tx.$executeRaw`ANALYZE owner_row`;
  const grown = watchGrowth(tx);
  let transfers = 0;
  for (let after = 0; ;) {
    const tokens = await lockPage(tx, after, writtenAt);
    after = tokens.at(-1)?.nftId ?? after;
    const ids = tokens.flatMap(({ nftId, isOlder }) => (isOlder ? [nftId] : []));
    const rows = [...(await differences(tx, ids))].flatMap(([nftId, found]) =>
      settle(found).map((settlement) => ({ nftId, ...settlement })),
    );
    await insertTransfers(tx, collectionId, rows);
    transfers += rows.length;
    await grown(rows.length);
    if (tokens.length < PAGE) break;
  }
  await tx.$executeRaw`
    UPDATE "Nft" AS n SET "ownerVerifiedAt" = ${writtenAt}::timestamptz
    WHERE n.id IN (SELECT "nftId" FROM owner_row)
      AND (n."ownerVerifiedAt" IS NULL OR n."ownerVerifiedAt" < ${writtenAt}::timestamptz)`;
  return transfers;
}

/**
 * Locks the next tokens, as whoever moves one does: who holds them stays true until the commit. Before their holders are looked at, and in a statement of
 * its own, so that these are seen as whoever was waited for has left them.
 */
const lockPage = (tx: Tx, after: number, writtenAt: Date): Promise<{ nftId: number; isOlder: boolean }[]> =>
  tx.$queryRaw`
    WITH page AS MATERIALIZED (
      SELECT DISTINCT "nftId" FROM owner_row WHERE "nftId" > ${after}::int ORDER BY 1 LIMIT ${PAGE}::int
    ), locked AS MATERIALIZED (
      SELECT id FROM "Nft"
      WHERE id IN (SELECT "nftId" FROM page) AND ("ownerVerifiedAt" > ${writtenAt}::timestamptz) IS NOT TRUE
      ORDER BY id FOR NO KEY UPDATE
    )
    SELECT "nftId", locked.id IS NOT NULL AS "isOlder" FROM page LEFT JOIN locked ON locked.id = "nftId" ORDER BY 1`;

interface Move extends Settlement {
  nftId: number;
}

async function insertTransfers(tx: Tx, collectionId: number, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", "toId", quantity, time)
    SELECT m."nftId", ${collectionId}::int, m."fromId", m."toId", m.quantity, ${nextTime(Prisma.sql`m."nftId"`)}
    FROM json_to_recordset(${JSON.stringify(moves)}::json) AS m ("nftId" int, "fromId" int, "toId" int, quantity int)`;
}

/**
 * When a token that is locked moves next. The transaction may have begun long before the lock: others have moved the token since then, and that must not
 * seem to have happened later.
 */
export const nextTime = (nftId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`greatest(clock_timestamp(), (SELECT max(time) FROM "Transfer" WHERE "nftId" = ${nftId}))`;

async function differences(tx: Tx, nftIds: readonly number[]): Promise<Map<number, Difference[]>> {
  const rows = await tx.$queryRaw<(Difference & { nftId: number })[]>`
    SELECT "nftId", "walletId", coalesce(wanted.quantity, 0) - coalesce(held.quantity, 0) AS missing
    FROM (SELECT "nftId", "walletId", quantity FROM owner_row WHERE "nftId" = ANY(${nftIds}::int[])) AS wanted
    FULL JOIN (SELECT "nftId", "walletId", quantity FROM "Ownership" WHERE "nftId" = ANY(${nftIds}::int[])) AS held
      USING ("nftId", "walletId")
    WHERE wanted.quantity IS DISTINCT FROM held.quantity ORDER BY 1, 2`;
  const byNft = new Map<number, Difference[]>();
  for (const { nftId, ...difference } of rows) {
    const found = byNft.get(nftId);
    // One token may have a hundred thousand holders: no copy for each.
    if (found) found.push(difference);
    else byNft.set(nftId, [difference]);
  }
  return byNft;
}
