import { Prisma } from '../../platform/prisma/client.js';
import { defineRowList } from '../../graphql/list.js';
import { rowsBy } from '../../graphql/loader.js';
import { reading } from '../../tracking/reading.js';

export const userById = rowsBy('User', 'id');
export const userBySubject = rowsBy('User', 'subject');
export const userByUsername = rowsBy('User', 'username');
export const userByFid = rowsBy('User', 'fid');

export const SEARCHABLE = {
  words: null,
  name: `(t."username" || ' ' || t."displayName")`,
  exact: ['t."username"', 't."displayName"'],
};

export interface UserCollection {
  userId: number;
  collectionId: number;
  tokenCount: number;
}

/**
 * What the wallets of a user hold together. The sums of their holdings are the answer, but for an ERC-1155 token that two
 * of them hold: it counts once, so there the tokens are counted.
 */
const SUMS = Prisma.sql`(
  SELECT w."userId", h."collectionId",
    CASE WHEN count(*) = 1 OR c.standard = 'ERC721' THEN sum(h."tokenCount")::int ELSE (
      SELECT count(DISTINCT o."nftId")::int FROM "Wallet" AS own JOIN "Ownership" AS o ON o."walletId" = own.id
      WHERE own."userId" = w."userId" AND o."collectionId" = h."collectionId"
    ) END AS "tokenCount"
  FROM "Wallet" AS w JOIN "Holding" AS h ON h."walletId" = w.id JOIN "Collection" AS c ON c.id = h."collectionId"
  GROUP BY w."userId", h."collectionId", c.standard)`;

export const collectionsByUserId = defineRowList<UserCollection, 'TOKENS'>({
  name: 'user.collections',
  from: SUMS,
  parent: 'userId',
  // Which wallets the user has is seen, which holdings these have is not: those of anybody count.
  reading: (userId) => [
    ...reading.of('Wallet', { userId }, []),
    ...reading.table('Holding', ['tokenCount']),
    ...reading.table('Ownership', []),
    ...reading.table('Collection', ['standard']),
  ],
  key: 'collectionId',
  orders: { TOKENS: { by: Prisma.sql`t."tokenCount"`, type: 'int', descending: true } },
});
