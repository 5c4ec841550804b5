import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection, Nft, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser, idOf, missingIdOf } from '../support/marketplace.js';
import { createCollection, createNft, createWallet, move, newAddress } from '../support/tokens.js';

let app: TestApp;
let ann: Wallet, bob: Wallet, cat: Wallet;
let coins: Collection;
let gold: Nft;

beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  const user = await createUser(prisma, 'ann');
  [ann, bob, cat] = [await createWallet(prisma, user), await createWallet(prisma), await createWallet(prisma)];
  coins = await createCollection(prisma, { name: 'Coins', standard: 'ERC1155' });
  gold = await createNft(prisma, coins, { name: 'Gold' });
  await move(prisma, gold, null, ann, { quantity: 5 });
  await move(prisma, gold, ann, bob, { quantity: 3 });
  await move(prisma, gold, ann, cat, { quantity: 1 });
});
afterAll(() => app.close());

describe('one wallet', () => {
  test('by address in any spelling and by id, with its user', async () => {
    const fields = '... on Wallet { address user { username } }';
    const { data, errors } = await app.execute(
      `query ($id: ID!) {
        lower: wallet(address: "${ann.address}") { ${fields} }
        upper: wallet(address: "0x${ann.address.slice(2).toUpperCase()}") { ${fields} }
        node(id: $id) { ${fields} }
        stranger: wallet(address: "${bob.address}") { ${fields} }
      }`,
      { id: idOf('Wallet', ann) },
    );
    expect(errors).toEqual([]);
    const shown = { address: ann.address, user: { username: 'ann' } };
    expect(data).toEqual({ lower: shown, upper: shown, node: shown, stranger: { address: bob.address, user: null } });
  });

  test('null for an address and an id that nothing is known of', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { wallet(address: "${newAddress()}") { id } node(id: $id) { id } }`,
      { id: missingIdOf('Wallet') },
    );
    expect({ data, errors }).toEqual({ data: { wallet: null, node: null }, errors: [] });
  });

  test.each([
    ['is too short', '0x12'],
    ['has a wrong checksum', '0xD8da6BF26964aF9D7eEd9e03E53415D37aA96045'],
  ])('an address that %s is refused', async (_what, address) => {
    const { errors } = await app.execute(`{ wallet(address: "${address}") { id } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['address'] }] });
  });
});

describe('who holds a token', () => {
  const holders = '{ owner { address } owners { quantity wallet { address } } }';

  test('with several holders there is no owner, and those with most come first', async () => {
    const { data } = await app.execute(`query ($id: ID!) { node(id: $id) { ... on Nft ${holders} } }`, {
      id: idOf('Nft', gold),
    });
    expect(data.node).toEqual({
      owner: null,
      owners: [
        { quantity: 3, wallet: { address: bob.address } },
        { quantity: 1, wallet: { address: cat.address } },
        { quantity: 1, wallet: { address: ann.address } },
      ],
    });
  });

  test('with one holder it is the owner; with none there is nobody', async () => {
    const [held, burnt] = [await createNft(app.prisma, coins), await createNft(app.prisma, coins, { holder: ann })];
    await move(app.prisma, held, null, bob, { quantity: 7 });
    await move(app.prisma, burnt, ann, null);
    const { data } = await app.execute(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Nft ${holders} } }`, {
      ids: [idOf('Nft', held), idOf('Nft', burnt)],
    });
    expect(data.nodes).toEqual([
      { owner: { address: bob.address }, owners: [{ quantity: 7, wallet: { address: bob.address } }] },
      { owner: null, owners: [] },
    ]);
  });

  test('as many as asked for, each time as asked, in one statement', async () => {
    const { result, statements } = await app.countStatements(() =>
      app.execute(
        `query ($id: ID!) { node(id: $id) { ... on Nft { one: owners(first: 1) { quantity } two: owners(first: 2) { quantity } } } }`,
        { id: idOf('Nft', gold) },
      ),
    );
    expect(result.data.node).toEqual({ one: [{ quantity: 3 }], two: [{ quantity: 3 }, { quantity: 1 }] });
    expect(statements).toHaveLength(2);
  });

  test.each([0, 101])('owners(first: %i) is refused', async (first) => {
    const { errors } = await app.execute(
      `query ($id: ID!) { node(id: $id) { ... on Nft { owners(first: ${first}) { quantity } } } }`,
      { id: idOf('Nft', gold) },
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['first'] }] });
  });
});

describe('who held a token at a moment', () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, 0, ms));
  let dragon: Nft, silver: Nft;

  beforeAll(async () => {
    const { prisma } = app;
    dragon = await createNft(prisma, await createCollection(prisma));
    await move(prisma, dragon, null, ann, { time: at(100) });
    await move(prisma, dragon, ann, bob, { time: at(200) });
    await move(prisma, dragon, bob, null, { time: at(300) });
    silver = await createNft(prisma, coins);
    await move(prisma, silver, null, ann, { quantity: 2, time: at(100) });
    await move(prisma, silver, ann, bob, { quantity: 1, time: at(200) });
    await move(prisma, silver, ann, bob, { quantity: 1, time: at(300) });
    await move(prisma, silver, bob, ann, { quantity: 2, time: at(300) });
  });

  const ownerAt = async (nft: Nft, time: string) => {
    const { data, errors } = await app.execute(
      `query ($id: ID!, $time: DateTime!) { node(id: $id) { ... on Nft { ownerAt(time: $time) { address } } } }`,
      { id: idOf('Nft', nft), time },
    );
    expect(errors).toEqual([]);
    return data.node.ownerAt?.address ?? null;
  };

  test.each([
    ['before the mint nobody', 99, () => null],
    ['at the very moment of the mint the first holder', 100, () => ann],
    ['until it was given away', 199, () => ann],
    ['from the moment it was given the second', 200, () => bob],
    ['until it was burnt', 299, () => bob],
    ['after it was burnt nobody', 300, () => null],
  ])('%s', async (_what, ms, holder) => {
    expect(await ownerAt(dragon, at(ms).toISOString())).toBe(holder()?.address ?? null);
  });

  test.each([
    ['one of two is all there is', 100, () => ann],
    ['two hold it', 200, () => null],
    ['all that happened at one moment counts together', 300, () => ann],
  ])('of several: %s', async (_what, ms, holder) => {
    expect(await ownerAt(silver, at(ms).toISOString())).toBe(holder()?.address ?? null);
  });

  test('an offset from UTC is understood, and so are the ends of the calendar', async () => {
    expect(await ownerAt(dragon, '2026-05-01T14:00:00.200+02:00')).toBe(bob.address);
    expect(await ownerAt(dragon, '0000-01-01T00:00:00Z')).toBe(null);
    expect(await ownerAt(silver, '9999-12-31T23:59:59Z')).toBe(ann.address);
  });

  test('any number of tokens and moments is one statement', async () => {
    const { result, statements } = await app.countStatements(() =>
      app.execute(
        `query ($ids: [ID!]!, $early: DateTime!, $late: DateTime!) {
          nodes(ids: $ids) { ... on Nft { early: ownerAt(time: $early) { address } late: ownerAt(time: $late) { address } } }
        }`,
        { ids: [idOf('Nft', dragon), idOf('Nft', silver)], early: at(100), late: at(200) },
      ),
    );
    expect(result.data.nodes).toEqual([
      { early: { address: ann.address }, late: { address: bob.address } },
      { early: { address: ann.address }, late: null },
    ]);
    expect(statements).toHaveLength(2);
  });

  test.each(['yesterday', '2026-02-30T00:00:00Z', '2026-05-01'])('the moment %s is refused', async (time) => {
    const { errors } = await app.execute(
      `query ($id: ID!, $time: DateTime!) { node(id: $id) { ... on Nft { ownerAt(time: $time) { id } } } }`,
      { id: idOf('Nft', dragon), time },
    );
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('what wallets hold', () => {
  let big: Wallet, small: Wallet, equal: Wallet;
  let dragons: Collection, cats: Collection;

  beforeAll(async () => {
    const { prisma } = app;
    [big, small, equal] = [await createWallet(prisma), await createWallet(prisma), await createWallet(prisma)];
    [dragons, cats] = [
      await createCollection(prisma, { name: 'Dragons' }),
      await createCollection(prisma, { name: 'Cats' }),
    ];
    for (let tokenId = 1; tokenId <= 3; tokenId += 1) await createNft(prisma, dragons, { tokenId, holder: big });
    await createNft(prisma, dragons, { tokenId: 4, holder: small });
    await createNft(prisma, dragons, { tokenId: 5, holder: equal });
    await createNft(prisma, cats, { tokenId: 1, holder: big });
  });

  test('the owners of a collection, those with most tokens first, page by page', async () => {
    const page = async (args: string) => {
      const { data, errors } = await app.execute(
        `{ collection(address: "${dragons.address}") { owners(${args}) {
          totalCount nodes { tokenCount wallet { address } collection { name } } pageInfo { endCursor startCursor hasNextPage }
        } } }`,
      );
      expect(errors).toEqual([]);
      return data.collection.owners;
    };
    const holding = (wallet: Wallet, tokenCount: number) => ({
      tokenCount,
      wallet: { address: wallet.address },
      collection: { name: 'Dragons' },
    });
    const one = await page('first: 2');
    const two = await page(`first: 2, after: "${one.pageInfo.endCursor}"`);
    const back = await page(`last: 2, before: "${two.pageInfo.startCursor}"`);
    expect(one).toMatchObject({ totalCount: 3, nodes: [holding(big, 3), holding(equal, 1)] });
    expect(two).toMatchObject({ nodes: [holding(small, 1)], pageInfo: { hasNextPage: false } });
    expect(back.nodes).toEqual(one.nodes);
  });

  test('the collections of a wallet and its tokens', async () => {
    const { data, errors } = await app.execute(
      `{ wallet(address: "${big.address}") {
        collections { totalCount nodes { tokenCount collection { name } } }
        nfts(first: 2) { totalCount nodes { tokenId collection { name } } pageInfo { endCursor } }
      } }`,
    );
    expect(errors).toEqual([]);
    expect(data.wallet.collections).toEqual({
      totalCount: 2,
      nodes: [
        { tokenCount: 3, collection: { name: 'Dragons' } },
        { tokenCount: 1, collection: { name: 'Cats' } },
      ],
    });
    const dragon = (tokenId: string) => ({ tokenId, collection: { name: 'Dragons' } });
    expect(data.wallet.nfts).toMatchObject({ totalCount: 4, nodes: [dragon('1'), dragon('2')] });

    const next = await app.execute(
      `{ wallet(address: "${big.address}") { nfts(after: "${data.wallet.nfts.pageInfo.endCursor}") { nodes { tokenId collection { name } } } } }`,
    );
    expect(next.data.wallet.nfts.nodes).toEqual([dragon('3'), { tokenId: '1', collection: { name: 'Cats' } }]);
  });

  test.each(['owners', 'activity', 'nfts'])('a cursor of the collections is none of the %s', async (list) => {
    const { data } = await app.execute('{ collections { pageInfo { endCursor } } }');
    const { errors } = await app.execute(
      `{ collection(address: "${dragons.address}") { ${list}(after: "${data.collections.pageInfo.endCursor}") { totalCount } } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['after'] }] });
  });
});
