/** Whoever settles owners while others move the same tokens: what they find is still so when they write, and times are in the order of what happened. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectOwners, createOwnerTable, settleOwners } from '../../src/data/import/write-owners.js';
import { settleHolders } from '../../src/indexer/refresh-owners.js';
import type { Collection, Nft, Prisma, User, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser, idOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';
import { createCollection, createNft, createWallet, newAddress } from '../support/tokens.js';

type Tx = Prisma.TransactionClient;

let app: TestApp;
let token: string;
let ann: User;
let annsWallet: Wallet;
let dragons: Collection;
beforeAll(async () => {
  app = await startApp();
  token = await app.token('ann');
  ann = await createUser(app.prisma, 'ann');
  annsWallet = await createWallet(app.prisma, ann);
  dragons = await createCollection(app.prisma);
});
afterAll(() => app.close());

/** On a busy machine Prisma's own limit would end what these tests look at. */
const OPTIONS = { timeout: 60_000, maxWait: 60_000 };
const WRITTEN_AT = new Date('2026-05-01');

const transfer = (nft: Nft, toAddress: string) =>
  mutate(app, 'transferNft', {
    input: { nftId: idOf('Nft', nft), toAddress },
    select: 'transfer { time }',
    token,
  });

/** As an import does it: the token is this owner's. */
async function settleTo(tx: Tx, nft: Nft, owner: string): Promise<void> {
  await createOwnerTable(tx);
  await collectOwners(tx, dragons, [{ tokenId: nft.tokenId.toFixed(), owner, quantity: 1, line: 1 }]);
  await settleOwners(tx, dragons.id, WRITTEN_AT);
}

/** As a refresh does it: no page names an owner. */
async function burn(tx: Tx, nft: Nft): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO refresh_owner ("collectionId", "tokenId", owner, quantity, page)
    VALUES (${dragons.id}::int, ${nft.tokenId}::numeric, '0x0000000000000000000000000000000000000000', 1, 0)`;
  await settleHolders(tx, dragons, WRITTEN_AT);
}

const WAYS: [string, (tx: Tx, nft: Nft) => Promise<void>][] = [
  ['is settled to another owner', (tx, nft) => settleTo(tx, nft, newAddress())],
  ['is burnt', burn],
];

/** The same transaction, except that `interlude` comes before a statement that inserts transfers. */
const interrupted = (tx: Tx, interlude: () => Promise<void>): Tx =>
  new Proxy(tx, {
    get: (target, name) =>
      name === '$executeRaw'
        ? async (sql: TemplateStringsArray, ...values: unknown[]) => {
            if (sql.join('').includes('INSERT INTO "Transfer"')) await interlude();
            return await target.$executeRaw(sql, ...values);
          }
        : Reflect.get(target, name),
  });

async function isWaitedFor(tx: Tx): Promise<boolean> {
  const waiting = await tx.$queryRaw<unknown[]>`
    SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
  return waiting.length > 0;
}

const historyOf = async ({ id: nftId }: Nft) => {
  const byId = await app.prisma.transfer.findMany({ where: { nftId }, orderBy: { id: 'asc' } });
  const byTime = await app.prisma.transfer.findMany({ where: { nftId }, orderBy: [{ time: 'asc' }, { id: 'asc' }] });
  return [byTime, byId].map((transfers) => transfers.map(({ id }) => id));
};

describe.each(WAYS)('a token that %s', (_what, settleNow) => {
  test('after somebody moved it has that as its latest transfer, though the transaction began before', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    await app.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      expect(refusalOf(await transfer(nft, newAddress()))).toBeNull();
      await settleNow(tx, nft);
    }, OPTIONS);
    const [byTime, byId] = await historyOf(nft);
    expect(byTime).toHaveLength(3);
    expect(byTime).toEqual(byId);
  });

  test('after a transfer whose time has not come is not settled before that', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    await app.prisma.transfer.createMany({
      data: [
        { nftId: nft.id, collectionId: dragons.id, fromId: annsWallet.id, time: new Date('2999-01-01') },
        { nftId: nft.id, collectionId: dragons.id, toId: annsWallet.id, time: new Date('2999-01-02') },
      ],
    });
    await app.prisma.$transaction((tx) => settleNow(tx, nft), OPTIONS);
    const [byTime, byId] = await historyOf(nft);
    expect(byTime).toHaveLength(4);
    expect(byTime).toEqual(byId);
  });

  test('cannot be moved by others between the look at its holders and the transfer: they wait, and are told that it is gone', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    let moved: ReturnType<typeof transfer> | undefined;
    await app.prisma.$transaction(async (tx) => {
      const interlude = async () => {
        moved = transfer(nft, newAddress());
        const answered = moved.then(() => true);
        while (!(await Promise.race([answered, isWaitedFor(tx)])));
      };
      await settleNow(interrupted(tx, interlude), nft);
    }, OPTIONS);
    expect(refusalOf(await moved!)).toEqual(refused('CONFLICT'));
    expect((await historyOf(nft))[0]).toHaveLength(2);
  });
});

test('a token that somebody verifies later while it is waited for keeps the holder it was given', async () => {
  const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
  let settled: Promise<void> | undefined;
  await app.prisma.$transaction(async (tx) => {
    await tx.nft.update({ where: { id: nft.id }, data: { ownerVerifiedAt: new Date('2026-06-01') } });
    settled = app.prisma.$transaction((other) => settleTo(other, nft, newAddress()), OPTIONS);
    while (!(await isWaitedFor(tx)));
  }, OPTIONS);
  await settled;
  const row = await app.prisma.nft.findUniqueOrThrow({ where: { id: nft.id } });
  expect([row.ownerId, row.ownerVerifiedAt]).toEqual([annsWallet.id, new Date('2026-06-01')]);
});
