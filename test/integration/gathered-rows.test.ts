/** What operations want of the database at the same moment goes in one statement, and none of them can tell. */
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { keyedBy } from '../../src/graphql/loader.js';
import { agentById, agentBySlug, agentsByTemplateId, reviews } from '../../src/marketplace/agents/loaders.js';
import { traitFacets } from '../../src/marketplace/collections/loaders.js';
import { attributesByNftId, nftById, nftsByCollectionId } from '../../src/marketplace/nfts/loaders.js';
import { stepsByTemplateId } from '../../src/marketplace/templates/loaders.js';
import { userById } from '../../src/marketplace/users/loaders.js';
import { walletsByUserId } from '../../src/marketplace/wallets/loaders.js';
import { workspacesByUserId } from '../../src/marketplace/workspaces/loaders.js';
import { DatabaseWork } from '../../src/platform/database-work.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MOST_ROWS, createGatheredRows } from '../../src/platform/gathered-rows.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import { type Span, within } from '../../src/platform/spans.js';
import { Db, type RowReaders } from '../../src/tracking/db.js';
import { Reads } from '../../src/tracking/reads.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';
import { dependenciesIn } from '../support/tracking/dependencies.js';

let place: TestDatabase;
let database: Database;
let gathering: RowReaders<DatabaseWork>;
const statements: string[] = [];
beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: place.url }).database, {
    migrations: MIGRATIONS,
    logger: pino({ level: 'silent' }),
    ...(place.dump && { dump: place.dump }),
    onStatement: ({ query }) => statements.push(query),
  });
  gathering = { readRows: database.readRows, readKeyed: createGatheredRows(database.readRows) };
  await seed(database.prisma, { ...DEFAULTS, scale: 0.1 });
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

type Ask = (db: Db) => Promise<unknown>;

/** One operation. */
function operation(readers: RowReaders<DatabaseWork>) {
  const reads = new Reads();
  const work = new DatabaseWork();
  return { reads, work, db: new Db(database.prisma, reads, readers as RowReaders, work) };
}

/** What each was answered, depends on, and had the database do, by how many statements. */
async function answersOf(several: readonly ReturnType<typeof operation>[], asks: readonly Ask[]) {
  statements.length = 0;
  const answered = await Promise.all(several.map(async ({ db }, index) => JSON.stringify(await asks[index]!(db))));
  return {
    answers: several.map(({ reads, work }, index) => ({
      answer: answered[index],
      dependencies: dependenciesIn(reads),
      statements: work.statements,
      batches: work.batches,
    })),
    sent: statements.length,
  };
}

const together = (asks: readonly Ask[]) =>
  answersOf(
    asks.map(() => operation(gathering)),
    asks,
  );
const apart = (asks: readonly Ask[]) =>
  answersOf(
    asks.map(() => operation({ readRows: database.readRows, readKeyed: null })),
    asks,
  );

const KEYS = [
  [3, 1, 2],
  [2, 999_999],
  [999_999, 2, 3],
];

test.each<[string, (key: number) => Ask]>([
  ['rows by their key', (key) => async (db) => ({ ...(await agentById(db).load(key)) })],
  [
    'pages of lists',
    (key) => async (db) => (await reviews(db, key, { first: 2 })).edges.map(({ node }) => ({ ...node })),
  ],
  ['the wallets of users', (key) => (db) => walletsByUserId(db).load(key)],
  ['the workspaces of users', (key) => (db) => workspacesByUserId(db).load(key)],
  ['the attributes of tokens', (key) => (db) => attributesByNftId(db).load(key)],
  ['the steps of templates', (key) => (db) => stepsByTemplateId(db).load(key)],
  ['the agents of templates', (key) => (db) => agentsByTemplateId(db).load(key)],
])('%s are the same, and depend on the same, by a third of the statements', async (_what, askFor) => {
  const asks = KEYS.map(
    (keys): Ask =>
      (db) =>
        Promise.all(keys.map((key) => askFor(key)(db))),
  );
  const ours = await together(asks);
  const alone = await apart(asks);
  expect(ours.answers).toEqual(alone.answers);
  expect(ours.answers[0]!.answer).not.toBe(ours.answers[1]!.answer);
  expect(ours.sent * asks.length).toBe(alone.sent);
});

test('what is no more than alike is not put together: other pages, orders, places and tables; conditions, counts and texts', async () => {
  const { pageInfo } = await reviews(operation(gathering).db, 1, { first: 1 });
  const trait = (value: string) => ({ filter: { traits: [{ traitType: 'Fur', values: [value] }] } });
  const asks: Ask[] = [
    (db) => reviews(db, 1, { first: 2 }),
    (db) => reviews(db, 1, { first: 3 }),
    (db) => reviews(db, 1, { last: 2 }),
    (db) => reviews(db, 1, { first: 2, after: pageInfo.endCursor }),
    (db) => nftsByCollectionId(db, 1, { first: 2 }),
    (db) => nftsByCollectionId(db, 1, { first: 2, orderBy: 'RARITY' }),
    (db) => nftsByCollectionId(db, 1, { first: 2, ...trait('a') }),
    (db) => nftsByCollectionId(db, 1, { first: 2, ...trait('a') }),
    (db) => agentById(db).load(1),
    (db) => userById(db).load(1),
    (db) => agentBySlug(db).load('a'),
    (db) => agentBySlug(db).load('b'),
  ];
  expect((await together(asks)).sent).toBe(asks.length);
  const count: Ask = async (db) => (await reviews(db, 1, { first: 2 })).totalCount();
  expect((await together([count, count])).sent).toBe(3);
});

test('what is asked when a statement is on its way waits for another: it might not see what was written meanwhile', async () => {
  const underway: (() => void)[] = [];
  const readRows: RowReaders<DatabaseWork>['readRows'] = async (statement, work) => {
    const rows = await database.readRows<never>(statement, work);
    await new Promise<void>((resolve) => underway.push(resolve));
    return rows;
  };
  const slow = { readRows, readKeyed: createGatheredRows(readRows) };
  const ask = () => agentById(operation(slow).db).load(1);
  const before = ask();
  await expect.poll(() => underway.length).toBe(1);
  await database.prisma.agent.update({ where: { id: 1 }, data: { tagline: 'written meanwhile' } });
  const after = ask();
  await expect.poll(() => underway.length).toBe(2);
  for (const answer of underway) answer();
  expect((await before)!.tagline).not.toBe('written meanwhile');
  expect((await after)!.tagline).toBe('written meanwhile');
});

test('each operation has rows of its own', async () => {
  const [mine, yours] = await Promise.all([1, 2].map(() => agentById(operation(gathering).db).load(1)));
  Object.assign(mine!, { name: 'changed' });
  expect(yours!.name).not.toBe('changed');
});

test(`who wants little never waits for more than ${MOST_ROWS} rows`, async () => {
  const wanting =
    (amount: number): Ask =>
    (db) =>
      nftById(db).loadMany(Array.from({ length: amount }, (_, i) => i + 1));
  expect((await together([wanting(MOST_ROWS - 1), wanting(1), wanting(1)])).sent).toBe(2);
  const { answers, sent } = await together([wanting(1), wanting(MOST_ROWS * 2), wanting(1)]);
  expect(sent).toBe(3);
  expect(answers[2]).toEqual(answers[0]);
  const pages = Array.from({ length: 20 }, (_, key) => key + 1);
  const page: Ask = (db) => Promise.all(pages.map((key) => reviews(db, key, { first: 24 })));
  expect((await together([page, page, page])).sent).toBe(2);
  const facets: Ask = (db) => traitFacets(db).load(1);
  expect((await together([facets, facets])).sent).toBe(2);
});

test('a key that is named twice has its rows once, as it would alone', async () => {
  const steps = keyedBy(
    'templateId',
    10,
    (keys) => Prisma.sql`SELECT * FROM "TemplateStep" WHERE "templateId" = ANY(${keys}::int[])`,
  );
  const ask: Ask = (db) => db.keyed(steps, [1, 1], () => []);
  expect((await together([ask, ask])).answers).toEqual((await apart([ask, ask])).answers);
});

test('where a statement for several fails, each is read alone: what is wrong with one harms no other', async () => {
  const failing = keyedBy(
    'id',
    1,
    (keys) => Prisma.sql`SELECT key AS id, 1 / (key - 2) AS a FROM unnest(${keys}::int[]) AS t (key)`,
  );
  const ask =
    (key: number): Ask =>
    (db) =>
      db.keyed(failing, [key], () => []);
  const asked = [ask(1), ask(2), ask(3)].map((ask) => ask(operation(gathering).db));
  const [first, second, third] = await Promise.allSettled(asked);
  expect(first).toEqual({ status: 'fulfilled', value: [{ id: 1, a: -1 }] });
  expect(second).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('division by zero') },
  });
  expect(third).toEqual({ status: 'fulfilled', value: [{ id: 3, a: 1 }] });
});

test('where the database is away, nobody asks it once more', async () => {
  let asked = 0;
  const readRows = () => {
    asked += 1;
    return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  };
  const away = { readRows, readKeyed: createGatheredRows(readRows) };
  const answers = await Promise.allSettled([1, 2, 3].map((key) => agentById(operation(away).db).load(key)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toBe(1);
});

test('a trace has each statement that its own operation waited for, and no other', async () => {
  const spans = ['one', 'two', 'three'].map(() => new RecordedSpan());
  const asks: Ask[] = [
    (db) => agentById(db).load(1),
    (db) => agentById(db).load(2),
    (db) =>
      db.keyed(
        keyedBy('id', 1, (keys) => Prisma.sql`SELECT 1 / 0 AS id, ${keys}::int[]`),
        [1],
        () => [],
      ),
  ];
  await Promise.allSettled(spans.map((span, index) => within(span, () => asks[index]!(operation(gathering).db))));
  expect(spans.map(({ begun }) => begun)).toEqual([
    [{ name: 'SELECT', text: expect.stringContaining('FROM "Agent"'), ended: 'well' }],
    [{ name: 'SELECT', text: expect.stringContaining('FROM "Agent"'), ended: 'well' }],
    [{ name: 'SELECT', text: expect.stringContaining('1 / 0'), ended: expect.stringMatching(/\w/) }],
  ]);
});

/** Notes what is begun within it. */
class RecordedSpan implements Span {
  readonly begun: { name: string; text: unknown; ended: string | null }[] = [];
  set(): void {}
  rename(): void {}
  end(): void {}
  child(_kind: unknown, name: string, attributes: Readonly<Record<string, unknown>>): Span {
    const one: (typeof this.begun)[number] = { name, text: attributes['db.query.text'], ended: null };
    this.begun.push(one);
    return Object.assign(new RecordedSpan(), { end: (failure = 'well') => (one.ended = failure) });
  }
}
