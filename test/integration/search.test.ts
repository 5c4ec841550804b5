import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exactConditions, likenessConditions, wordConditions } from '../../src/graphql/search-condition.js';
import { searchableModels, searchableOf } from '../../src/graphql/searchable.js';
import { PART } from '../../src/marketplace/search/candidates.js';
import { hasWords, piecesOf } from '../../src/marketplace/search/text.js';
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
  test('finds a name whose word is in very many descriptions, and in few names', async () => {
    const { prisma } = app;
    const common = { standard: 'ERC721', description: 'Known for quartz.' } as const;
    const collections = Array.from({ length: 4_000 }, (_, n) => ({
      ...common,
      ...{ name: `Unlike ${n}`, address: `0x${(0xa0000 + n).toString(16).padStart(40, '0')}` },
    }));
    await prisma.collection.createMany({ data: collections });
    // One of them is where it would be looked for first.
    for (let n = 0; n < 2; n += 1) await createCollection(prisma, { name: `Quartz of the north ${n}` });
    const found = await search('quartz', ', types: [COLLECTION], first: 2');
    await prisma.collection.deleteMany({ where: { description: common.description } });
    expect(found.sort()).toEqual(['Collection Quartz of the north 0', 'Collection Quartz of the north 1']);
  });

  test('finds names whose letters have marks', async () => {
    const dragons = await createCollection(app.prisma, { name: 'Marks' });
    for (let tokenId = 0; tokenId < 2; tokenId += 1)
      await createNft(app.prisma, dragons, { tokenId, name: `हिन्दी कला #${tokenId}` });
    expect((await search('हिन्दी', ', types: [NFT]')).sort()).toEqual(['Nft हिन्दी कला #0', 'Nft हिन्दी कला #1']);
  });

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

  test('finds a text that begins and ends within words', async () => {
    expect(await search('agons of the de', ', types: [COLLECTION]')).toEqual(['Collection Dragons of the Deep']);
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

  test('finds a name first among thousands that have it in them, and all else as well, wherever rows lie', async () => {
    const fill = await fillWith('Such Dragons', 2_000);
    const ask = () => search('such dragons #1', ', types: [NFT], first: 100');
    const before = await ask();
    expect(before.slice(0, 1)).toEqual(['Nft Such Dragons #1']);
    expect(before).toHaveLength(100);
    await move(fill, before);
    expect(await ask()).toEqual(before);
  });

  test('finds the same of what fits more names than are looked at, wherever rows lie', async () => {
    const fill = await fillWith('Quiet Otters', 7_000);
    for (const text of ['quiet otters', 'quiet otrs']) {
      const ask = () => search(text, ', types: [NFT], first: 100');
      const before = await ask();
      expect(before).toHaveLength(100);
      await move(fill, before);
      expect(await ask()).toEqual(before);
    }
    await app.prisma.nft.update({ where: { id: fill.lastId }, data: { name: 'Quiet Otters' } });
    expect((await search('quiet otters', ', types: [NFT]'))[0]).toBe('Nft Quiet Otters');
  });

  test('finds users by either of their names, however many have it in theirs', async () => {
    await app.prisma.$executeRaw`
      INSERT INTO "User" (subject, username, "displayName")
      SELECT 'anna-' || i, 'anna-' || i, 'Anna ' || md5(i::text) FROM generate_series(1, 4000) AS i`;
    const people = [
      { subject: 'by username', username: 'anna', displayName: 'Somebody with a long name of her own' },
      { subject: 'by name', username: 'q', displayName: 'Anna' },
    ];
    await app.prisma.user.createMany({ data: people });
    expect(new Set((await search('anna')).slice(0, 2))).toEqual(new Set(['User anna', 'User q']));
  });

  test('takes words for what is to be there, whatever sign stands before or between them', async () => {
    expect(await search('-zzz')).toEqual([]);
    expect(await search('-fear', ', types: [COLLECTION]')).toEqual(['Collection Ghosts']);
    expect(await search('"dragon fear"', ', types: [COLLECTION]')).toContain('Collection Ghosts');
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

/** A collection of tokens that are called alike. */
async function fillWith(name: string, tokens: number): Promise<{ collectionId: number; lastId: number }> {
  const { id: collectionId } = await createCollection(app.prisma, { name: 'Many' });
  await app.prisma.$executeRaw`
    INSERT INTO "Nft" ("collectionId", "tokenId", name)
    SELECT ${collectionId}::int, i, ${name}::text || ' #' || i FROM generate_series(0, ${tokens - 1}::int) AS i`;
  const { id: lastId } = await app.prisma.nft.findFirstOrThrow({ where: { collectionId }, orderBy: { id: 'desc' } });
  return { collectionId, lastId };
}

/** Writes rows anew, of which nothing is searched: they then lie behind all others. */
async function move({ collectionId }: { collectionId: number }, found: readonly string[]): Promise<void> {
  const names = found.map((result) => result.replace('Nft ', ''));
  const where = Prisma.sql`"collectionId" = ${collectionId}::int AND name = ANY(${names}::text[])`;
  const place = () =>
    app.prisma.$queryRaw<{ ctid: string }[]>`SELECT ctid::text FROM "Nft" WHERE ${where} ORDER BY id LIMIT 1`;
  const [before] = await place();
  await app.prisma.$executeRaw`UPDATE "Nft" SET description = repeat('far away ', 800) WHERE ${where}`;
  expect(await place()).not.toEqual([before]);
}

test(
  'each way to be found has an index, the words and names being the same to the letter',
  { timeout: 60_000 },
  async () => {
    const models = searchableModels();
    expect(models).toHaveLength(5);
    await fill(app.prisma);
    for (const model of models) {
      const searchable = searchableOf(model);
      const planOf = async (condition: Prisma.Sql) => {
        const plan = await app.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(
          Prisma.sql`EXPLAIN SELECT id FROM ${Prisma.raw(`"${model}"`)} AS t WHERE ${condition}`,
        );
        return plan.map((line) => line['QUERY PLAN']).join('\n');
      };
      const name = Prisma.raw(searchable.name);
      const pieces = piecesOf(['ghost']).map((piece) => Prisma.sql`${name} ~* ${piece}`);
      const ways = [
        ...wordConditions(searchable, 'ghost'),
        ...likenessConditions(name, 'ghost'),
        ...['ghost', 'gh', 'g'].map((word) => hasWords(name, [word])),
        ...pieces,
      ];
      for (const condition of ways) {
        expect(await planOf(condition)).toMatch(new RegExp(`Bitmap Index Scan on "${model}_(words|trigrams)_idx"`));
        const inPart = new RegExp(`Bitmap Index Scan on "${model}_some_(words|trigrams)_idx"`);
        expect(await planOf(Prisma.sql`${condition} AND ${PART}`)).toMatch(inPart);
      }
      for (const condition of exactConditions(searchable, 'ghost'))
        expect(await planOf(condition)).toMatch(new RegExp(`"${model}_whole_\\w+_idx"`));
    }
  },
);

describe('among many', () => {
  const TOKENS = 8_000;

  beforeAll(async () => {
    const { collectionId } = await fillWith('Bored Ape Yacht Club', TOKENS);
    // One of two that follow each other is not in the part.
    const data = [1, 2].map((i) => ({ collectionId, tokenId: TOKENS + i, name: 'Mona Lisa' }));
    await app.prisma.nft.createMany({ data });
    await app.prisma.$executeRaw`VACUUM ANALYZE`;
  });

  test.each([
    ['NFT', 'bored club'],
    ['NFT', 'boreyacht'],
    ['NFT', 'bored-ape'],
    ['NFT', 'bored ape'],
    ['NFT', 'club of girls'],
    ['NFT', 'b y'],
    ['NFT', 'a'],
    ['NFT', 'mona lsa'],
    ['NFT', '𪜀'],
    ['AGENT', '-zzz'],
    ['USER', 'anna'],
  ])('few rows are read for a text, whatever it is: %s, %s', async (type, text) => {
    const { sent } = await app.countStatements(() => search(text, `, types: [${type}]`));
    expect(await rowsReadBy(sent[0]!)).toBeLessThan(TOKENS / 4);
  });

  test('a name that is misspelt is found if a part of it is rare', async () => {
    expect(await search('mona lsa', ', types: [NFT]')).toEqual(['Nft Mona Lisa', 'Nft Mona Lisa']);
  });

  test('words are found in whatever order', async () => {
    expect((await search('club bored 4012', ', types: [NFT]'))[0]).toBe('Nft Bored Ape Yacht Club #4012');
  });
});

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Index Recheck'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** Rows of tables, those that did not fit among them: to see that takes as long. */
async function rowsReadBy({ query, params }: Prisma.QueryEvent): Promise<number> {
  const [explained] = await app.prisma.$queryRawUnsafe<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
    ...(JSON.parse(params) as unknown[]),
  );
  const read = (node: PlanNode): number => {
    const removed = (node['Rows Removed by Index Recheck'] ?? 0) + (node['Rows Removed by Filter'] ?? 0);
    const own = node['Relation Name'] ? (node['Actual Rows'] + removed) * node['Actual Loops'] : 0;
    return (node.Plans ?? []).reduce((sum, child) => sum + read(child), own);
  };
  return read(explained!['QUERY PLAN'][0].Plan);
}

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
