/** Counters and other derived columns, worked out anew from the rows that they follow from. */
import { Prisma } from '../../src/platform/prisma/client.js';

const count = (child: string, link: string): string =>
  `(SELECT count(*) FROM "${child}" AS c WHERE c."${link}" = p.id)`;

/** Table, column, and what it must be for a row `p`. */
const DERIVED: readonly (readonly [string, string, string])[] = [
  ['Collection', 'nftCount', count('Nft', 'collectionId')],
  [
    'Collection',
    'ownerCount',
    `(SELECT count(DISTINCT "walletId") FROM "Ownership" AS o WHERE o."collectionId" = p.id)`,
  ],
  ['Trait', 'nftCount', count('NftTrait', 'traitId')],
  ['Template', 'useCount', count('TemplateUse', 'templateId')],
  ['Agent', 'installCount', count('Installation', 'agentId')],
  // Two sums of the same fractions may differ in their last digits.
  [
    'Agent',
    'trendScore',
    `(SELECT CASE WHEN abs(p."trendScore" - score) < 1e-6 THEN p."trendScore" ELSE score END
      FROM (SELECT coalesce(max(w) + ln(sum(power(2, greatest(w - top, -1000)))) / ln(2), 0) AS score
            FROM (SELECT w, max(w) OVER () AS top FROM (
              SELECT trend_weight(i."createdAt") AS w FROM "Installation" AS i WHERE i."agentId" = p.id) AS weights) AS parts) AS truth)`,
  ],
  ['Agent', 'reviewCount', count('Review', 'agentId')],
  ['Agent', 'ratingSum', `coalesce((SELECT sum(rating) FROM "Review" AS r WHERE r."agentId" = p.id), 0)`],
  ['Agent', 'rating', `coalesce((SELECT round(avg(rating), 2) FROM "Review" AS r WHERE r."agentId" = p.id), 0)`],
  ['Category', 'agentCount', '(SELECT count(*) FROM "Agent" AS a WHERE a.category = p.slug)'],
  [
    'Nft',
    'ownerId',
    '(SELECT CASE count(*) WHEN 1 THEN min(o."walletId") END FROM "Ownership" AS o WHERE o."nftId" = p.id)',
  ],
  [
    'Holding',
    'tokenCount',
    '(SELECT count(*) FROM "Ownership" AS o WHERE o."walletId" = p."walletId" AND o."collectionId" = p."collectionId")',
  ],
  [
    'Ownership',
    'quantity',
    `(SELECT sum(CASE p."walletId" WHEN t."toId" THEN t.quantity ELSE -t.quantity END) FROM "Transfer" AS t
      WHERE t."nftId" = p."nftId" AND p."walletId" IN (t."fromId", t."toId"))`,
  ],
];

/** Columns that are not what they should be, with how many rows of them. */
export async function wrongCounters(prisma: Prisma.TransactionClient): Promise<Record<string, number>> {
  const wrong: Record<string, number> = {};
  for (const [table, column, truth] of DERIVED) {
    const [row] = await prisma.$queryRaw<{ rows: number }[]>`
      SELECT count(*)::int AS rows FROM ${Prisma.raw(`"${table}" AS p WHERE p."${column}" IS DISTINCT FROM ${truth}`)}`;
    if (row!.rows > 0) wrong[`${table}.${column}`] = row!.rows;
  }
  return wrong;
}
