import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchConditions } from '../../src/graphql/search-condition.js';
import { searchableModels, searchableOf } from '../../src/graphql/searchable.js';
import { Prisma, type PrismaClient } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createTemplate, createUser } from '../support/marketplace.js';
import { createCollection, createNft } from '../support/tokens.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  const dragons = await createCollection(prisma, { name: 'Such Dragons', description: 'Painted by hand.' });
  await createCollection(prisma, { name: 'Dragons of the Deep' });
  await createCollection(prisma, { name: 'Ghosts', description: 'They fear no dragon.' });
  await createCollection(prisma, { name: '100% Cotton' });
  await createNft(prisma, dragons, { tokenId: 0, name: 'Such Dragons #0' });
  await createAgent(prisma, { name: 'Dragon Tamer', tagline: 'Calms what breathes fire' });
  await createTemplate(prisma, { name: 'Feed a dragon', description: 'Twice a day' });
  const user = await createUser(prisma, 'smaug');
  await prisma.user.update({ where: { id: user.id }, data: { displayName: 'Dragon of Erebor' } });
});
afterAll(() => app.close());

const FIELDS = `__typename
  ... on Collection { collection: name } ... on Nft { nft: name } ... on Agent { agent: name }
  ... on Template { template: name } ... on User { user: username }`;

async function search(text: string, args = ''): Promise<string[]> {
  const { data, errors } = await app.execute(`query ($text: String!) { search(text: $text ${args}) { ${FIELDS} } }`, {
    text,
  });
  expect(errors).toEqual([]);
  return data.search.map(
    ({ __typename, ...name }: Record<string, string>) => `${__typename} ${Object.values(name)[0]}`,
  );
}

describe('search', () => {
  test('finds a name that is misspelt', async () => {
    expect((await search('such drgn'))[0]).toBe('Collection Such Dragons');
    expect(await search('ghsts')).toEqual(['Collection Ghosts']);
  });

  test('finds each kind of thing', async () => {
    const found = await search('dragon');
    expect(new Set(found.map((name) => name.split(' ')[0]))).toEqual(
      new Set(['Collection', 'Nft', 'Agent', 'Template', 'User']),
    );
  });

  test.each([
    ['[USER]', ['User smaug']],
    ['[AGENT, TEMPLATE, AGENT]', ['Agent Dragon Tamer', 'Template Feed a dragon']],
    ['[]', []],
  ])('finds only what is asked for: %s', async (types, expected) => {
    expect((await search('dragon', `, types: ${types}`)).sort()).toEqual(expected);
  });

  test('puts the very name first, then names that have it in them, then what only speaks of it', async () => {
    expect(await search('such dragons', ', types: [COLLECTION, NFT]')).toEqual([
      'Collection Such Dragons',
      'Nft Such Dragons #0',
      'Collection Dragons of the Deep',
      'Collection Ghosts',
    ]);
  });

  test('knows the forms of a word', async () => {
    expect(await search('painting', ', types: [COLLECTION]')).toEqual(['Collection Such Dragons']);
    expect(await search('breathe', ', types: [AGENT]')).toEqual(['Agent Dragon Tamer']);
  });

  test('finds a user by username and by the name that people read', async () => {
    expect(await search('smaug')).toEqual(['User smaug']);
    expect(await search('erebor')).toEqual(['User smaug']);
  });

  test('takes signs for what they are', async () => {
    expect(await search('100%')).toEqual(['Collection 100% Cotton']);
    expect(await search('rag%ons')).toEqual([]);
    for (const text of ['%', '___', '#', '\\', `'";--`, '&|!()', '<->']) expect(await search(text)).toEqual([]);
  });

  test('gives as many as asked for, and the same ones each time', async () => {
    const all = await search('dragon');
    expect(await search('dragon', ', first: 2')).toEqual(all.slice(0, 2));
    expect(await search('dragon')).toEqual(all);
  });

  test('of equals the earlier comes first', async () => {
    for (let i = 0; i < 3; i += 1) await createCollection(app.prisma, { name: 'Twins', symbol: String(i) });
    const { data } = await app.execute('{ search(text: "twins") { ... on Collection { symbol } } }');
    expect(data.search).toEqual([{ symbol: '0' }, { symbol: '1' }, { symbol: '2' }]);
  });

  test('finds the token that is meant among many that are called alike', async () => {
    const { id: collectionId } = await createCollection(app.prisma, { name: 'Lunar Whales' });
    const tokens = Array.from({ length: 2_000 }, (_, tokenId) => ({
      collectionId,
      tokenId,
      name: `Lunar Whales #${tokenId}`,
    }));
    await app.prisma.nft.createMany({ data: tokens });
    expect((await search('lunar whales #1987', ', types: [NFT]'))[0]).toBe('Nft Lunar Whales #1987');
  });

  test.each([
    ['text: ""', 'text'],
    ['text: "  "', 'text'],
    [`text: "${'x'.repeat(101)}"`, 'text'],
    ['text: "a\\u0000"', 'text'],
    ['text: "a", first: 0', 'first'],
    ['text: "a", first: 101', 'first'],
  ])('refuses %s', async (args, path) => {
    const { errors } = await app.execute(`{ search(${args}) { __typename } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: [path] }] });
  });

  test('is one statement, and one for the rows of each kind', async () => {
    const { statements } = await app.countStatements(() => search('dragon'));
    expect(statements).toHaveLength(6);
  });
});

test('each way to be found has an index, the words and names being the same to the letter', async () => {
  const models = searchableModels();
  expect(models).toHaveLength(5);
  await fill(app.prisma);
  for (const model of models) {
    for (const condition of searchConditions(searchableOf(model), 'ghost')) {
      const plan = await app.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(
        Prisma.sql`EXPLAIN SELECT id FROM ${Prisma.raw(`"${model}"`)} AS t WHERE ${condition}`,
      );
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect(text).toMatch(new RegExp(`Bitmap Index Scan on "${model}_(words|trigrams)_idx"`));
    }
  }
});

/** So many rows that a scan of a whole table is no choice. */
async function fill(prisma: PrismaClient): Promise<void> {
  const rows = Prisma.sql`generate_series(1, 5000) AS g, md5(g::text) AS name`;
  await prisma.$executeRaw`
    INSERT INTO "Collection" (address, name) SELECT '0x' || name || 'ffffffff', name FROM ${rows}`;
  await prisma.$executeRaw`
    INSERT INTO "Nft" ("collectionId", "tokenId", name)
    SELECT (SELECT max(id) FROM "Collection"), g, name FROM ${rows}`;
  await prisma.$executeRaw`INSERT INTO "User" (subject, username, "displayName") SELECT name, name, name FROM ${rows}`;
  await prisma.$executeRaw`
    INSERT INTO "Agent" (slug, name, tagline, description, category, "authorId")
    SELECT name, name, '', '', (SELECT min(slug) FROM "Category"), (SELECT min(id) FROM "User") FROM ${rows}`;
  await prisma.$executeRaw`
    INSERT INTO "Template" (slug, name, description, category, "authorId")
    SELECT name, name, '', (SELECT min(slug) FROM "Category"), (SELECT min(id) FROM "User") FROM ${rows}`;
  // New entries of these indexes wait in a list of their own until then, which the planner counts as a cost.
  await prisma.$executeRaw`VACUUM ANALYZE`;
}
