/** How far a refresh has come, as those see it whose answers are cached: new each time that it is shown, which is seldom. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { REFRESHED, createDue, refreshByHand } from '../support/indexer/by-hand.js';
import { type FakeIndexer, startFakeIndexer, wallet } from '../support/indexer/fake-indexer.js';

let app: TestApp;
let indexer: FakeIndexer;
beforeAll(async () => {
  indexer = await startFakeIndexer();
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
});
afterAll(async () => {
  await app.close();
  await indexer.close();
});

const address = wallet(0xf0);

async function shown(): Promise<{ status: string; done: number }> {
  await app.poll();
  const { data } = await app.execute(`{ collection(address: "${address}") { refresh { status done } } }`);
  return data.collection.refresh;
}

/** The changes of `done` that were told, in order: each ends what is cached of it. */
async function toldOf(collectionId: number): Promise<number> {
  const events = await app.prisma.$queryRaw<{ changes: string[] }[]>`SELECT changes FROM cache_event ORDER BY xid`;
  const changes = events.flatMap((event) => event.changes.map((change) => change.split(' ') as [string, string]));
  return changes.filter(
    ([columns, tag]) => tag === `CollectionRefresh:${collectionId}` && columns.split(',').includes('done'),
  ).length;
}

it('of ten pages within a moment the first and the last are shown; after two seconds one more is', async () => {
  indexer.collections.set(address, { address, tokens: 50, tokensAPage: 5 });
  const collectionId = await createDue(app.prisma, address);
  const seen: { status: string; done: number }[] = [];
  let now = 0;
  indexer.fault = async ({ method, number }) => {
    if (method !== 'getNFTsForContract') return false;
    seen.push(await shown());
    if (number === 5) now += 2_000;
    return false;
  };
  expect(await shown()).toEqual({ status: 'WAITING', done: 0 });
  const hand = refreshByHand(app, indexer, { monotonicMs: () => now });
  await hand.log.said(REFRESHED);
  await hand.stop();
  expect(seen.map(({ status }) => status)).toEqual(Array(10).fill('RUNNING'));
  expect(seen.map(({ done }) => done)).toEqual([0, 5, 5, 5, 5, 5, 30, 30, 30, 30]);
  expect(await shown()).toEqual({ status: 'DONE', done: 50 });
  expect(await toldOf(collectionId)).toBe(3);
});
