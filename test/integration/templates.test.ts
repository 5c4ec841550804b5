import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent, Template } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createTemplate, idOf, missingIdOf } from '../support/marketplace.js';

let app: TestApp;
let scribe: Agent, hound: Agent;
let digest: Template, patrol: Template, tour: Template;

/** Three templates that every order puts differently. */
beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  scribe = await createAgent(prisma, { name: 'Scribe' });
  hound = await createAgent(prisma, { name: 'Hound' });
  digest = await createTemplate(prisma, {
    name: 'Daily digest',
    createdAt: new Date('2026-03-01T00:00:00Z'),
    agents: [scribe, hound, scribe],
  });
  patrol = await createTemplate(prisma, {
    name: 'Night patrol',
    createdAt: new Date('2026-02-01T00:00:00Z'),
    category: 'security',
    complexity: 'ADVANCED',
    featured: true,
    agents: [hound],
  });
  tour = await createTemplate(prisma, {
    name: 'A tour of ruins',
    description: 'Walks you through castles',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    featured: true,
  });
  await prisma.templateUse.createMany({ data: [patrol, patrol, tour].map(({ id }) => ({ templateId: id })) });
});
afterAll(() => app.close());

const names = async (args: string): Promise<string[]> => {
  const { data, errors } = await app.execute(`{ templates${args} { nodes { name } } }`);
  expect(errors).toEqual([]);
  return data.templates.nodes.map(({ name }: Template) => name);
};

test.each([
  ['', ['Night patrol', 'A tour of ruins', 'Daily digest']],
  ['(orderBy: POPULAR)', ['Night patrol', 'A tour of ruins', 'Daily digest']],
  ['(orderBy: NEWEST)', ['Daily digest', 'Night patrol', 'A tour of ruins']],
  ['(orderBy: NAME)', ['A tour of ruins', 'Daily digest', 'Night patrol']],
  ['(filter: { category: "security" })', ['Night patrol']],
  ['(filter: { complexity: BEGINNER })', ['A tour of ruins', 'Daily digest']],
  ['(filter: { featured: true })', ['Night patrol', 'A tour of ruins']],
  ['(filter: { featured: false, complexity: ADVANCED })', []],
  ['(filter: { search: "castle" })', ['A tour of ruins']],
  ['(filter: { search: "nite patrol" })', ['Night patrol']],
])('templates%s', async (args, expected) => {
  expect(await names(args)).toEqual(expected);
});

describe('pages', () => {
  beforeAll(async () => {
    for (const name of ['One', 'Two', 'Three']) await createTemplate(app.prisma, { name, category: 'unused' });
  });

  test.each([
    ['first', 'after', 'endCursor', 'hasNextPage', ['Three', 'Two', 'One']],
    ['last', 'before', 'startCursor', 'hasPreviousPage', ['One', 'Two', 'Three']],
  ])(
    '"%s" with "%s" meets each template once, equally popular ones too',
    async (size, from, cursor, more, expected) => {
      const met: string[] = [];
      let place = '';
      for (let goOn = true; goOn;) {
        const { data } = await app.execute(
          `{ templates(filter: { category: "unused" }, ${size}: 1 ${place}) { nodes { name } pageInfo { ${cursor} ${more} } } }`,
        );
        met.push(...data.templates.nodes.map(({ name }: Template) => name));
        place = `${from}: "${data.templates.pageInfo[cursor]}"`;
        goOn = data.templates.pageInfo[more];
      }
      expect(met).toEqual(expected);
    },
  );
});

describe('one template', () => {
  test('by slug and by id, with steps in order and each agent once, by name', async () => {
    const fields = `... on Template {
      slug name description category complexity featured useCount
      steps { position title instruction agent { name } } agents { name } }`;
    const { data, errors } = await app.execute(
      `query ($slug: String!, $id: ID!) { template(slug: $slug) { ${fields} } node(id: $id) { ${fields} } }`,
      { slug: digest.slug, id: idOf('Template', digest) },
    );
    expect(errors).toEqual([]);
    expect(data.template).toEqual({
      slug: digest.slug,
      name: 'Daily digest',
      description: '',
      category: 'research',
      complexity: 'BEGINNER',
      featured: false,
      useCount: 0,
      steps: [
        { position: 1, title: 'Step 1', instruction: '', agent: { name: 'Scribe' } },
        { position: 2, title: 'Step 2', instruction: '', agent: { name: 'Hound' } },
        { position: 3, title: 'Step 3', instruction: '', agent: { name: 'Scribe' } },
      ],
      agents: [{ name: 'Hound' }, { name: 'Scribe' }],
    });
    expect(data.node).toEqual(data.template);
  });

  test('null for a slug and an id that nothing has', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { template(slug: "nothing") { name } node(id: $id) { id } }`,
      { id: missingIdOf('Template') },
    );
    expect({ data, errors }).toEqual({ data: { template: null, node: null }, errors: [] });
  });
});

test('an agent has each template that uses it once, the most used first', async () => {
  const { data } = await app.execute(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { templates(first: 1) { totalCount nodes { name } pageInfo { endCursor hasNextPage } } } } }`,
    { ids: [idOf('Agent', scribe), idOf('Agent', hound)] },
  );
  expect(data.nodes).toMatchObject([
    { templates: { totalCount: 1, nodes: [{ name: 'Daily digest' }], pageInfo: { hasNextPage: false } } },
    { templates: { totalCount: 2, nodes: [{ name: 'Night patrol' }], pageInfo: { hasNextPage: true } } },
  ]);
  const next = await app.execute(
    `query ($id: ID!, $after: String) { node(id: $id) { ... on Agent { templates(first: 1, after: $after) { nodes { name } } } } }`,
    { id: idOf('Agent', hound), after: data.nodes[1].templates.pageInfo.endCursor },
  );
  expect(next.data.node.templates.nodes).toEqual([{ name: 'Daily digest' }]);
});

test('a page of templates costs no more statements than one template', async () => {
  for (let i = 0; i < 20; i += 1) await createTemplate(app.prisma, { agents: [scribe, hound], author: `author-${i}` });
  const count = async (first: number) => {
    const { result, statements } = await app.countStatements(() =>
      app.execute(
        `query ($first: Int!) { templates(first: $first, orderBy: NEWEST) { totalCount nodes { author { username } steps { agent { name author { username } } } agents { name } } } }`,
        { first },
      ),
    );
    expect(result.errors).toEqual([]);
    expect(result.data.templates.nodes).toHaveLength(first);
    return statements.length;
  };
  // One for each field that needs rows. Which of two answers comes first decides whether one can spare the other's.
  for (const first of [2, 20]) expect(await count(first)).toBeLessThanOrEqual(7);
});
