import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Collection, Nft, Prisma, User, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser, idOf, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';
import { createCollection, createNft, createWallet, move, newAddress } from '../support/tokens.js';

let app: TestApp;
let ann: User, bob: User;
let annsWallet: Wallet, annsOther: Wallet, bobsWallet: Wallet;
let dragons: Collection, coins: Collection;
const tokens: Record<'ann' | 'bob' | 'admin', string> = { ann: '', bob: '', admin: '' };

beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  [ann, bob] = [await createUser(prisma, 'ann'), await createUser(prisma, 'bob')];
  [annsWallet, annsOther] = [await createWallet(prisma, ann), await createWallet(prisma, ann)];
  bobsWallet = await createWallet(prisma, bob);
  dragons = await createCollection(prisma);
  coins = await createCollection(prisma, { standard: 'ERC1155' });
  Object.assign(tokens, {
    ann: await app.token('ann'),
    bob: await app.token('bob'),
    admin: await app.token('admin', 'ADMIN'),
  });
});
afterAll(() => app.close());

const SELECT = `
  nft { owner { address } owners { quantity wallet { address } } collection { ownerCount } }
  transfer { quantity from { address } to { address } nft { id } }`;

const transfer = (who: keyof typeof tokens | null, nft: Nft, input: object) =>
  mutate(app, 'transferNft', {
    input: { nftId: idOf('Nft', nft), ...input },
    select: SELECT,
    ...(who && { token: tokens[who] }),
  });

/** A token of `coins` with so many in each wallet. */
async function createCoin(...quantities: [Wallet, number][]): Promise<Nft> {
  const coin = await createNft(app.prisma, coins);
  for (const [wallet, quantity] of quantities) await move(app.prisma, coin, null, wallet, { quantity });
  return coin;
}

const countRows = async () => [await app.prisma.transfer.count(), await app.prisma.wallet.count()];

/** What holds after every transfer, refused or not. */
afterEach(async () => {
  const faults = await app.prisma.$queryRaw`
    SELECT n.id FROM "Nft" AS n
    LEFT JOIN (SELECT "nftId", min("walletId") AS id, count(*) AS n FROM "Ownership" GROUP BY 1) AS holder ON holder."nftId" = n.id
    WHERE n."ownerId" IS DISTINCT FROM CASE WHEN holder.n = 1 THEN holder.id END`;
  expect(faults).toEqual([]);
});

describe('a transfer', () => {
  test('moves a token to a wallet that was unknown, and answers with what is now', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    const toAddress = newAddress();
    const { data, errors } = await transfer('ann', nft, { toAddress });
    expect(errors).toEqual([]);
    expect(data.transferNft).toEqual({
      nft: {
        owner: { address: toAddress },
        owners: [{ quantity: 1, wallet: { address: toAddress } }],
        collection: { ownerCount: 1 },
      },
      transfer: {
        quantity: 1,
        from: { address: annsWallet.address },
        to: { address: toAddress },
        nft: { id: idOf('Nft', nft) },
      },
    });
  });

  test('takes an address in any spelling for the same wallet', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    const { data } = await transfer('ann', nft, { toAddress: `0x${bobsWallet.address.slice(2).toUpperCase()}` });
    expect(data.transferNft.transfer.to).toEqual({ address: bobsWallet.address });
  });

  test('moves some of several', async () => {
    const coin = await createCoin([annsWallet, 5]);
    const { data } = await transfer('ann', coin, { toAddress: bobsWallet.address, quantity: 2 });
    expect(data.transferNft.nft).toMatchObject({
      owner: null,
      owners: [
        { quantity: 3, wallet: { address: annsWallet.address } },
        { quantity: 2, wallet: { address: bobsWallet.address } },
      ],
    });
  });

  test('needs no fromAddress while one wallet of the viewer holds enough, the others being too poor or not theirs', async () => {
    const coin = await createCoin([annsWallet, 1], [annsOther, 3], [bobsWallet, 9]);
    const { data } = await transfer('ann', coin, { toAddress: newAddress(), quantity: 2 });
    expect(data.transferNft.transfer.from).toEqual({ address: annsOther.address });
  });

  test('needs one when several hold enough, and then takes from that one', async () => {
    const coin = await createCoin([annsWallet, 2], [annsOther, 2]);
    const input = { toAddress: newAddress(), quantity: 2 };
    expect(refusalOf(await transfer('ann', coin, input))).toEqual(refused('BAD_USER_INPUT', ['input', 'fromAddress']));
    const { data } = await transfer('ann', coin, { ...input, fromAddress: annsOther.address });
    expect(data.transferNft.transfer.from).toEqual({ address: annsOther.address });
  });

  test('between two wallets of the viewer takes from the one that does not receive', async () => {
    const coin = await createCoin([annsWallet, 2], [annsOther, 2]);
    const { data } = await transfer('ann', coin, { toAddress: annsWallet.address });
    expect(data.transferNft.transfer.from).toEqual({ address: annsOther.address });
  });

  test('by an admin takes from any wallet, and from their own before others', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    const { data } = await transfer('admin', nft, { toAddress: bobsWallet.address });
    expect(data.transferNft.transfer.from).toEqual({ address: annsWallet.address });

    const admin = await createUser(app.prisma, 'admin');
    const adminsWallet = await createWallet(app.prisma, admin);
    const coin = await createCoin([annsWallet, 1], [bobsWallet, 1], [adminsWallet, 1]);
    const own = await transfer('admin', coin, { toAddress: newAddress() });
    expect(own.data.transferNft.transfer.from).toEqual({ address: adminsWallet.address });
    const ambiguous = await transfer('admin', coin, { toAddress: newAddress() });
    expect(refusalOf(ambiguous)).toEqual(refused('BAD_USER_INPUT', ['input', 'fromAddress']));
  });
});

describe('nothing is written when', () => {
  let nft: Nft;
  let before: number[];
  beforeAll(async () => {
    nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    before = await countRows();
  });
  afterEach(async () => expect(await countRows()).toEqual(before));

  test('a stranger asks', async () => {
    expect(refusalOf(await transfer(null, nft, { toAddress: newAddress() }))).toEqual(refused('UNAUTHENTICATED'));
  });

  test('no wallet of the viewer holds it', async () => {
    expect(refusalOf(await transfer('bob', nft, { toAddress: newAddress() }))).toEqual(refused('CONFLICT'));
  });

  test('the wallet named is not theirs, or holds nothing', async () => {
    const theirs = await transfer('bob', nft, { toAddress: newAddress(), fromAddress: annsWallet.address });
    const empty = await transfer('ann', nft, { toAddress: newAddress(), fromAddress: annsOther.address });
    expect([refusalOf(theirs), refusalOf(empty)]).toEqual([refused('CONFLICT'), refused('CONFLICT')]);
  });

  test('no wallet holds so many', async () => {
    const two = await transfer('admin', nft, { toAddress: newAddress(), quantity: 2 });
    const most = await transfer('ann', nft, { toAddress: newAddress(), quantity: 2 ** 31 - 1 });
    expect([refusalOf(two), refusalOf(most)]).toEqual([refused('CONFLICT'), refused('CONFLICT')]);
  });

  test('the one who takes it would hold more than can be counted', async () => {
    const coin = await createCoin([annsWallet, 2 ** 31 - 1], [bobsWallet, 1]);
    before = await countRows();
    const input = { toAddress: bobsWallet.address, fromAddress: annsWallet.address };
    expect(refusalOf(await transfer('ann', coin, { ...input, quantity: 2 ** 31 - 1 }))).toEqual(refused('CONFLICT'));
  });

  test('it would go to the wallet that gives it', async () => {
    const fault = refused('BAD_USER_INPUT', ['input', 'toAddress']);
    const { address } = annsWallet;
    expect(refusalOf(await transfer('ann', nft, { toAddress: address }))).toEqual(fault);
    expect(refusalOf(await transfer('ann', nft, { toAddress: address, fromAddress: address }))).toEqual(fault);
  });

  test('the token does not exist', async () => {
    const answer = await transfer('ann', nft, { nftId: missingIdOf('Nft'), toAddress: newAddress() });
    expect(refusalOf(answer)).toEqual(refused('NOT_FOUND', ['input', 'nftId']));
  });

  test.each([
    ['an id of something else', { nftId: idOf('User', { id: 1 }) }, ['input', 'nftId']],
    ['an address that is none', { toAddress: 'bob' }, ['input', 'toAddress']],
    ['a wrong checksum', { toAddress: '0xD8da6BF26964aF9D7eEd9e03E53415D37aA96045' }, ['input', 'toAddress']],
    ['the zero address', { toAddress: `0x${'0'.repeat(40)}` }, ['input', 'toAddress']],
    ['a faulty giver', { fromAddress: '0x' }, ['input', 'fromAddress']],
    ['none of it', { quantity: 0 }, ['input', 'quantity']],
    ['less than none', { quantity: -1 }, ['input', 'quantity']],
  ])('the input has %s', async (_what, input, path) => {
    const answer = await transfer('ann', nft, { toAddress: newAddress(), ...input });
    expect(refusalOf(answer)).toEqual(refused('BAD_USER_INPUT', path));
  });
});

describe('at the same time', () => {
  test('of ten transfers of one token exactly one wins, and the others are told that it is gone', async () => {
    const nft = await createNft(app.prisma, dragons, { holder: annsWallet });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => transfer('ann', nft, { toAddress: newAddress() })),
    );
    const won = answers.filter(({ errors }) => errors.length === 0);
    expect(won).toHaveLength(1);
    expect(answers.map(refusalOf).filter(Boolean)).toEqual(Array(9).fill(refused('CONFLICT')));
    const { owner } = won[0]!.data.transferNft.nft;
    const row = await app.prisma.nft.findUniqueOrThrow({ where: { id: nft.id }, include: { owner: true } });
    expect(row.owner?.address).toBe(owner.address);
  });

  test('of many transfers of parts as many win as there is to give', async () => {
    const coin = await createCoin([annsWallet, 7]);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => transfer('ann', coin, { toAddress: bobsWallet.address, quantity: 2 })),
    );
    expect(answers.map(refusalOf).filter(Boolean)).toEqual(Array(2).fill(refused('CONFLICT')));
    const held = await app.prisma.ownership.findMany({ where: { nftId: coin.id }, orderBy: { quantity: 'asc' } });
    expect(held.map(({ quantity }) => quantity)).toEqual([1, 6]);
  });

  test('an unknown wallet that two tokens go to is made once', async () => {
    const nfts = [
      await createNft(app.prisma, dragons, { holder: annsWallet }),
      await createNft(app.prisma, dragons, { holder: annsWallet }),
    ];
    const toAddress = newAddress();
    const answers = await Promise.all(nfts.map((nft) => transfer('ann', nft, { toAddress })));
    expect(answers.map(refusalOf)).toEqual([null, null]);
    expect(await app.prisma.wallet.count({ where: { address: toAddress } })).toBe(1);
  });

  test('a transfer that waited for another is the later one of the two', async () => {
    const coin = await createCoin([annsWallet, 1], [bobsWallet, 1]);
    let waiting: ReturnType<typeof transfer> | undefined;
    const first = await app.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Nft" WHERE id = ${coin.id} FOR NO KEY UPDATE`;
      waiting = transfer('ann', coin, { toAddress: newAddress() });
      // The embedded database runs one transaction after the other, so there the second has not even begun.
      while (inject('database').kind === 'postgres' && !(await someoneWaits(tx)));
      return await move(tx, coin, bobsWallet, null);
    });
    expect(refusalOf(await waiting!)).toBe(null);
    const second = await app.prisma.transfer.findFirstOrThrow({ where: { nftId: coin.id, fromId: annsWallet.id } });
    expect(second.time.getTime()).toBeGreaterThanOrEqual(first.time.getTime());
  });
});

/** For `tx` to end, that is. */
async function someoneWaits(tx: Prisma.TransactionClient): Promise<boolean> {
  const waiters = await tx.$queryRaw<unknown[]>`
    SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
  return waiters.length > 0;
}
