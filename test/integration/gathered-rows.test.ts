/** What operations want of the database at the same moment goes in one statement, and none of them can tell. */
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { keyedBy } from '../../src/graphql/loader.js';
import { agentById, agentBySlug, agentsByTemplateId, reviews } from '../../src/marketplace/agents/loaders.js';
import { attributesByNftId, nftById } from '../../src/marketplace/nfts/loaders.js';
import { stepsByTemplateId } from '../../src/marketplace/templates/loaders.js';
import { userById } from '../../src/marketplace/users/loaders.js';
import { walletsByUserId } from '../../src/marketplace/wallets/loaders.js';
import { workspacesByUserId } from '../../src/marketplace/workspaces/loaders.js';
import { DatabaseWork } from '../../src/platform/database-work.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { MOST_KEYS, gatheredRows } from '../../src/platform/gathered-rows.js';
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
  gathering = { readRows: database.readRows, readKeyed: gatheredRows(database.readRows) };
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
  ['what lists come to', (key) => async (db) => (await reviews(db, key, { first: 0 })).totalCount()],
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

test('what is no more than alike is not put together: other pages, other tables, texts', async () => {
  const asks: Ask[] = [
    (db) => reviews(db, 1, { first: 2 }),
    (db) => reviews(db, 1, { first: 3 }),
    (db) => agentById(db).load(1),
    (db) => userById(db).load(1),
    (db) => agentBySlug(db).load('a'),
    (db) => agentBySlug(db).load('b'),
  ];
  expect((await together(asks)).sent).toBe(asks.length);
});

test('what is asked when a statement is on its way waits for another: it might not see what was written meanwhile', async () => {
  const { db: first } = operation(gathering);
  const { db: second } = operation(gathering);
  const before = agentById(first).load(1);
  await new Promise(setImmediate);
  await database.prisma.agent.update({ where: { id: 1 }, data: { tagline: 'written meanwhile' } });
  const after = await agentById(second).load(1);
  await before;
  expect(after!.tagline).toBe('written meanwhile');
});

test('each operation has rows of its own', async () => {
  const [mine, yours] = await Promise.all([1, 2].map(() => agentById(operation(gathering).db).load(1)));
  Object.assign(mine!, { name: 'changed' });
  expect(yours!.name).not.toBe('changed');
});

test(`who wants little never waits for more than ${MOST_KEYS} keys`, async () => {
  const wanting =
    (amount: number): Ask =>
    (db) =>
      nftById(db).loadMany(Array.from({ length: amount }, (_, i) => i + 1));
  expect((await together([wanting(MOST_KEYS - 1), wanting(1), wanting(1)])).sent).toBe(2);
  const { answers, sent } = await together([wanting(1), wanting(MOST_KEYS * 2), wanting(1)]);
  expect(sent).toBe(2);
  expect(answers[2]).toEqual(answers[0]);
});

test('a statement that fails fails for all who wait for it, and for nobody else', async () => {
  const failing = keyedBy('id', (keys) => Prisma.sql`SELECT 1 / 0 AS id, ${keys}::int[]`);
  const ask: Ask = (db) => db.keyed(failing, [1], () => []);
  const asked = [ask, ask, (db: Db) => agentById(db).load(1)].map((ask) => ask(operation(gathering).db));
  const [first, second, third] = await Promise.allSettled(asked);
  expect([first, second]).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ message: expect.stringContaining('division by zero') }) },
    { status: 'rejected', reason: expect.objectContaining({ message: expect.stringContaining('division by zero') }) },
  ]);
  expect(third).toMatchObject({ status: 'fulfilled', value: { id: 1 } });
});

test('a trace has each statement that its own operation waited for, and no other', async () => {
  const spans = ['one', 'two', 'three'].map(() => new RecordedSpan());
  const asks: Ask[] = [
    (db) => agentById(db).load(1),
    (db) => agentById(db).load(2),
    (db) =>
      db.keyed(
        keyedBy('id', (keys) => Prisma.sql`SELECT 1 / 0 AS id, ${keys}::int[]`),
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
