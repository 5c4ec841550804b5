/** Collections from an indexer: the server, a real database, and a server of our own that answers as the indexer does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import {
  type FakeCollection,
  type FakeIndexer,
  KEY,
  PICTURE,
  startFakeIndexer,
  wallet,
} from '../support/indexer/fake-indexer.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { idOf, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

let app: TestApp;
let indexer: FakeIndexer;
let user: string;
let admin: string;

beforeAll(async () => {
  indexer = await startFakeIndexer();
  app = await startApp({ env: { INDEXER_URL: indexer.url, INDEXER_API_KEY: KEY, CACHE_ENGINE: 'larder' } });
  user = await app.token('ann');
  admin = await app.token('root', 'ADMIN');
});
afterAll(async () => {
  await app.close();
  await indexer.close();
});
beforeEach(() => {
  indexer.calls = [];
});
afterEach(() => {
  indexer.fault = null;
});

let made = 0;
function collectionOf(tokens: number, more: Partial<FakeCollection> = {}): FakeCollection {
  const collection = { address: `0xc0${String((made += 1)).padStart(38, '0')}`, tokens, ...more };
  indexer.collections.set(collection.address, collection);
  return collection;
}

const SELECT =
  'collection { id address chain standard name symbol description imageUrl refresh { status done total error } }';
const add = (address: string, token: string | undefined = user) =>
  mutate(app, 'addCollection', { input: { address }, select: SELECT, ...(token && { token }) });
const refresh = (collectionId: string, token = admin) =>
  mutate(app, 'refreshCollection', { input: { collectionId }, select: SELECT, token });

const refreshOf = async (address: string) => {
  const { data } = await app.execute(
    'query ($address: String!) { collection(address: $address) { refresh { status done total error finishedAt } } }',
    { address },
  );
  return data.collection.refresh;
};

/** What a condition comes to, asked for again until it holds. */
async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let left = 400; ; left -= 1) {
    const value = await ask();
    if (holds(value)) return value;
    if (left === 0) throw new Error(`It did not come to pass: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const ended = (address: string) =>
  until(
    () => refreshOf(address),
    ({ status }) => ['DONE', 'FAILED'].includes(status),
  );

describe('addCollection', () => {
  it('adds what the contract says of itself, and then its tokens, traits, owners and ranks from all pages', async () => {
    const { address } = collectionOf(47);
    const { data } = await add(address);
    expect(data.addCollection.collection).toMatchObject({
      ...{
        address,
        chain: 'ETHEREUM',
        standard: 'ERC721',
        name: 'Such Foxes',
        symbol: 'FOX',
        description: 'Many foxes.',
      },
      refresh: { total: 47, error: null },
    });
    expect(await ended(address)).toMatchObject({ status: 'DONE', done: 47, total: 47, error: null });
    expect(await contentsOf(app.prisma, address)).toEqual(expectedOf(47));
    const { data: counted } = await app.execute(
      `{ collection(address: "${address}") { nftCount ownerCount traits { traitType values { value count } } } }`,
    );
    expect(counted.collection).toMatchObject({ nftCount: 47, ownerCount: 3 });
    expect(indexer.calls).toEqual([
      ...['getContractMetadata ', 'getContractMetadata ', 'getNFTsForContract '],
      ...['0xa', '0x14', '0x1e', '0x28'].map((page) => `getNFTsForContract ${page}`),
      ...['getOwnersForContract ', 'getOwnersForContract 2'],
    ]);
  });

  it('is for those who are signed in', async () => {
    const { address } = collectionOf(1);
    const { errors } = await app.execute(
      `mutation { addCollection(input: { address: "${address}" }) { collection { id } } }`,
    );
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(indexer.calls).toEqual([]);
  });

  it('refuses what is here already, what is no contract of tokens, and what is no address', async () => {
    const { address } = collectionOf(3);
    await add(address);
    await ended(address);
    expect(refusalOf(await add(address))).toEqual(refused('CONFLICT'));
    const { address: alien } = collectionOf(0, { standard: 'NOT_A_CONTRACT' });
    expect(refusalOf(await add(alien))).toEqual(refused('BAD_USER_INPUT', ['input', 'address']));
    expect(refusalOf(await add('0x12'))).toEqual(refused('BAD_USER_INPUT', ['input', 'address']));
  });

  it('of two at the same time adds one', async () => {
    const { address } = collectionOf(3);
    const answers = await Promise.all([add(address), add(address), add(address)]);
    expect(answers.map((answer) => refusalOf(answer)?.code ?? 'added').sort()).toEqual([
      'CONFLICT',
      'CONFLICT',
      'added',
    ]);
    await ended(address);
    expect(indexer.calls.filter((call) => call === 'getNFTsForContract ')).toHaveLength(1);
  });

  it('says UNAVAILABLE of a chain that the indexer is not set up for', async () => {
    const { address } = collectionOf(1);
    const input = { address, chain: 'BASE' };
    expect(refusalOf(await mutate(app, 'addCollection', { input, select: SELECT, token: user }))?.code).toBe(
      'UNAVAILABLE',
    );
  });
});

describe('refreshCollection', () => {
  it('is for admins, and for collections that there are', async () => {
    expect(refusalOf(await refresh(missingIdOf('Collection'), user))?.code).toBe('FORBIDDEN');
    expect(refusalOf(await refresh(missingIdOf('Collection')))).toEqual(
      refused('NOT_FOUND', ['input', 'collectionId']),
    );
  });

  it('follows what has changed: traits, owners, burnt tokens; and leaves what people wrote', async () => {
    const collection = collectionOf(12);
    const { address } = collection;
    const { data } = await add(address);
    await ended(address);
    await app.prisma.collection.updateMany({ where: { address }, data: { description: 'By hand.' } });
    collection.ownersOf = (token) => [{ owner: token === 5 ? wallet(0) : wallet(9), quantity: 1 }];
    collection.token = (token) =>
      token === 2 ? { raw: { metadata: { name: 'Renamed', image: PICTURE, attributes: [{ value: 7 }] } } } : {};
    const answer = await refresh(data.addCollection.collection.id);
    expect(answer.data.refreshCollection.collection.refresh.status).toMatch(/WAITING|RUNNING/);
    expect(await ended(address)).toMatchObject({ status: 'DONE', done: 12 });
    const contents = await contentsOf(app.prisma, address);
    expect(contents.map(({ owners }) => owners)).toEqual(
      Array.from({ length: 12 }, (_, token) => (token === 5 ? [] : [`${wallet(9)} 1`])),
    );
    expect(contents[2]).toMatchObject({ name: 'Renamed', traits: ['Property: 7'] });
    const { data: after } = await app.execute(`{ collection(address: "${address}") { description ownerCount } }`);
    expect(after.collection).toEqual({ description: 'By hand.', ownerCount: 1 });
  });

  it('compares all holders of an ERC-1155 token, whatever pages they stand on', async () => {
    const collection = collectionOf(4, {
      standard: 'ERC1155',
      ownersAPage: 1,
      ownersOf: (token) => [1, 2, 3].map((number) => ({ owner: wallet(number), quantity: number + token })),
    });
    const { address } = collection;
    const { data } = await add(address);
    await ended(address);
    collection.ownersOf = () => [
      { owner: wallet(2), quantity: 7 },
      { owner: wallet(4), quantity: 1 },
    ];
    await refresh(data.addCollection.collection.id);
    await ended(address);
    expect((await contentsOf(app.prisma, address)).map(({ owners }) => owners)).toEqual(
      Array.from({ length: 4 }, () => [`${wallet(2)} 7`, `${wallet(4)} 1`]),
    );
  });
});

describe('what the indexer says is not believed blindly', () => {
  it('pictures that can hold scripts are left out, for one of the indexer’s own', async () => {
    const svg = `data:image/svg+xml;base64,${Buffer.from('<svg onload="alert(1)"/>').toString('base64')}`;
    const images = [
      svg,
      'javascript:alert(1)',
      'data:text/html,<script>',
      'http://example.com/a.png',
      'ipfs://Qm/1.png',
    ];
    const { address } = collectionOf(images.length, {
      token: (token) => ({ raw: { metadata: { name: `T${token}`, image: images[token] } } }),
    });
    await add(address);
    await ended(address);
    expect((await contentsOf(app.prisma, address)).map(({ imageUrl }) => imageUrl)).toEqual([
      ...[0, 1, 2, 3].map((token) => `https://cdn.example.com/${token}.png`),
      'https://ipfs.io/ipfs/Qm/1.png',
    ]);
  });

  it('odd names and attributes are left out one by one', async () => {
    const { address } = collectionOf(1, {
      token: () => ({
        name: null,
        raw: {
          metadata: {
            name: 'two\nlines',
            description: 5,
            attributes: [
              { trait_type: 'A', value: { b: 1 } },
              null,
              'x',
              { trait_type: 'Size', value: 3 },
              { trait_type: 'Size', value: '3' },
            ],
          },
        },
      }),
    });
    await add(address);
    await ended(address);
    expect(await contentsOf(app.prisma, address)).toMatchObject([{ name: '#0', traits: ['Size: 3'] }]);
  });

  it('documents are read where the indexer has none; one that cannot be had, or is a list, takes nothing away', async () => {
    let document: object | null = { name: 'From IPFS', attributes: [{ trait_type: 'Where', value: 'IPFS' }] };
    const gateway = await startGateway(() => document);
    const own = await startApp({ env: { INDEXER_URL: indexer.url, INDEXER_API_KEY: KEY, IPFS_GATEWAY: gateway.url } });
    const before = app;
    app = own;
    try {
      const uris = ['ipfs://Qm/0', 'https://127.0.0.1/1', 'https://169.254.169.254/2'];
      const { address } = collectionOf(3, {
        token: (token) => ({ name: null, tokenUri: uris[token], raw: { tokenUri: uris[token], metadata: {} } }),
      });
      const { data } = await add(address, await own.token('ann'));
      await ended(address);
      const read = [
        { name: 'From IPFS', traits: ['Where: IPFS'] },
        { name: '#1', traits: [] },
        { name: '#2', traits: [] },
      ];
      expect(await contentsOf(app.prisma, address)).toMatchObject(read);
      for (document of [null, [{ name: 'In a list' }]]) {
        await refresh(data.addCollection.collection.id, await own.token('root', 'ADMIN'));
        await ended(address);
        expect(await contentsOf(app.prisma, address)).toMatchObject(read);
      }
    } finally {
      app = before;
      await own.close();
      await gateway.close();
    }
  });
});

describe('ownershipStats', () => {
  it('tells admins alone how many owners were verified lately, long ago and never', async () => {
    const { address } = collectionOf(9);
    await add(address);
    await ended(address);
    const { id } = await app.prisma.collection.findFirstOrThrow({ where: { address } });
    const tokens = await app.prisma.nft.findMany({ where: { collectionId: id }, orderBy: { id: 'asc' } });
    const set = (from: number, to: number, ownerVerifiedAt: Date | null) =>
      app.prisma.nft.updateMany({
        where: { id: { in: tokens.slice(from, to).map(({ id }) => id) } },
        data: { ownerVerifiedAt },
      });
    await set(0, 2, null);
    await set(2, 5, new Date('2020-01-01T00:00:00Z'));
    const STATS =
      '{ ownershipStats(first: 100) { stale collections { collection { address } fresh stale never oldest } } }';
    const { data, headers } = await app.execute(STATS, {}, { token: admin });
    expect(
      data.ownershipStats.collections.find(
        ({ collection }: { collection: { address: string } }) => collection.address === address,
      ),
    ).toEqual({
      ...{ collection: { address }, fresh: 4, stale: 3, never: 2, oldest: '2020-01-01T00:00:00.000Z' },
    });
    expect(data.ownershipStats.stale).toBe(3);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(refusalOf(await app.execute(STATS, {}, { token: user }))?.code).toBe('FORBIDDEN');
  });
});

it('a server without an indexer says so, and what is missing', async () => {
  const bare = await startApp();
  const { id } = await bare.prisma.collection.create({ data: { address: wallet(77), name: 'Here' } });
  const before = app;
  app = bare;
  try {
    const answers = [
      await add(wallet(78), await bare.token('ann')),
      await refresh(idOf('Collection', { id }), await bare.token('root', 'ADMIN')),
    ];
    for (const { errors } of answers) {
      expect(errors[0]?.extensions.code).toBe('UNAVAILABLE');
      expect(errors[0]?.message).toContain('INDEXER_URL and INDEXER_API_KEY');
    }
    expect(await refreshOf(wallet(77))).toBeNull();
  } finally {
    app = before;
    await bare.close();
  }
});

async function startGateway(document: () => object | null) {
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) => {
    const found = document();
    response.writeHead(found ? 200 : 504, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/ipfs`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
