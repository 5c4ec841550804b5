/** How many refreshes may wait, and whom that does not concern. */
import { beforeEach, expect, it } from 'vitest';
import { KEY, wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';
import { idOf } from '../support/marketplace.js';
import { mutate, refusalOf } from '../support/mutate.js';

const stage = standStage(({ url }) => ({ INDEXER_URL: url, INDEXER_API_KEY: KEY }));

const DAY_MS = 24 * 3_600_000;
const PUT_OFF = { error: 'The indexer: It does not answer. It will be tried again.' };

/** As many as may wait, put off until tomorrow: nobody begins them meanwhile. */
beforeEach(async () => {
  await stage.app.prisma.collection.deleteMany();
  for (let number = 0; number < 100; number += 1) await create(number, PUT_OFF);
});

const create = (number: number, refresh: object) =>
  stage.app.prisma.collection.create({
    data: {
      ...{ address: wallet(number), name: 'Foxes' },
      refresh: { create: { notBefore: new Date(Date.now() + DAY_MS), ...refresh } },
    },
  });

const refresh = async (id: number) =>
  refusalOf(
    await mutate(stage.app, 'refreshCollection', {
      ...{ input: { collectionId: idOf('Collection', { id }) }, select: 'collection { id }' },
      token: await stage.app.token('root', 'ADMIN'),
    }),
  );

async function expectDone(collectionId: number): Promise<void> {
  await expect
    .poll(() => stage.app.prisma.collectionRefresh.findUnique({ where: { collectionId } }), { timeout: 10_000 })
    .toMatchObject({ status: 'DONE' });
}

it('while a hundred wait, nobody adds a collection, and nothing is left of it', async () => {
  const address = wallet(0xadd);
  stage.indexer.collections.set(address, { address, tokens: 1 });
  const input = { input: { address }, select: 'collection { id }', token: await stage.app.token('ann') };
  expect(refusalOf(await mutate(stage.app, 'addCollection', input))?.code).toBe('UNAVAILABLE');
  expect(await stage.app.prisma.collection.count({ where: { address } })).toBe(0);
});

it('while a hundred wait, an admin adds one, and has one refreshed that never was', async () => {
  const address = wallet(0xadd);
  stage.indexer.collections.set(address, { address, tokens: 1 });
  const input = { input: { address }, select: 'collection { id }', token: await stage.app.token('root', 'ADMIN') };
  expect((await mutate(stage.app, 'addCollection', input)).errors).toEqual([]);
  const { id } = await stage.app.prisma.collection.findFirstOrThrow({ where: { address } });
  await stage.app.prisma.collectionRefresh.deleteMany({ where: { collectionId: id } });
  expect(await refresh(id)).toBeNull();
  await expectDone(id);
});

it.each([0, 3])(
  'one that was put off after %i attempts is due at once when an admin asks, however many wait',
  async (attempts) => {
    const address = wallet(7);
    stage.indexer.collections.set(address, { address, tokens: 1 });
    const { id } = await stage.app.prisma.collection.findFirstOrThrow({ where: { address } });
    await stage.app.prisma.collectionRefresh.update({ where: { collectionId: id }, data: { attempts } });
    expect(await refresh(id)).toBeNull();
    await expectDone(id);
  },
);

it.each(['DONE', 'FAILED'])('one that is %s begins anew when an admin asks, however many wait', async (status) => {
  const address = wallet(0xe0);
  stage.indexer.collections.set(address, { address, tokens: 1 });
  const { id } = await create(0xe0, { status, finishedAt: new Date(0), step: 'RANKS' });
  stage.indexer.calls = [];
  expect(await refresh(id)).toBeNull();
  await expectDone(id);
  expect(stage.indexer.calls).toContain('getContractMetadata ');
});
