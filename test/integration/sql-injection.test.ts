/** Whatever stands in an input, the database is only told it as a value: every text and every id of the schema, one after the other, says that it would like to sleep. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createTemplate, createUser, createWorkspace, idOf, install } from '../support/marketplace.js';
import { createCollection, createNft, createWallet } from '../support/tokens.js';

const SLEEP = 'pg_sleep';
const TEXT = `'; SELECT ${SLEEP}(60) --`;
const encoded = (type: string): string => Buffer.from(`${type}:1; SELECT ${SLEEP}(60)`).toString('base64');

/** One input that says so. */
interface Aim {
  name: string;
  query: string;
  variables: Record<string, unknown>;
}

const schema = buildMarketplaceSchema();
let app: TestApp;
let token: string;
/** Of one of each type. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  const { prisma } = app;
  const ada = await createUser(prisma, 'ada');
  const agent = await createAgent(prisma, { author: 'ada' });
  const template = await createTemplate(prisma, { author: 'ada', agents: [agent] });
  const workspace = await createWorkspace(prisma, { ada: 'OWNER' });
  const installation = await install(prisma, agent, workspace);
  const wallet = await createWallet(prisma, ada);
  const collection = await createCollection(prisma);
  const nft = await createNft(prisma, collection, { holder: wallet });
  const transfer = await prisma.transfer.findFirstOrThrow();
  const review = await prisma.review.create({ data: { agentId: agent.id, authorId: ada.id, rating: 5 } });
  const rows = { Agent: agent, Template: template, Workspace: workspace, Installation: installation, Wallet: wallet };
  for (const [type, row] of Object.entries({
    ...rows,
    ...{ Collection: collection, Nft: nft, Transfer: transfer, User: ada, Review: review },
  }))
    ids[type] = idOf(type, row);
  token = await app.token('ada', 'ADMIN');
  await app.poll();
});
afterAll(() => app.close());

/** At the root, and of each type that can be had by its id. */
function aims(): Aim[] {
  const roots = [
    ...aimsOf(schema.getQueryType()!, (field) => field, 'query'),
    ...aimsOf(schema.getMutationType()!, (field) => field, 'mutation'),
  ];
  const nodes = Object.entries(ids).flatMap(([type, id]) =>
    aimsOf(
      schema.getType(type) as GraphQLObjectType,
      (field) => `node(id: "${id}") { ... on ${type} { ${field} } }`,
      'query',
    ),
  );
  return [...roots, ...nodes];
}

function aimsOf(type: GraphQLObjectType, wrap: (field: string) => string, kind: string): Aim[] {
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((arg) =>
      leavesOf(arg.type, []).map((path) => {
        const given = field.args.filter((other) => other === arg || isRequiredArgument(other));
        const values = given.map((other) => [other.name, valueOf(other.type, other === arg ? path : null, other.name)]);
        const declared = given.map(({ name, type: of }) => `$${name}: ${of.toString()}`).join(', ');
        return {
          name: [type.name, field.name, arg.name, ...path].join('.'),
          query: `${kind} (${declared}) { ${wrap(call(field, given))} }`,
          variables: Object.fromEntries(values) as Record<string, unknown>,
        };
      }),
    ),
  );
}

function call(field: GraphQLField<unknown, unknown>, given: readonly GraphQLArgument[]): string {
  const selections = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  return `${field.name}(${given.map(({ name }) => `${name}: $${name}`).join(', ')})${selections}`;
}

/** Where in a value a text can stand: the names of the fields that lead there. */
function leavesOf(type: GraphQLInputType, path: readonly string[]): string[][] {
  const named = getNamedType(type);
  if (isInputObjectType(named))
    return Object.values(named.getFields()).flatMap((field) => leavesOf(field.type, [...path, field.name]));
  return ['String', 'ID', 'DateTime', 'Decimal'].includes(named.name) ? [[...path]] : [];
}

/** @param path where it says so; null: nowhere. @param name of the argument or field. */
function valueOf(type: GraphQLInputType, path: readonly string[] | null, name: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [valueOf(nullable.ofType, path, name)];
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    const given = fields.filter((field) => field.name === path?.[0] || isRequiredInputField(field));
    return Object.fromEntries(
      given.map((field) => {
        const rest = field.name === path?.[0] ? path.slice(1) : null;
        return [field.name, valueOf(field.type, rest, field.name)];
      }),
    );
  }
  if (path !== null) return nullable.toString() === 'ID' ? encoded(nounOf(name)) : TEXT;
  if (isEnumType(nullable)) return nullable.getValues()[0]!.name;
  return HARMLESS[nullable.toString()] ?? ids[nounOf(name)];
}

const HARMLESS: Record<string, unknown> = {
  ...{ String: 'something', Int: 1, Float: 1, Boolean: true, Decimal: '1', DateTime: '2026-01-01T00:00:00Z' },
};

/** `agentId` and `agentIds` are those of an Agent. */
function nounOf(name: string): string {
  const noun = name.replace(/Ids?$/, '');
  const type = `${noun[0]!.toUpperCase()}${noun.slice(1)}`;
  return isObjectType(schema.getType(type)) ? type : 'Agent';
}

test(
  'no input of the schema becomes a part of a statement, and none makes the database sleep',
  { timeout: 120_000 },
  async () => {
    const all = aims();
    const codes = new Set<unknown>();
    let asValue = 0;
    for (const { name, query, variables } of all) {
      const { result, sent } = await app.countStatements(() => app.execute(query, variables, { token }));
      const statements = sent.map((statement) => statement.query).filter((text) => text.includes(SLEEP));
      expect({ name, statements }).toEqual({ name, statements: [] });
      if (sent.some(({ params }) => params.includes(SLEEP))) asValue += 1;
      for (const { extensions } of result.errors) codes.add(extensions.code);
    }
    expect(all.length).toBeGreaterThan(80);
    // The others are refused before: a text with a quote is no address, and the id of nothing.
    expect(asValue).toBeGreaterThan(20);
    expect([...codes]).not.toContain('INTERNAL_SERVER_ERROR');
  },
);

test('nor does a cursor, a name that a token carries, or the name of an operation', async () => {
  await createCollection(app.prisma, { name: TEXT });
  await app.poll();
  const PAGE =
    'query ($after: String) { collections(orderBy: NAME, after: $after) { pageInfo { endCursor } edges { cursor } } }';
  const { data } = await app.execute<{ collections: { edges: { cursor: string }[] } }>(PAGE, {});
  const [cursor] = data!.collections.edges.map((edge) => edge.cursor).filter((text) => said(text).includes(SLEEP));
  const foreign = await app.token(TEXT);
  const { sent } = await app.countStatements(async () => {
    expect((await app.execute(PAGE, { after: cursor })).errors).toEqual([]);
    expect((await app.execute('{ viewer { username } }', {}, { token: foreign })).errors).toEqual([]);
    await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': TEXT },
      body: JSON.stringify({ query: '{ agentCategories { category } }', operationName: TEXT }),
    });
  });
  expect(sent.filter(({ query }) => query.includes(SLEEP))).toEqual([]);
  expect(sent.filter(({ params }) => params.includes(SLEEP)).length).toBeGreaterThanOrEqual(2);
});

const said = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();
