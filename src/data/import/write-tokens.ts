/** Brings tokens of a collection to what their metadata says. What is so already is not written again. */
import type { Prisma } from '../../platform/prisma/client.js';
import type { Token } from './metadata.js';

export interface Written {
  added: number;
  changed: number;
}

export async function writeTokens(
  tx: Prisma.TransactionClient,
  collectionId: number,
  tokens: readonly Token[],
): Promise<Written> {
  if (tokens.length === 0) return { added: 0, changed: 0 };
  const changed = new Set(await updateTokens(tx, collectionId, tokens));
  const added = new Set(await addTokens(tx, collectionId, tokens));
  for (const id of await setTraits(tx, collectionId, tokens)) if (!added.has(id)) changed.add(id);
  return { added: added.size, changed: changed.size };
}

type Ids = { id: number }[];

const idsOf = (rows: Ids): number[] => rows.map(({ id }) => id);

const rowsOf = (tokens: readonly Token[]): string =>
  JSON.stringify(tokens.map(({ tokenId, name, description, imageUrl }) => ({ tokenId, name, description, imageUrl })));

async function updateTokens(tx: Prisma.TransactionClient, collectionId: number, tokens: readonly Token[]) {
  const rows = await tx.$queryRaw<Ids>`
    UPDATE "Nft" AS n SET name = r.name, description = r.description, "imageUrl" = r."imageUrl"
    FROM json_to_recordset(${rowsOf(tokens)}::json) AS r ("tokenId" numeric, name text, description text, "imageUrl" text)
    WHERE n."collectionId" = ${collectionId}::int AND n."tokenId" = r."tokenId"
      AND (n.name, n.description, n."imageUrl") IS DISTINCT FROM (r.name, r.description, r."imageUrl")
    RETURNING n.id`;
  return idsOf(rows);
}

/** The collection's row is locked (see import.ts), so nobody adds these tokens at the same time. */
async function addTokens(tx: Prisma.TransactionClient, collectionId: number, tokens: readonly Token[]) {
  const rows = await tx.$queryRaw<Ids>`
    INSERT INTO "Nft" ("collectionId", "tokenId", name, description, "imageUrl")
    SELECT ${collectionId}::int, r."tokenId", r.name, r.description, r."imageUrl"
    FROM json_to_recordset(${rowsOf(tokens)}::json) AS r ("tokenId" numeric, name text, description text, "imageUrl" text)
    WHERE NOT EXISTS (SELECT FROM "Nft" AS n WHERE n."collectionId" = ${collectionId}::int AND n."tokenId" = r."tokenId")
    ORDER BY r."tokenId" RETURNING id`;
  return idsOf(rows);
}

/** The tokens that got a trait or lost one. */
async function setTraits(tx: Prisma.TransactionClient, collectionId: number, tokens: readonly Token[]) {
  const traits = JSON.stringify(
    tokens.flatMap(({ tokenId, attributes }) => attributes.map((attribute) => ({ tokenId, ...attribute }))),
  );
  await tx.$executeRaw`
    INSERT INTO "Trait" ("collectionId", "traitType", value)
    SELECT DISTINCT ${collectionId}::int, r."traitType", r.value
    FROM json_to_recordset(${traits}::json) AS r ("traitType" text, value text)
    WHERE NOT EXISTS (SELECT FROM "Trait" AS t
      WHERE t."collectionId" = ${collectionId}::int AND t."traitType" = r."traitType" AND t.value = r.value)
    ORDER BY 2, 3`;
  const rows = await tx.$queryRaw<Ids>`
    WITH wanted AS MATERIALIZED (
      SELECT n.id AS "nftId", t.id AS "traitId"
      FROM json_to_recordset(${traits}::json) AS r ("tokenId" numeric, "traitType" text, value text)
      JOIN "Nft" AS n ON n."collectionId" = ${collectionId}::int AND n."tokenId" = r."tokenId"
      JOIN "Trait" AS t ON t."collectionId" = n."collectionId" AND t."traitType" = r."traitType" AND t.value = r.value
    ), lost AS (
      DELETE FROM "NftTrait" AS x USING "Nft" AS n
      WHERE n."collectionId" = ${collectionId}::int AND n."tokenId" = ANY(${tokens.map(({ tokenId }) => tokenId)}::numeric[])
        AND x."nftId" = n.id
        AND NOT EXISTS (SELECT FROM wanted AS w WHERE w."nftId" = x."nftId" AND w."traitId" = x."traitId")
      RETURNING x."nftId"
    ), won AS (
      INSERT INTO "NftTrait" ("nftId", "traitId") SELECT "nftId", "traitId" FROM wanted ON CONFLICT DO NOTHING RETURNING "nftId"
    )
    SELECT "nftId" AS id FROM lost UNION SELECT "nftId" FROM won`;
  return idsOf(rows);
}
