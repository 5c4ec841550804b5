import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { isEmpty, seed } from '../../src/data/seed/seed.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { checksums } from '../support/checksum.js';
import { wrongCounters } from '../support/recount.js';

const SMALL = { ...DEFAULTS, scale: 0.1 };

async function seeded(options = SMALL): Promise<TestApp> {
  const app = await startApp();
  await seed(app.prisma, options);
  return app;
}

describe('a seeded marketplace', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await seeded();
  });
  afterAll(() => app.close());

  test.each([
    // Categories bear the same names everywhere, nobody has asked to link a wallet, and nothing was refreshed.
    ['the same rows, with counters and ranks, from the same scale and seed', SMALL, Prisma.ModelName],
    [
      'other rows from another seed',
      { ...SMALL, seed: '2' },
      { CollectionRefresh: 'CollectionRefresh', Category: 'Category', WalletNonce: 'WalletNonce' },
    ],
  ])('has %s', async (_what, options, same) => {
    const other = await seeded(options);
    const [rows, others] = [await checksums(app.prisma), await checksums(other.prisma)];
    await other.close();
    expect(Object.keys(rows).filter((table) => rows[table] === others[table])).toEqual(Object.keys(same));
  });

  test('has counters, owners and holdings that a recount agrees with, and ranks without gaps', async () => {
    expect(await wrongCounters(app.prisma)).toEqual({});
    const gaps = await app.prisma.$queryRaw`
      SELECT "collectionId" FROM "Nft" GROUP BY 1
      HAVING count(DISTINCT "rarityRank") <> count(*) OR min("rarityRank") <> 1 OR max("rarityRank") <> count(*)`;
    expect(gaps).toEqual([]);
  });

  test('greets demo with wallets, tokens, an agent and a workspace of their own', async () => {
    const { data, errors } = await app.execute(
      `{ viewer {
           username fid avatarUrl
           wallets { nfts(first: 1) { totalCount } }
           workspaces { name members { nodes { role user { username } } } installations { totalCount } }
       } }`,
      {},
      { token: await app.token('demo') },
    );
    expect(errors).toEqual([]);
    const { wallets, workspaces, ...user } = data.viewer;
    expect(user).toEqual({ username: 'demo', fid: expect.any(Number), avatarUrl: expect.any(String) });
    expect(wallets).toHaveLength(2);
    expect(wallets[0].nfts.totalCount).toBeGreaterThan(0);
    const own = workspaces.find(({ name }: { name: string }) => name === 'Demo Studio');
    expect(own.members.nodes[0]).toEqual({ role: 'OWNER', user: { username: 'demo' } });
    expect(own.installations.totalCount).toBeGreaterThan(0);
    expect(await app.prisma.agent.count({ where: { author: { username: 'demo' } } })).toBeGreaterThan(0);
  });

  test('is found by misspelt words: such drgn', async () => {
    const { data } = await app.execute(
      '{ search(text: "such drgn", types: [COLLECTION], first: 1) { ... on Collection { name nftCount } } }',
    );
    expect(data.search).toEqual([{ name: 'Such Dragons', nftCount: expect.any(Number) }]);
  });

  test('goes on with the ids that come next, and takes no second seed', async () => {
    const { prisma } = app;
    const [wallets, users] = [await prisma.wallet.count(), await prisma.user.count()];
    expect((await prisma.wallet.create({ data: { address: `0x${'a'.repeat(40)}` } })).id).toBe(wallets + 1);
    expect((await newUser(prisma)).id).toBe(users + 1);
    const before = await checksums(prisma);
    expect(await seed(prisma, SMALL)).toBeNull();
    expect(await checksums(prisma)).toEqual(before);
  });
});

const newUser = (prisma: TestApp['prisma']) =>
  prisma.user.create({ data: { subject: 'new', username: 'new', displayName: 'New' } });

describe('nothing is written', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.close());

  test('where there is as much as one user', async () => {
    await newUser(app.prisma);
    expect(await seed(app.prisma, SMALL)).toBeNull();
    expect(await app.prisma.category.count()).toBe(0);
  });

  test('by the slower of two that start at once', async () => {
    const made = await Promise.all([seed(app.prisma, SMALL), seed(app.prisma, SMALL)]);
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await app.prisma.nft.count()).toBe(800);
  });

  test('that an interruption leaves behind', async () => {
    const interrupted = seed(app.prisma, SMALL, {
      onTokens() {
        throw new Error('interrupted');
      },
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(await isEmpty(app.prisma)).toBe(true);
  });
});
