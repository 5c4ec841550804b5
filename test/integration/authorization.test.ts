/** Who sees which object: every type of node, from every way to it, for every kind of viewer. A type that the schema gains fails until it has its row. */
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createUser, createWorkspace, idOf, install } from '../support/marketplace.js';
import { readContract } from '../prove/operations/contract.js';

const VIEWERS = ['stranger', 'user', 'member', 'admin'] as const;
type ViewerKind = (typeof VIEWERS)[number];
type Verdict = 'seen' | 'FORBIDDEN' | 'UNAUTHENTICATED';

const EVERYONE: Record<ViewerKind, Verdict> = { stranger: 'seen', user: 'seen', member: 'seen', admin: 'seen' };
const MEMBERS: Record<ViewerKind, Verdict> = {
  stranger: 'UNAUTHENTICATED',
  user: 'FORBIDDEN',
  member: 'seen',
  admin: 'seen',
};

/** By type, what each viewer gets for an object of somebody else's. */
const MATRIX: Record<string, Record<ViewerKind, Verdict>> = {
  Agent: EVERYONE,
  Collection: EVERYONE,
  Installation: MEMBERS,
  Nft: EVERYONE,
  Review: EVERYONE,
  Template: EVERYONE,
  Transfer: EVERYONE,
  User: EVERYONE,
  Wallet: EVERYONE,
  Workspace: MEMBERS,
};

/** Fields through which what is not for everyone can be reached from what is. Each has a test below. */
const WAYS_IN = ['Query.workspace', 'User.workspaces'];

const schema = readContract();
let app: TestApp;
const tokens: Partial<Record<ViewerKind, string>> = {};
let secret: string;
const ids: Record<string, string> = {};
beforeAll(async () => {
  app = await startApp();
  const { prisma } = app;
  for (const name of ['owner', 'mel', 'ulf']) await createUser(prisma, name);
  tokens.user = await app.token('ulf');
  tokens.member = await app.token('mel');
  tokens.admin = await app.token('root', 'ADMIN');
  const workspace = await createWorkspace(
    prisma,
    { owner: 'OWNER', mel: 'MEMBER' },
    { name: 'Canary of the workspace' },
  );
  secret = workspace.slug;
  const installation = await install(prisma, await createAgent(prisma), workspace);
  ids['Workspace'] = idOf('Workspace', workspace);
  ids['Installation'] = idOf('Installation', installation);
});
afterAll(() => app.close());

const as = (viewer: ViewerKind) => (tokens[viewer] === undefined ? {} : { token: tokens[viewer] });

test('every type of node has its row, and no other', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(nodeTypes(schema));
});

test('what is not for everyone is reached from what is by the known ways alone', () => {
  const closed = new Set(Object.keys(MATRIX).filter((type) => MATRIX[type] === MEMBERS));
  const found = objectTypes(schema)
    .filter((type) => !closed.has(type.name) && !/Payload|Mutation|Edge$|Connection$/.test(type.name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => closed.has(getNamedType(field.type).name.replace(/Connection$/, '')))
        .map((field) => `${type.name}.${field.name}`),
    );
  expect(found.sort()).toEqual(WAYS_IN);
});

const closedTypes = Object.keys(MATRIX).filter((type) => MATRIX[type] === MEMBERS);
describe.each(VIEWERS)('a %s', (viewer) => {
  test.each(closedTypes)('asks for a foreign %s by its id, alone and among others', async (type) => {
    const verdict = MATRIX[type]![viewer];
    for (const [query, variables] of [
      ['query ($id: ID!) { node(id: $id) { id } }', { id: ids[type] }],
      ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [ids[type]] }],
    ] as const) {
      const { data, errors } = await app.execute(query, variables, as(viewer));
      const shown = data.node ?? data.nodes?.[0] ?? null;
      if (verdict === 'seen') expect([errors, shown]).toEqual([[], { id: ids[type] }]);
      else expect([errors[0]?.extensions.code, shown]).toEqual([verdict, null]);
    }
  });

  test('asks for a foreign workspace by its slug', async () => {
    const { data, errors } = await app.execute(
      'query ($s: String!) { workspace(slug: $s) { name } }',
      { s: secret },
      as(viewer),
    );
    const verdict = MATRIX['Workspace']![viewer];
    if (verdict === 'seen') expect(data.workspace.name).toBe('Canary of the workspace');
    else expect([errors[0]?.extensions.code, data?.workspace ?? null]).toEqual([verdict, null]);
  });

  test('asks for the workspaces of somebody else', async () => {
    const answer = await app.execute('{ user(username: "owner") { username workspaces { name } } }', {}, as(viewer));
    const shows = JSON.stringify(answer.data).includes('Canary of the workspace');
    // Their own, or all for an admin: never those that only the other belongs to.
    expect(shows && viewer !== 'admin' && viewer !== 'member').toBe(false);
  });
});

const objectTypes = (of: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(of.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );

function nodeTypes(of: GraphQLSchema): string[] {
  const node = of.getType('Node');
  if (!isInterfaceType(node)) throw new Error('The contract has no Node.');
  return of
    .getPossibleTypes(node)
    .map(({ name }) => name)
    .sort();
}
