import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection, Nft, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { idOf, missingIdOf } from '../support/marketplace.js';
import { createCollection, createNft, createWallet, move, newAddress } from '../support/tokens.js';

const LARGEST = String(2n ** 256n - 1n);

let app: TestApp;
let dragons: Collection, cats: Collection;
let ann: Wallet, bob: Wallet;
let first: Nft;

beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  [ann, bob] = [await createWallet(prisma), await createWallet(prisma)];
  dragons = await createCollection(prisma, { name: 'Dragons' });
  cats = await createCollection(prisma, { name: 'Cats', chain: 'BASE' });
  // By number 2, 10, 100, 2^256 - 1: the text of a number has another order.
  await createNft(prisma, dragons, {
    tokenId: 10,
    rarityRank: 2,
    holder: ann,
    traits: { Hat: ['Cap'], Eyes: ['Red'] },
  });
  first = await createNft(prisma, dragons, {
    tokenId: 2,
    description: 'The first that hatched.',
    imageUrl: 'https://example.com/2.png',
    rarityRank: 3,
    holder: bob,
    traits: { Hat: ['Cap', 'Bow'], Eyes: ['Blue'] },
  });
  await createNft(prisma, dragons, { tokenId: LARGEST, holder: ann, traits: { Hat: ['Bow'], Eyes: ['Red'] } });
  await createNft(prisma, dragons, { tokenId: 100, rarityRank: 1 });
  for (const tokenId of [1, 2, 3]) await createNft(prisma, cats, { tokenId, holder: ann });
});
afterAll(() => app.close());

const tokenIds = (nodes: { tokenId: string }[]): string[] => nodes.map(({ tokenId }) => tokenId);

async function listed(args: string, { address, chain }: Collection = dragons): Promise<string[]> {
  const { data, errors } = await app.execute(
    `{ collection(address: "${address}", chain: ${chain}) { nfts${args} { nodes { tokenId } } } }`,
  );
  expect(errors).toEqual([]);
  return tokenIds(data.collection.nfts.nodes);
}

describe('one token', () => {
  const fields = `... on Nft {
    tokenId name description imageUrl rarityRank ownerVerifiedAt attributes { traitType value } collection { name }
  }`;

  test('by contract and number and by id, with all that it shows', async () => {
    const { data, errors } = await app.execute(
      `query ($address: String!, $id: ID!) { nft(address: $address, tokenId: "2") { ${fields} } node(id: $id) { ${fields} } }`,
      { address: dragons.address, id: idOf('Nft', first) },
    );
    expect(errors).toEqual([]);
    expect(data.nft).toEqual({
      tokenId: '2',
      name: '#2',
      description: 'The first that hatched.',
      imageUrl: 'https://example.com/2.png',
      rarityRank: 3,
      ownerVerifiedAt: null,
      attributes: [
        { traitType: 'Eyes', value: 'Blue' },
        { traitType: 'Hat', value: 'Bow' },
        { traitType: 'Hat', value: 'Cap' },
      ],
      collection: { name: 'Dragons' },
    });
    expect(data.node).toEqual(data.nft);
  });

  test('the largest number there is keeps all its digits', async () => {
    const { data } = await app.execute(
      `{ nft(address: "${dragons.address}", tokenId: "${LARGEST}") { tokenId collection { name } } }`,
    );
    expect(data.nft).toEqual({ tokenId: LARGEST, collection: { name: 'Dragons' } });
  });

  test('null for what is not known here: a contract, a number, a chain, an id', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) {
        contract: nft(address: "${newAddress()}", tokenId: "2") { id }
        number: nft(address: "${dragons.address}", tokenId: "3") { id }
        chain: nft(address: "${dragons.address}", tokenId: "2", chain: BASE) { id }
        node(id: $id) { id }
      }`,
      { id: missingIdOf('Nft') },
    );
    expect({ data, errors }).toEqual({ data: { contract: null, number: null, chain: null, node: null }, errors: [] });
  });

  test.each([
    ['address', { address: '0x12', tokenId: '1' }],
    ['tokenId', { address: newAddress(), tokenId: '-1' }],
    ['tokenId', { address: newAddress(), tokenId: '1.5' }],
    ['tokenId', { address: newAddress(), tokenId: String(2n ** 256n) }],
  ])('a faulty %s is refused: %o', async (path, variables) => {
    const { errors } = await app.execute(
      `query ($address: String!, $tokenId: String!) { nft(address: $address, tokenId: $tokenId) { id } }`,
      variables,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: [path] }] });
  });
});

describe('the tokens of a collection', () => {
  test.each([
    ['', ['2', '10', '100', LARGEST]],
    ['(orderBy: TOKEN_ID)', ['2', '10', '100', LARGEST]],
    ['(orderBy: RARITY)', ['100', '10', '2', LARGEST]],
    ['(last: 2, orderBy: RARITY)', ['2', LARGEST]],
  ])('in the order %s', async (args, expected) => {
    expect(await listed(args)).toEqual(expected);
  });

  test.each([
    ['one value of a trait', '{ traits: [{ traitType: "Hat", values: ["Cap"] }] }', ['2', '10']],
    ['any of several values', '{ traits: [{ traitType: "Hat", values: ["Cap", "Bow"] }] }', ['2', '10', LARGEST]],
    [
      'a value of each of several traits',
      '{ traits: [{ traitType: "Hat", values: ["Cap"] }, { traitType: "Eyes", values: ["Red"] }] }',
      ['10'],
    ],
    ['a value that no token has', '{ traits: [{ traitType: "Hat", values: ["Crown"] }] }', []],
    ['a value of another trait', '{ traits: [{ traitType: "Eyes", values: ["Cap"] }] }', []],
    ['none of no values', '{ traits: [{ traitType: "Hat", values: [] }] }', []],
    ['nothing asked for', '{ traits: [], owner: null }', ['2', '10', '100', LARGEST]],
  ])('filtered by %s', async (_what, filter, expected) => {
    expect(await listed(`(filter: ${filter})`)).toEqual(expected);
  });

  test('filtered by owner, alone, with a trait, in any spelling of the address', async () => {
    expect(await listed(`(filter: { owner: "${ann.address}" })`)).toEqual(['10', LARGEST]);
    expect(await listed(`(filter: { owner: "0x${ann.address.slice(2).toUpperCase()}" })`)).toEqual(['10', LARGEST]);
    expect(
      await listed(`(filter: { owner: "${ann.address}", traits: [{ traitType: "Hat", values: ["Bow"] }] })`),
    ).toEqual([LARGEST]);
    expect(await listed(`(filter: { owner: "${newAddress()}" })`)).toEqual([]);
  });

  test('totalCount counts what fits the filter, not the page', async () => {
    const { data } = await app.execute(
      `{ collection(address: "${dragons.address}") {
        all: nfts(first: 1) { totalCount }
        caps: nfts(first: 1, filter: { traits: [{ traitType: "Hat", values: ["Cap"] }] }) { totalCount }
      } }`,
    );
    expect(data.collection).toEqual({ all: { totalCount: 4 }, caps: { totalCount: 2 } });
  });

  test.each([
    ['{ owner: "0x12" }', ['filter', 'owner']],
    ['{ traits: [{ traitType: "a\\u0000", values: [] }] }', ['filter', 'traits', 0, 'traitType']],
    ['{ traits: [{ traitType: "Hat", values: ["Cap", "a\\u0000"] }] }', ['filter', 'traits', 0, 'values', 1]],
  ])('the filter %s is refused', async (filter, path) => {
    const { errors } = await app.execute(
      `{ collection(address: "${dragons.address}") { nfts(filter: ${filter}) { totalCount } } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] });
  });

  test.each([
    ['11 traits', { traits: Array.from({ length: 11 }, () => ({ traitType: 'Hat', values: ['Cap'] })) }, ['traits']],
    ['101 values', { traits: [{ traitType: 'Hat', values: Array<string>(101).fill('Cap') }] }, ['traits', 0, 'values']],
  ])('are not asked for by %s at a time', async (_name, filter, path) => {
    const { errors } = await app.execute(
      `query ($filter: NftFilter) { collection(address: "${dragons.address}") { nfts(filter: $filter) { totalCount } } }`,
      { filter },
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['filter', ...path] }] });
  });
});

describe('pages of the tokens of a collection', () => {
  const page = async (args: string) => {
    const { data, errors } = await app.execute(
      `{ collections(orderBy: NAME) { nodes { name nfts(${args}) {
        nodes { tokenId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } } } }`,
    );
    return { pages: data?.collections.nodes.map(({ nfts }: { nfts: object }) => nfts), errors };
  };

  test.each([
    ['TOKEN_ID', 'first', 'after', 'endCursor', 'hasNextPage', ['2', '10', '100', LARGEST]],
    ['TOKEN_ID', 'last', 'before', 'startCursor', 'hasPreviousPage', [LARGEST, '100', '10', '2']],
    ['RARITY', 'first', 'after', 'endCursor', 'hasNextPage', ['100', '10', '2', LARGEST]],
  ])('by %s, "%s" with "%s" meets each token once', async (order, size, from, cursor, more, expected) => {
    const met: string[] = [];
    let place = '';
    for (let goOn = true; goOn;) {
      const { pages } = await page(`${size}: 1, orderBy: ${order} ${place}`);
      const [, dragonsPage] = pages;
      met.push(...tokenIds(dragonsPage.nodes));
      place = `${from}: "${dragonsPage.pageInfo[cursor]}"`;
      goOn = dragonsPage.pageInfo[more];
    }
    expect(met).toEqual(expected);
  });

  test('tokens of equal rank are told apart by the cursor', async () => {
    // None of the cats has a rank.
    const { pages } = await page('first: 2, orderBy: RARITY');
    const next = await page(`first: 2, orderBy: RARITY, after: "${pages[0].pageInfo.endCursor}"`);
    const back = await page(`last: 2, orderBy: RARITY, before: "${next.pages[0].pageInfo.startCursor}"`);
    expect([pages, next.pages, back.pages].map(([{ nodes }]) => tokenIds(nodes))).toEqual([
      ['1', '2'],
      ['3'],
      ['1', '2'],
    ]);
  });

  test('a cursor is a place in the order, and means the same to each collection of a page', async () => {
    const { pages } = await page('first: 1');
    const next = await page(`first: 2, after: "${pages[0].pageInfo.endCursor}"`);
    const ids = (all: typeof pages) => all.map(({ nodes }: { nodes: { tokenId: string }[] }) => tokenIds(nodes));
    expect([ids(pages), ids(next.pages)]).toEqual([
      [['1'], ['2']],
      [
        ['2', '3'],
        ['2', '10'],
      ],
    ]);
  });

  test.each([
    ['of another order', async () => (await page('first: 1, orderBy: RARITY')).pages[0].pageInfo.endCursor],
    [
      'of another list',
      async () => (await app.execute('{ collections { pageInfo { endCursor } } }')).data.collections.pageInfo.endCursor,
    ],
    ['broken', () => 'bm9uc2Vuc2U'],
    ['empty', () => ''],
    ['forged', () => Buffer.from('["collection.nfts:TOKEN_ID","1\\u0000",1]').toString('base64url')],
  ])('a cursor that is %s is refused', async (_what, cursorOf) => {
    const { errors } = await page(`first: 1, after: "${await cursorOf()}"`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['after'] }] });
  });

  test.each([
    ['first: -1', 'first'],
    ['first: 101', 'first'],
    ['last: 101', 'last'],
    ['first: 1, last: 1', 'last'],
  ])('%s is refused', async (args, path) => {
    const { errors } = await page(args);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: [path] }] });
  });
});

describe('transfers', () => {
  test('of a token and of its collection, latest first, page by page', async () => {
    const { prisma } = app;
    const coins = await createCollection(prisma, { standard: 'ERC1155' });
    const [gold, silver] = [
      await createNft(prisma, coins, { name: 'Gold' }),
      await createNft(prisma, coins, { name: 'Silver' }),
    ];
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    await move(prisma, gold, null, ann, { quantity: 5, time: at(1) });
    await move(prisma, silver, null, bob, { time: at(2) });
    // Two at the same moment: the later row comes first.
    await move(prisma, gold, ann, bob, { quantity: 2, time: at(3) });
    await move(prisma, gold, bob, null, { time: at(3) });

    const transfer = '{ nft { name } quantity from { address } to { address } time }';
    const { data, errors } = await app.execute(
      `query ($address: String!, $id: ID!) {
        node(id: $id) { ... on Nft { transfers(first: 2) { totalCount nodes ${transfer} pageInfo { endCursor hasNextPage } } } }
        collection(address: $address) { activity { totalCount nodes ${transfer} } }
      }`,
      { address: coins.address, id: idOf('Nft', gold) },
    );
    expect(errors).toEqual([]);
    const burnt = {
      nft: { name: 'Gold' },
      quantity: 1,
      from: { address: bob.address },
      to: null,
      time: at(3).toISOString(),
    };
    const given = { ...burnt, quantity: 2, from: { address: ann.address }, to: { address: bob.address } };
    const minted = { ...burnt, quantity: 5, from: null, to: { address: ann.address }, time: at(1).toISOString() };
    const other = {
      ...minted,
      nft: { name: 'Silver' },
      quantity: 1,
      to: { address: bob.address },
      time: at(2).toISOString(),
    };
    expect(data.node.transfers).toMatchObject({
      totalCount: 3,
      nodes: [burnt, given],
      pageInfo: { hasNextPage: true },
    });
    expect(data.collection.activity).toEqual({ totalCount: 4, nodes: [burnt, given, other, minted] });

    const next = await app.execute(
      `query ($id: ID!, $after: String!) { node(id: $id) { ... on Nft { transfers(first: 2, after: $after) { nodes ${transfer} } } } }`,
      { id: idOf('Nft', gold), after: data.node.transfers.pageInfo.endCursor },
    );
    expect(next.data.node.transfers.nodes).toEqual([minted]);
  });

  test('one by its id', async () => {
    const transfer = await app.prisma.transfer.findFirstOrThrow({ where: { nftId: first.id } });
    const { data } = await app.execute(
      `query ($id: ID!) { node(id: $id) { __typename ... on Transfer { nft { tokenId } quantity } } }`,
      { id: idOf('Transfer', transfer) },
    );
    expect(data.node).toEqual({ __typename: 'Transfer', nft: { tokenId: '2' }, quantity: 1 });
  });
});
