/** Statements written by hand: declared, they become dependencies; undeclared, the answer is not kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agents, agentById, agentBySlug, categories, reviews } from '../../src/marketplace/agents/loaders.js';
import { nftByToken, nftsByCollectionId, nftsByWalletId } from '../../src/marketplace/nfts/loaders.js';
import { templatesOfAgent } from '../../src/marketplace/templates/loaders.js';
import { collectionsByUserId } from '../../src/marketplace/users/loaders.js';
import { defineRowList } from '../../src/graphql/list.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { Db } from '../../src/tracking/db.js';
import { reading } from '../../src/tracking/reading.js';
import { Reads } from '../../src/tracking/reads.js';
import { type Transact, allowWrites, write } from '../../src/tracking/write.js';
import { type TestApp, startApp } from '../support/app.js';
import { track } from '../support/tracking/dependencies.js';
import { ADDRESS, insertFewRows } from '../support/tracking/few-rows.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await insertFewRows(app.prisma);
});
afterAll(() => app.close());

describe('db.sql()', () => {
  const statement = Prisma.sql`SELECT "name" FROM "Agent" WHERE id = ${1}::int`;

  test('refuses for a statement that does not say what it reads, with its beginning and what to do', async () => {
    const { reads, answer } = await track(app.prisma, (db) => db.sql(statement));
    expect(answer).toEqual([{ name: 'Alpha agent' }]);
    expect(reads.refusal).toBe(
      'A statement written by hand does not say what it reads: give db.sql() a reading (src/tracking/reading.ts) for ' +
        '"SELECT "name" FROM "Agent" WHERE id = ?::int".',
    );
  });

  test('notes what a statement says that it reads', async () => {
    const { reads, dependencies } = await track(app.prisma, (db) =>
      db.sql(statement, () => [...reading.of('Agent', { id: 1 }, ['name']), ...reading.table('Trait', ['value'])]),
    );
    expect(reads.refusal).toBeNull();
    expect(dependencies).toEqual(['*,id,name Agent:1', '*,value Trait']);
  });

  test('without anybody who wants to know asks nobody what was read', async () => {
    const db = new Db(app.prisma, null);
    const asked = () => {
      throw new Error('asked');
    };
    expect(await db.sql(statement, asked)).toEqual([{ name: 'Alpha agent' }]);
    const [row] = await db.rows<{ name: string }>('Agent', Prisma.sql`SELECT * FROM "Agent" WHERE id = 1`, asked);
    expect(row!.name).toBe('Alpha agent');
  });
});

test('the categories depend on which there are and by what they are ordered, and each on the columns that are looked at', async () => {
  const { dependencies } = await track(app.prisma, async (db) => (await categories(db)).map(({ slug }) => slug));
  expect(dependencies).toEqual(['*,name Category', 'slug Category:art', 'slug Category:law']);
});

describe('a list', () => {
  test('depends on the group that its filter names, by what chooses and orders, and on the columns that are looked at', async () => {
    const { dependencies } = await track(app.prisma, async (db) => {
      const filter = { category: 'art', search: 'agent' };
      const { edges } = await agents(db, null, { first: 1, orderBy: 'POPULAR', filter });
      return edges.map(({ node }) => node.price);
    });
    expect(dependencies).toEqual([
      'id,price Agent:2',
      '*,category,description,installCount,name,tagline Agent[category="art"]',
    ]);
  });

  test('depends on the table without a filter, and its number of rows on which there are', async () => {
    const { dependencies } = await track(app.prisma, async (db) => {
      await agents(db, null, { first: 0, orderBy: 'NAME' });
    });
    expect(dependencies).toEqual(['*,name Agent']);
    const count = await track(app.prisma, async (db) => {
      const list = await agents(db, null, { first: 0, orderBy: 'NAME', filter: { featured: true } });
      return list.totalCount();
    });
    expect(count.dependencies).toEqual(['*,featured,name Agent[featured=true]']);
  });

  test('depends on the group of its parent, one for each of those loaded together', async () => {
    const { dependencies } = await track(app.prisma, (db) =>
      Promise.all([1, 2].map((agent) => reviews(db, agent, { first: 0 }))),
    );
    expect(dependencies).toEqual(['*,agentId,createdAt Review[agentId=1]', '*,agentId,createdAt Review[agentId=2]']);
  });

  test('depends on what its conditions read elsewhere', async () => {
    const filter = { owner: '0xnobody', traits: [{ traitType: 'Hat', values: ['Crown'] }] };
    const { dependencies } = await track(app.prisma, (db) => nftsByCollectionId(db, 1, { first: 1, filter }));
    expect(dependencies).toEqual([
      '* NftTrait',
      '*,collectionId,id,tokenId Nft[collectionId=1]',
      '*,collectionId Ownership[collectionId=1]',
      '*,collectionId,traitType,value Trait[collectionId=1]',
      '*,address Wallet[address="0xnobody"]',
    ]);
  });

  test.each<[string, (db: Db) => Promise<unknown>, string[]]>([
    [
      'templates of an agent',
      (db) => templatesOfAgent(db, 1, { first: 1 }),
      ['*,useCount Template', '*,agentId,templateId TemplateStep[agentId=1]'],
    ],
    ['tokens of a wallet', (db) => nftsByWalletId(db, 8, { first: 1 }), ['*,nftId,walletId Ownership[walletId=8]']],
    [
      'collections of a user',
      (db) => collectionsByUserId(db, 1, { first: 1 }),
      ['*,standard Collection', '*,tokenCount Holding', '* Ownership', '*,userId Wallet[userId=1]'],
    ],
  ])('over several tables depends on what it declares: %s', async (_name, load, expected) => {
    const { dependencies } = await track(app.prisma, load);
    expect(dependencies).toEqual(expected);
  });

  test('of rows that are no model’s depends on the tables that it names, and is refused if it names none', async () => {
    const listOf = (from: Prisma.Sql) =>
      defineRowList<{ id: number }, 'ID'>({ name: 'x', from, orders: { ID: { by: Prisma.sql`t.id`, type: 'int' } } });
    const named = await track(app.prisma, (db) => listOf(Prisma.sql`(SELECT id FROM "Trait")`)(db, null, { first: 1 }));
    expect(named.dependencies).toEqual(['*,collectionId,id,nftCount,traitType,value Trait']);
    const none = await track(app.prisma, (db) => listOf(Prisma.sql`(SELECT 1 AS id)`)(db, null, { first: 1 }));
    expect(none.reads.refusal).toMatch(/does not say what it reads/);
  });
});

describe('a loader by a column', () => {
  test('depends on what it found, by the columns that are looked at, and on what it did not find', async () => {
    const { dependencies } = await track(app.prisma, async (db) => {
      const [one] = await Promise.all([agentById(db).load(1), agentById(db).load(999), agentBySlug(db).load('nobody')]);
      return one!.tagline;
    });
    expect(dependencies).toEqual(['*,id,tagline Agent:1', '*,id Agent:999', '*,slug Agent[slug="nobody"]']);
  });

  test('of a token in a collection notices that one may come: the collection, or the token in it', async () => {
    const { dependencies } = await track(app.prisma, async (db) => {
      const chain = 'ETHEREUM';
      const keys = [
        { chain, address: ADDRESS, tokenId: '12' },
        { chain, address: ADDRESS, tokenId: '123' },
        { chain, address: '0xnone', tokenId: '1' },
      ] as const;
      return await Promise.all(keys.map((key) => nftByToken(db).load(key)));
    });
    expect(dependencies).toEqual([
      `*,address,chain Collection[chain=ETHEREUM,address="${ADDRESS}"]`,
      '*,address,chain Collection[chain=ETHEREUM,address="0xnone"]',
      'id Nft:1',
      '*,collectionId,tokenId Nft[collectionId=1,tokenId=123]',
      '*,collectionId,tokenId Nft[collectionId=1,tokenId=12]',
    ]);
  });
});

test('a query that wrote goes on noting what it reads, and is not kept', async () => {
  const reads = new Reads();
  const writer = allowWrites(
    { db: new Db(app.prisma, reads) },
    { transact: app.transact as Transact, publisher: null },
  );
  await write(writer, (tx) => tx.prisma.category.create({ data: { slug: 'new', name: 'New' } }));
  expect(reads.refusal).toMatch(/wrote to the database/);
  await agentById(writer.db).load(2);
  expect(reads.dependencies()).toEqual([{ tag: 'Agent:2', columns: ['*', 'id'] }]);
});
