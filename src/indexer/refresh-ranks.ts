/**
 * Ranks tokens by rarity as `rank_rarity` does (migration 20261120000002_counters), for collections of any size: 300,000 ranks written at once take 12 s (PostgreSQL 15,
 * 2026-11-30), and nobody can write one of the tokens meanwhile. So all scores are written down first, page by page, and then put in order.
 */
import type { Prisma } from '../platform/prisma/client.js';

type Tx = Prisma.TransactionClient;

/** Tokens that are scored in one transaction. */
const SCORES = 10_000;
/** Tokens whose rank is written in one transaction: half a second on a busy machine, 0.7 s at most of 61 (the same day). */
const RANKS = 5_000;

/**
 * Writes down how rare some tokens are.
 * @param after the last token that was scored; null: none is.
 * @returns the last one that is now, or null if there are none left.
 */
export async function stageScores(tx: Tx, collectionId: number, after: string | null): Promise<string | null> {
  if (after === null) {
    await tx.$executeRaw`DELETE FROM refresh_score WHERE "collectionId" = ${collectionId}::int`;
    await tx.$executeRaw`DELETE FROM "Trait" WHERE "collectionId" = ${collectionId}::int AND "nftCount" = 0`;
  }
  const [{ last }] = await tx.$queryRaw<[{ last: string | null }]>`
    WITH page AS MATERIALIZED (
      SELECT id, "tokenId" FROM "Nft" WHERE "collectionId" = ${collectionId}::int AND "tokenId" > ${after ?? '-1'}::numeric
      ORDER BY "tokenId" LIMIT ${SCORES}::int
    ), scored AS (
      INSERT INTO refresh_score ("nftId", "collectionId", "tokenId", score)
      SELECT p.id, ${collectionId}::int, p."tokenId", coalesce(sum(1.0 / t."nftCount"), 0)
      FROM page AS p LEFT JOIN "NftTrait" AS x ON x."nftId" = p.id LEFT JOIN "Trait" AS t ON t.id = x."traitId"
      GROUP BY p.id, p."tokenId"
    )
    SELECT max("tokenId")::text AS last FROM page`;
  // Without it each page of ranks would put all scores in order: nobody else tells PostgreSQL in time, or ever where it is embedded, how many there are.
  if (last === null) await tx.$executeRaw`ANALYZE refresh_score`;
  return last;
}

/**
 * Writes the ranks of some tokens, the rarest first.
 * @param ranked how many have theirs.
 * @returns how many more have it now; 0: there are none left.
 */
export async function writeRanks(tx: Tx, collectionId: number, ranked: number): Promise<number> {
  const [{ more }] = await tx.$queryRaw<[{ more: number }]>`
    WITH page AS MATERIALIZED (
      SELECT "nftId", ${ranked}::int + row_number() OVER (ORDER BY score DESC, "tokenId") AS rank
      FROM refresh_score WHERE "collectionId" = ${collectionId}::int ORDER BY score DESC, "tokenId" LIMIT ${RANKS}::int
    ), ranked AS (
      UPDATE "Nft" AS n SET "rarityRank" = page.rank FROM page WHERE n.id = page."nftId" AND n."rarityRank" IS DISTINCT FROM page.rank
    ), gone AS (
      DELETE FROM refresh_score AS s USING page WHERE s."nftId" = page."nftId"
    )
    SELECT count(*)::int AS more FROM page`;
  return more;
}
