import { Prisma } from '../../platform/prisma/client.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, groupBy, keyedBy, rowsBy } from '../../graphql/loader.js';
import type { Ownership, Wallet } from '../../platform/prisma/client.js';
import { reading } from '../../tracking/reading.js';

export const walletById = rowsBy('Wallet', 'id');
export const walletByAddress = rowsBy('Wallet', 'address');

const walletsOfUsers = keyedBy(
  'userId',
  5,
  (userIds) => Prisma.sql`SELECT * FROM "Wallet" WHERE "userId" = ANY(${userIds}::int[]) ORDER BY "userId", id`,
);

/** The wallets of each user, the first known first. */
export const walletsByUserId = defineLoader<number, Wallet[]>(async (db, userIds) => {
  const found = await db.keyed<Wallet>(walletsOfUsers, userIds, () =>
    userIds.flatMap((userId) => reading.of('Wallet', { userId }, [])),
  );
  const rows = db.observed('Wallet', found);
  for (const row of rows) walletById(db).prime(row.id, row);
  const byUser = groupBy(rows, ({ userId }) => userId);
  return userIds.map((userId) => byUser.get(userId) ?? []);
});

/** Who holds each token, those with most of it first. Of equals the latest wallet: the order of the index, backwards. */
export const ownersByNftId = defineLoader<{ nftId: number; first: number }, Ownership[]>(
  async (db, keys) => {
    const rows = await db.rows<Ownership & { place$: number }>(
      'Ownership',
      Prisma.sql`
      SELECT k.place::int AS "place$", o.*
      FROM unnest(${keys.map(({ nftId }) => nftId)}::int[], ${keys.map(({ first }) => first)}::int[])
        WITH ORDINALITY AS k ("nftId", first, place)
      CROSS JOIN LATERAL (
        SELECT * FROM "Ownership" AS t WHERE t."nftId" = k."nftId"
        ORDER BY t.quantity DESC, t."walletId" DESC LIMIT k.first) AS o
      ORDER BY k.place, o.quantity DESC, o."walletId" DESC`,
      () => keys.flatMap(({ nftId }) => reading.of('Ownership', { nftId }, ['quantity', 'walletId'])),
    );
    const byPlace = groupBy(rows, ({ place$ }) => place$);
    return keys.map((_key, index) => byPlace.get(index + 1) ?? []);
  },
  ({ nftId, first }) => `${nftId} ${first}`,
);

/**
 * Who held each token at a moment, by its transfers up to and including it; null unless it was exactly one wallet.
 * Moments go as milliseconds since 1970: DateTime knows a year 0, PostgreSQL's calendar does not.
 */
export const ownerAt = defineLoader<{ nftId: number; time: Date }, Wallet | null>(
  async (db, keys) => {
    const rows = await db.rows<Wallet & { place$: number }>(
      'Wallet',
      Prisma.sql`
      SELECT k.place::int AS "place$", w.*
      FROM unnest(${keys.map(({ nftId }) => nftId)}::int[], ${keys.map(({ time }) => String(time.getTime()))}::text[])
        WITH ORDINALITY AS k ("nftId", ms, place)
      CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = 1 THEN min(balance."walletId") END AS "walletId" FROM (
          SELECT moved."walletId" FROM "Transfer" AS t
          CROSS JOIN LATERAL (VALUES (t."toId", t.quantity), (t."fromId", -t.quantity)) AS moved ("walletId", quantity)
          WHERE t."nftId" = k."nftId" AND t.time <= timestamptz 'epoch' + k.ms::float8 * interval '1 millisecond'
            AND moved."walletId" IS NOT NULL
          GROUP BY moved."walletId" HAVING sum(moved.quantity) > 0
        ) AS balance
      ) AS holder
      JOIN "Wallet" AS w ON w.id = holder."walletId"`,
      () => keys.flatMap(({ nftId }) => reading.of('Transfer', { nftId }, ['fromId', 'toId', 'quantity', 'time'])),
    );
    for (const row of rows) walletById(db).prime(row.id, row);
    const byPlace = new Map(rows.map((row) => [row.place$, row]));
    return keys.map((_key, index) => byPlace.get(index + 1) ?? null);
  },
  ({ nftId, time }) => `${nftId} ${time.getTime()}`,
);

export const holdingsByCollectionId = defineList({
  name: 'collection.owners',
  model: 'Holding',
  parent: 'collectionId',
  key: 'walletId',
  orders: { TOKENS: { by: Prisma.sql`t."tokenCount"`, type: 'int', descending: true } },
});

export const holdingsByWalletId = defineList({
  name: 'wallet.collections',
  model: 'Holding',
  parent: 'walletId',
  key: 'collectionId',
  orders: { TOKENS: { by: Prisma.sql`t."tokenCount"`, type: 'int', descending: true } },
});
