/**
 * Ranks tokens by rarity as `rank_rarity` does (migration 20261120000002_counters), for collections of any size: 300,000 ranks written at once take 12 s (PostgreSQL 15,
 * 2026-11-30), and nobody can write one of the tokens meanwhile. So all scores are written down first, page by page, and then put in order.
 */
import type { Prisma } from '../platform/prisma/client.js';
import { PORTION } from './portions.js';

type Tx = Prisma.TransactionClient;

/** Tokens that are scored in one transaction. */
const SCORES = 10_000;

/**
 * Writes down how rare some tokens are.
 * @param after the last token that was scored; null: none is.
 * @returns the last one that is now, or null if there are none left.
 */
export async function stageScores(tx: Tx, collectionId: number, after: string | null): Promise<string | null> {
  if (after === null) {
    await forgetScores(tx, collectionId);
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

const forgetScores = (tx: Tx, collectionId: number) =>
  tx.$executeRaw`DELETE FROM refresh_score WHERE "collectionId" = ${collectionId}::int`;

/** Where ranks begin. */
export const FIRST_RANKS = '0 Infinity -1';

/** How many tokens have their rank; the score and the number of the last of them. */
const PLACE = /^(\d+) (Infinity|[\d.]+) (-1|\d+)$/;

/** Other versions have left others behind. */
export const isPlace = (pageKey: string | null): pageKey is string => PLACE.test(pageKey ?? '');

/**
 * Writes the ranks of some tokens, the rarest first. Scores stay until all have theirs: while somebody has an old snapshot open, each page would otherwise walk
 * over all that were deleted before it. Tokens that are gone take no rank.
 * @param after where the page before has ended, or FIRST_RANKS.
 * @returns where this one has, or null if there are none left.
 */
export async function writeRanks(tx: Tx, collectionId: number, after: string): Promise<string | null> {
  const [, ranked, score, tokenId] = PLACE.exec(after)!;
  const [end] = await tx.$queryRaw<{ place: string }[]>`
    WITH page AS MATERIALIZED (
      SELECT "nftId", -score AS commonness, "tokenId" FROM refresh_score
      WHERE "collectionId" = ${collectionId}::int AND (-score, "tokenId") > (-${score}::numeric, ${tokenId}::numeric)
      ORDER BY -score, "tokenId" LIMIT ${PORTION}::int
    ), present AS MATERIALIZED (
      SELECT n.id, ${Number(ranked)}::int + row_number() OVER (ORDER BY p.commonness, p."tokenId") AS rank
      FROM page AS p JOIN "Nft" AS n ON n.id = p."nftId"
    ), written AS (
      UPDATE "Nft" AS n SET "rarityRank" = p.rank FROM present AS p WHERE n.id = p.id AND n."rarityRank" IS DISTINCT FROM p.rank
    )
    SELECT concat_ws(' ', ${Number(ranked)}::int + (SELECT count(*) FROM present), -commonness, "tokenId") AS place
    FROM page ORDER BY commonness DESC, "tokenId" DESC LIMIT 1`;
  if (!end) await forgetScores(tx, collectionId);
  return end?.place ?? null;
}
