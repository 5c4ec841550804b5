/** Behind every filter, order and foreign key that the contract offers stands an index: shown by the plans of what the server sends. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.js';
import { type TestApp, startApp } from '../support/app.js';
import {
  type Samples,
  filterOperations,
  listOperations,
  nodeOperations,
  pagedOperations,
} from '../support/contract-operations.js';
import { fillLargeMarketplace } from '../support/large-marketplace.js';
import { type Planner, openPlanner } from '../support/plans.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const ADDRESS = '"0x00000000000000000000000000000000000002a1"';

const SAMPLES: Samples = {
  keys: {
    ...{ Collection: 7, Nft: 777, Transfer: 777, Wallet: 42, User: 42 },
    ...{ Agent: 42, Review: 42, Template: 42, Workspace: 42, Installation: 42 },
  },
  values: {
    'CollectionFilter.search': '"such drgn"',
    'CollectionFilter.chain': 'BASE',
    'CollectionFilter.verified': 'true',
    'NftFilter.traits': '[{ traitType: "Type 1", values: ["Value 1", "Value 5"] }]',
    'NftFilter.owner': ADDRESS,
    'AgentFilter.search': '"such drgn"',
    'AgentFilter.category': '"category-3"',
    'AgentFilter.featured': 'true',
    'AgentFilter.pricing': 'PAID',
    'TemplateFilter.search': '"such drgn"',
    'TemplateFilter.category': '"category-3"',
    'TemplateFilter.complexity': 'ADVANCED',
    'TemplateFilter.featured': 'true',
    'Nft.ownerAt.time': '"2026-06-01T00:00:00Z"',
  },
};

/** Root fields that are no lists. */
const LOOKUPS = [
  `{ collection(address: ${ADDRESS}) { name } }`,
  `{ nft(address: ${ADDRESS}, tokenId: "7") { name } }`,
  `{ wallet(address: ${ADDRESS}) { address } }`,
  '{ user(username: "user-7") { id } }',
  '{ user(fid: 7) { id } }',
  '{ agent(slug: "agent-7") { id } }',
  '{ template(slug: "template-7") { id } }',
  '{ workspace(slug: "workspace-7") { id } }',
  '{ trendingAgents { id } featuredAgents { id } agentCategories { agentCount } }',
  '{ viewer { workspaces { id } } }',
  ...['COLLECTION', 'NFT', 'AGENT', 'TEMPLATE', 'USER'].map(
    (type) => `{ search(text: "such drgn", types: [${type}]) { __typename } }`,
  ),
];

let place: TestDatabase;
let app: TestApp;
let planner: Planner;
let token: string;

beforeAll(async () => {
  place = await createTestDatabase();
  const superuser = new URL(place.url);
  superuser.username = 'postgres';
  await fillLargeMarketplace(superuser.href);
  app = await startApp({ env: { DATABASE_URL: place.url } });
  planner = await openPlanner(place.url);
  token = await app.token('user-7', 'ADMIN');
}, 180_000);

afterAll(async () => {
  await planner.close();
  await app.close();
  await place.remove();
});

/** For each operation whose statements read a large table from end to end: which tables, and the statement. */
async function withoutIndex(operations: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const operation of operations) {
    const { result, sent } = await app.countStatements(() => app.execute(operation, {}, { token }));
    expect(result.errors, operation).toEqual([]);
    expect(result.data.node, operation).not.toBeNull();
    for (const statement of sent) {
      const tables = await planner.wholeTablesReadBy(statement);
      if (tables.length > 0) faults.push(`${operation}\n  reads all of ${tables.join(', ')}: ${statement.query}`);
    }
  }
  return faults;
}

test(
  'each list finds its rows by index, in each order, with each filter, in both directions',
  { timeout: 60_000 },
  async () => {
    const operations = listOperations(buildMarketplaceSchema(), SAMPLES);
    expect(operations.length).toBeGreaterThan(100);
    expect(await withoutIndex(operations)).toEqual([]);
  },
);

test('each filter is looked up in an index, not asked of row after row', async () => {
  const asked: string[] = [];
  for (const { name, operation } of filterOperations(buildMarketplaceSchema(), SAMPLES)) {
    const { sent } = await app.countStatements(() => app.execute(operation, {}, { token }));
    const conditions = await Promise.all(sent.map((statement) => planner.filtersOf(statement)));
    if (conditions.flat().length > 0) asked.push(name);
  }
  // The values of one trait type are few, and lie side by side in their index.
  expect(asked).toEqual(['Collection.nfts by NftFilter.traits']);
});

test('each foreign key leads an index', async () => {
  const without = await app.prisma.$queryRaw`
    SELECT conname FROM pg_constraint AS key WHERE contype = 'f' AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL
        AND (string_to_array(indkey::text, ' ')::int2[])[1] = ANY(conkey))`;
  expect(without).toEqual([]);
});

test('each next page begins in an index, at its cursor', { timeout: 60_000 }, async () => {
  const elsewhere: string[] = [];
  for (const { name, page } of pagedOperations(buildMarketplaceSchema(), SAMPLES)) {
    const first = await app.execute(page(), {}, { token });
    const { endCursor } = (first.data.node ?? first.data).list.pageInfo;
    const { sent } = await app.countStatements(() =>
      app.execute(page(endCursor ?? 'the list is empty'), {}, { token }),
    );
    const conditions = await Promise.all(sent.map((statement) => planner.indexConditionsOf(statement)));
    if (!conditions.flat().some((condition) => /[<>]/.test(condition))) elsewhere.push(name);
  }
  // The few templates that use an agent, and the sums over a user's few wallets, are sorted when they are asked for.
  expect(elsewhere).toEqual(['Agent.templates', 'User.collections']);
});

test('each field of each type follows its foreign keys by index', { timeout: 60_000 }, async () => {
  const operations = nodeOperations(buildMarketplaceSchema(), SAMPLES);
  expect(operations.length).toBeGreaterThan(50);
  expect(await withoutIndex(operations)).toEqual([]);
});

test('each root field finds what it is asked for by index', { timeout: 60_000 }, async () => {
  expect(await withoutIndex(LOOKUPS)).toEqual([]);
});

test('a statement without an index is noticed', async () => {
  const statement = { query: 'SELECT * FROM "Nft" WHERE description = $1', params: '["x"]' };
  expect(await planner.wholeTablesReadBy(statement)).toEqual(['Nft']);
});
