/** Several instances over one database: a collection is refreshed by one of them, and when that one is gone by the next, from the page that was written last. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { startChild } from '../support/child.js';
import { type ByHand, REFRESHED, createDue, refreshByHand } from '../support/indexer/by-hand.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { type FakeIndexer, startFakeIndexer } from '../support/indexer/fake-indexer.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const TAKEN_OVER = /^a refresh was taken over, or set back by an import$/;
const LONG_MS = 60_000;

let place: TestDatabase;
let apps: [TestApp, TestApp];
let indexer: FakeIndexer;
let hands: ByHand[];

beforeAll(async () => {
  place = await createTestDatabase();
  indexer = await startFakeIndexer();
  const shared = { ...place, remove: () => Promise.resolve() };
  apps = [await startApp({ place: shared }), await startApp({ place: shared })];
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await indexer.close();
  await place.remove();
});
beforeEach(() => {
  indexer.calls = [];
  hands = [];
});
afterEach(async () => {
  indexer.fault = null;
  for (const hand of hands) await hand.stop();
});

let made = 0;
/** 25 tokens on three pages, three owners on two. */
function foxes(): string {
  const address = `0xfe${String((made += 1)).padStart(38, '0')}`;
  indexer.collections.set(address, { address, tokens: 25 });
  return address;
}

function instance(app: TestApp, given: Parameters<typeof refreshByHand>[2]): ByHand {
  const hand = refreshByHand(app, indexer, given);
  hands.push(hand);
  return hand;
}

function byHand() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

/** Lets the first that asks for the second page of tokens wait until it is answered by hand. */
function holdSecondPage() {
  const [answer, held, again] = [byHand(), byHand(), byHand()];
  let asked = 0;
  indexer.fault = ({ parameters }) => {
    if (parameters.get('startToken') !== '0xa') return false;
    asked += 1;
    if (asked > 1) {
      again.resolve();
      return false;
    }
    held.resolve();
    return answer.promise.then(() => false);
  };
  return { held: held.promise, again: again.promise, letGo: () => answer.resolve() };
}

const PAGES = [
  'getContractMetadata ',
  ...['', '0xa', '0xa', '0x14'].map((page) => `getNFTsForContract ${page}`),
  ...['', '2'].map((page) => `getOwnersForContract ${page}`),
];

/** Each page was written once, and nobody was given anything twice. */
async function expectWrittenOnce(address: string, collectionId: number) {
  const { prisma } = apps[0];
  expect(await contentsOf(prisma, address)).toEqual(expectedOf(25));
  expect(await prisma.transfer.count({ where: { collectionId } })).toBe(25);
  expect(await prisma.collectionRefresh.findUnique({ where: { collectionId } })).toMatchObject({
    ...{ status: 'DONE', page: 5, seen: 25, done: 25, total: 25 },
    ...{ holder: null, leaseUntil: null, error: null },
  });
}

it('two instances that look for work at the same time do each refresh once', async () => {
  const asked: string[] = [];
  indexer.fault = ({ method, parameters }) => {
    asked.push([method, ...parameters].join(' '));
    return false;
  };
  const addresses = Array.from({ length: 12 }, foxes);
  const ids: number[] = [];
  for (const address of addresses) ids.push(await createDue(apps[0].prisma, address));
  const log = captureLog();
  for (const app of apps) instance(app, { leaseMs: LONG_MS, log, pollMs: 5 });
  await log.said(REFRESHED, addresses.length);
  for (const [index, address] of addresses.entries()) await expectWrittenOnce(address, ids[index]!);
  expect(asked.filter((call, index) => asked.indexOf(call) !== index)).toEqual([]);
  expect(asked).toHaveLength(12 * 6);
}, 60_000);

it('when the process that does one is killed, another goes on where it stood, after its lease and not before', async () => {
  const address = foxes();
  const page = holdSecondPage();
  const { prisma } = apps[0];
  const collectionId = await createDue(prisma, address);
  const child = startChild('test/support/indexer/refresher.ts', [place.url, indexer.url, '2000']);
  await Promise.race([page.held, child.ended.then(({ output }) => Promise.reject(new Error(output)))]);
  const survivor = instance(apps[1], { leaseMs: LONG_MS });
  child.kill('SIGKILL');
  await child.ended;
  const { leaseUntil } = await prisma.collectionRefresh.findUniqueOrThrow({ where: { collectionId } });
  await page.again;
  const [{ isOver } = {}] = await prisma.$queryRaw<{ isOver?: boolean }[]>`
    SELECT clock_timestamp() > ${leaseUntil}::timestamptz AS "isOver"`;
  expect(isOver).toBe(true);
  await survivor.log.said(REFRESHED);
  expect(indexer.calls).toEqual(PAGES);
  await expectWrittenOnce(address, collectionId);
}, 60_000);

it('an instance that comes back after another went on writes nothing of what it had', async () => {
  const address = foxes();
  const page = holdSecondPage();
  const { prisma } = apps[0];
  const collectionId = await createDue(prisma, address);
  const late = instance(apps[0], { leaseMs: LONG_MS });
  await page.held;
  await prisma.collectionRefresh.update({ where: { collectionId }, data: { leaseUntil: new Date(0) } });
  const next = instance(apps[1], { leaseMs: LONG_MS });
  await Promise.race([next.log.said(REFRESHED), late.log.said(REFRESHED)]);
  indexer.collections.get(address)!.token = (token) => ({ raw: { metadata: { name: `Late #${token}` } } });
  page.letGo();
  await late.log.said(TAKEN_OVER);
  await expectWrittenOnce(address, collectionId);
});

it('an instance that waits for the indexer learns from its own beat that another went on', async () => {
  const address = foxes();
  const page = holdSecondPage();
  const { prisma } = apps[0];
  const collectionId = await createDue(prisma, address);
  const hand = instance(apps[0], { leaseMs: 1_500 });
  await page.held;
  await prisma.collectionRefresh.update({
    where: { collectionId },
    data: { holder: 'another', leaseUntil: new Date(Date.now() + 1e9) },
  });
  await hand.log.said(TAKEN_OVER);
  expect(await prisma.collectionRefresh.findUnique({ where: { collectionId } })).toMatchObject({
    ...{ status: 'RUNNING', holder: 'another', page: 1 },
  });
});
