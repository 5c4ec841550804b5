import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import {
  createAgent,
  createTemplate,
  createUser,
  createWorkspace,
  idOf,
  install,
  missingIdOf,
} from '../support/marketplace.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

let app: TestApp;
let scribe: Agent, hound: Agent, oracle: Agent, clerk: Agent;

/** Four agents that every order puts differently. */
beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  scribe = await createAgent(prisma, { name: 'Scribe', createdAt: daysAgo(9), pricing: 'PAID', price: 5 });
  hound = await createAgent(prisma, { name: 'Hound', createdAt: daysAgo(8), featured: true, category: 'security' });
  oracle = await createAgent(prisma, {
    name: 'Oracle',
    createdAt: daysAgo(7),
    featured: true,
    tagline: 'Foresees floods',
  });
  clerk = await createAgent(prisma, { name: 'Clerk', createdAt: daysAgo(6), category: 'security' });

  const workspaces = await Promise.all(Array.from({ length: 3 }, () => createWorkspace(prisma)));
  // An installation counts half after seven days: three of long ago weigh less than one of today.
  for (const workspace of workspaces) await install(prisma, scribe, workspace, daysAgo(30));
  await install(prisma, oracle, workspaces[0]!, daysAgo(0));
  await install(prisma, hound, workspaces[0]!, daysAgo(3));
  await install(prisma, hound, workspaces[1]!, daysAgo(20));

  const [ann, bob] = [await createUser(prisma, 'ann'), await createUser(prisma, 'bob')];
  await prisma.review.createMany({
    data: [
      { agentId: clerk.id, authorId: ann.id, rating: 5 },
      { agentId: clerk.id, authorId: bob.id, rating: 4 },
      { agentId: scribe.id, authorId: ann.id, rating: 2 },
    ],
  });
});
afterAll(() => app.close());

async function names(args: string): Promise<string[]> {
  const { data, errors } = await app.execute(`{ agents${args} { nodes { name } } }`);
  expect(errors).toEqual([]);
  return data.agents.nodes.map(({ name }: { name: string }) => name);
}

describe('orders', () => {
  test.each([
    ['TRENDING', ['Oracle', 'Hound', 'Scribe', 'Clerk']],
    ['POPULAR', ['Scribe', 'Hound', 'Oracle', 'Clerk']],
    ['NEWEST', ['Clerk', 'Oracle', 'Hound', 'Scribe']],
    ['RATING', ['Clerk', 'Scribe', 'Oracle', 'Hound']],
    ['NAME', ['Clerk', 'Hound', 'Oracle', 'Scribe']],
  ])('%s', async (order, expected) => {
    expect(await names(`(orderBy: ${order})`)).toEqual(expected);
  });

  test('what nobody asks for is trending', async () => {
    expect(await names('')).toEqual(await names('(orderBy: TRENDING)'));
  });

  test('trendingAgents are those of the list, featuredAgents those of them that are featured', async () => {
    const { data } = await app.execute(`{ trendingAgents(first: 3) { name } featuredAgents { name featured } }`);
    expect(data.trendingAgents.map(({ name }: Agent) => name)).toEqual(['Oracle', 'Hound', 'Scribe']);
    expect(data.featuredAgents).toEqual([
      { name: 'Oracle', featured: true },
      { name: 'Hound', featured: true },
    ]);
  });

  test.each(['trendingAgents', 'featuredAgents'])('%s takes 1 to 100', async (field) => {
    for (const first of [0, 101]) {
      const { errors } = await app.execute(`{ ${field}(first: ${first}) { name } }`);
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['first'] }] });
    }
  });
});

describe('filters', () => {
  test.each([
    ['{ category: "security" }', ['Hound', 'Clerk']],
    ['{ category: "unheard of" }', []],
    ['{ featured: true }', ['Oracle', 'Hound']],
    ['{ featured: false }', ['Scribe', 'Clerk']],
    ['{ pricing: PAID }', ['Scribe']],
    ['{ search: "flood" }', ['Oracle']],
    ['{ search: "orcle" }', ['Oracle']],
    ['{ featured: true, category: "security" }', ['Hound']],
    ['{ featured: null, category: null }', ['Oracle', 'Hound', 'Scribe', 'Clerk']],
  ])('%s', async (filter, expected) => {
    expect(await names(`(filter: ${filter})`)).toEqual(expected);
  });

  test('an empty search is refused, with its path', async () => {
    const { errors } = await app.execute(`{ agents(filter: { search: " " }) { totalCount } }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['filter', 'search'] }] });
  });

  test('totalCount counts what fits the filter, not the page', async () => {
    const { data } = await app.execute(`{ agents(first: 1, filter: { category: "security" }) { totalCount } }`);
    expect(data.agents.totalCount).toBe(2);
  });
});

describe('pages', () => {
  // Nobody reviewed Hound and Oracle: their places in RATING are told by their keys alone.
  const page = (args: string) =>
    app.execute(
      `{ agents(${args}, orderBy: RATING) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );

  test.each([
    ['first', 'after', 'endCursor', 'hasNextPage', ['Clerk', 'Scribe', 'Oracle', 'Hound']],
    ['last', 'before', 'startCursor', 'hasPreviousPage', ['Hound', 'Oracle', 'Scribe', 'Clerk']],
  ])('"%s" with "%s" meets each agent once, equal ones too', async (size, from, cursor, more, expected) => {
    const met: string[] = [];
    let place = '';
    for (let goOn = true; goOn;) {
      const { data, errors } = await page(`${size}: 1 ${place}`);
      expect(errors).toEqual([]);
      met.push(...data.agents.edges.map(({ node }: { node: Agent }) => node.name));
      place = `${from}: "${data.agents.pageInfo[cursor]}"`;
      goOn = data.agents.pageInfo[more];
    }
    expect(met).toEqual(expected);
  });

  test('a cursor of another order is refused', async () => {
    const { data } = await page('first: 1');
    const { errors } = await app.execute(
      `{ agents(orderBy: NAME, after: "${data.agents.pageInfo.endCursor}") { totalCount } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['after'] }] });
  });
});

describe('one agent', () => {
  test('by slug and by id, with all that it shows', async () => {
    const fields = `... on Agent { slug name tagline description category imageUrl featured pricing price installCount rating reviewCount }`;
    const { data, errors } = await app.execute(
      `query ($slug: String!, $id: ID!) { agent(slug: $slug) { ${fields} } node(id: $id) { ${fields} } }`,
      { slug: scribe.slug, id: idOf('Agent', scribe) },
    );
    expect(errors).toEqual([]);
    expect(data.agent).toEqual({
      slug: scribe.slug,
      name: 'Scribe',
      tagline: 'Does it',
      description: '',
      category: 'research',
      imageUrl: null,
      featured: false,
      pricing: 'PAID',
      price: '5',
      installCount: 3,
      rating: 2,
      reviewCount: 1,
    });
    expect(data.node).toEqual(data.agent);
  });

  test('null for a slug and an id that nothing has', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { agent(slug: "nobody") { name } node(id: $id) { id } }`,
      { id: missingIdOf('Agent') },
    );
    expect({ data, errors }).toEqual({ data: { agent: null, node: null }, errors: [] });
  });

  test('a slug that no database could hold is refused', async () => {
    const { errors } = await app.execute(`query ($slug: String!) { agent(slug: $slug) { name } }`, { slug: 'a\0b' });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['slug'] }] });
  });
});

test('categories come by name, with the number of their agents', async () => {
  const { data } = await app.execute(`{ agentCategories { category name agentCount } }`);
  expect(data.agentCategories).toEqual([
    { category: 'research', name: 'RESEARCH', agentCount: 2 },
    { category: 'security', name: 'SECURITY', agentCount: 2 },
  ]);
});

test('a page of agents costs no more statements than one agent, four levels down', async () => {
  const { prisma } = app;
  for (let i = 0; i < 20; i += 1) {
    const pair = [await createAgent(prisma), await createAgent(prisma, { author: `author-${i}` })];
    await createTemplate(prisma, { agents: pair });
    await createTemplate(prisma, { agents: [...pair, pair[0]!] });
    const { id: authorId } = await createUser(prisma, `reader-${i}`);
    await prisma.review.createMany({ data: pair.map((agent) => ({ agentId: agent.id, authorId, rating: 3 })) });
  }
  const document = `query ($first: Int!) {
    agents(first: $first, orderBy: NEWEST) {
      totalCount
      nodes {
        name author { username }
        reviews(first: $first) { totalCount nodes { rating author { username } agent { name } } }
        templates(first: $first) { totalCount nodes { name author { username } agents { name author { username } } steps { title agent { name } } } }
      }
    }
  }`;
  for (const first of [2, 20]) {
    const { result, statements } = await app.countStatements(() => app.execute(document, { first }));
    expect(result.errors).toEqual([]);
    expect(result.data.agents.nodes).toHaveLength(first);
    expect(result.data.agents.nodes[0].templates.nodes).toHaveLength(2);
    // One for each field that needs rows. Which of two answers comes first decides whether one can spare the other's.
    expect(statements.length).toBeLessThanOrEqual(14);
  }
});
