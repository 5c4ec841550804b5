/** How many refreshes may wait, and whom that does not concern. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type FakeIndexer, KEY, startFakeIndexer, wallet } from '../support/indexer/fake-indexer.js';
import { idOf } from '../support/marketplace.js';
import { mutate, refusalOf } from '../support/mutate.js';

let app: TestApp;
let indexer: FakeIndexer;
beforeAll(async () => {
  indexer = await startFakeIndexer();
  app = await startApp({ env: { INDEXER_URL: indexer.url, INDEXER_API_KEY: KEY } });
});
afterAll(async () => {
  await app.close();
  await indexer.close();
});

const DAY_MS = 24 * 3_600_000;
const PUT_OFF = { error: 'The indexer: It does not answer. It will be tried again.' };

/** As many as may wait, put off until tomorrow: nobody begins them meanwhile. */
beforeEach(async () => {
  await app.prisma.collection.deleteMany();
  for (let number = 0; number < 100; number += 1) await create(number, PUT_OFF);
});

const create = (number: number, refresh: object) =>
  app.prisma.collection.create({
    data: {
      ...{ address: wallet(number), name: 'Foxes' },
      refresh: { create: { notBefore: new Date(Date.now() + DAY_MS), ...refresh } },
    },
  });

const refresh = async (id: number) =>
  refusalOf(
    await mutate(app, 'refreshCollection', {
      ...{ input: { collectionId: idOf('Collection', { id }) }, select: 'collection { id }' },
      token: await app.token('root', 'ADMIN'),
    }),
  );

async function expectDone(collectionId: number): Promise<void> {
  await expect
    .poll(() => app.prisma.collectionRefresh.findUnique({ where: { collectionId } }), { timeout: 10_000 })
    .toMatchObject({ status: 'DONE' });
}

it('while a hundred wait, nobody adds a collection, and nothing is left of it', async () => {
  const address = wallet(0xadd);
  indexer.collections.set(address, { address, tokens: 1 });
  const input = { input: { address }, select: 'collection { id }', token: await app.token('ann') };
  expect(refusalOf(await mutate(app, 'addCollection', input))?.code).toBe('UNAVAILABLE');
  expect(await app.prisma.collection.count({ where: { address } })).toBe(0);
});

it('while a hundred wait, an admin adds one, and has one refreshed that never was', async () => {
  const address = wallet(0xadd);
  indexer.collections.set(address, { address, tokens: 1 });
  const input = { input: { address }, select: 'collection { id }', token: await app.token('root', 'ADMIN') };
  expect((await mutate(app, 'addCollection', input)).errors).toEqual([]);
  const { id } = await app.prisma.collection.findFirstOrThrow({ where: { address } });
  await app.prisma.collectionRefresh.deleteMany({ where: { collectionId: id } });
  expect(await refresh(id)).toBeNull();
  await expectDone(id);
});

it.each([0, 3])(
  'one that was put off after %i attempts is due at once when an admin asks, however many wait',
  async (attempts) => {
    const address = wallet(7);
    indexer.collections.set(address, { address, tokens: 1 });
    const { id } = await app.prisma.collection.findFirstOrThrow({ where: { address } });
    await app.prisma.collectionRefresh.update({ where: { collectionId: id }, data: { attempts } });
    expect(await refresh(id)).toBeNull();
    await expectDone(id);
  },
);

it.each(['DONE', 'FAILED'])('one that is %s begins anew when an admin asks, however many wait', async (status) => {
  const address = wallet(0xe0);
  indexer.collections.set(address, { address, tokens: 1 });
  const { id } = await create(0xe0, { status, finishedAt: new Date(0), step: 'RANKS' });
  indexer.calls = [];
  expect(await refresh(id)).toBeNull();
  await expectDone(id);
  expect(indexer.calls).toContain('getContractMetadata ');
});
