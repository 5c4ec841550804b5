/** How many refreshes may wait, of one member and of all, and whom that does not concern. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLog } from '../support/captured-log.js';
import { KEY, wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';
import { createUser, idOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

const log = captureLog();
const stage = standStage(({ url }) => ({ INDEXER_URL: url, INDEXER_API_KEY: KEY }), log.logger);

const DAY_MS = 24 * 3_600_000;
const PUT_OFF = { error: 'The indexer: It does not answer. It will be tried again.' };

beforeEach(async () => {
  await stage.app.prisma.collection.deleteMany();
});
afterEach(() => {
  stage.indexer.fault = null;
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

const ADDED = wallet(0xadd);

/** @returns why not; null if it was added. */
async function add(username: string, role?: 'ADMIN', address = ADDED) {
  stage.indexer.collections.set(address, { address, tokens: 1 });
  const token = await stage.app.token(username, role);
  return refusalOf(
    await mutate(stage.app, 'addCollection', { input: { address }, select: 'collection { id }', token }),
  );
}

async function expectDone(collectionId: number): Promise<void> {
  await expect
    .poll(() => stage.app.prisma.collectionRefresh.findUnique({ where: { collectionId } }), { timeout: 10_000 })
    .toMatchObject({ status: 'DONE' });
}

describe('while a hundred wait', () => {
  /** Put off until tomorrow: nobody begins them meanwhile. */
  beforeEach(async () => {
    const { collection, collectionRefresh } = stage.app.prisma;
    const rows = Array.from({ length: 100 }, (_, number) => ({ address: wallet(number), name: 'Foxes' }));
    const made = await collection.createManyAndReturn({ data: rows });
    await collectionRefresh.createMany({
      data: made.map(({ id }) => ({ collectionId: id, notBefore: new Date(Date.now() + DAY_MS), ...PUT_OFF })),
    });
  });

  it('no member adds a collection, nothing is left of it, and the log does not call that an error', async () => {
    log.lines.length = 0;
    expect((await add('ann'))?.code).toBe('UNAVAILABLE');
    expect(await stage.app.prisma.collection.count({ where: { address: ADDED } })).toBe(0);
    expect(log.lines.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it('an admin adds one, and has one refreshed that never was', async () => {
    expect(await add('root', 'ADMIN')).toBeNull();
    const { id } = await stage.app.prisma.collection.findFirstOrThrow({ where: { address: ADDED } });
    await stage.app.prisma.collectionRefresh.deleteMany({ where: { collectionId: id } });
    expect(await refresh(id)).toBeNull();
    await expectDone(id);
  });

  it.each([0, 3])('one that was put off after %i attempts is due at once when an admin asks', async (attempts) => {
    const address = wallet(7);
    stage.indexer.collections.set(address, { address, tokens: 1 });
    const { id } = await stage.app.prisma.collection.findFirstOrThrow({ where: { address } });
    await stage.app.prisma.collectionRefresh.update({ where: { collectionId: id }, data: { attempts } });
    expect(await refresh(id)).toBeNull();
    await expectDone(id);
  });

  it.each(['DONE', 'FAILED'])('one that is %s begins anew when an admin asks', async (status) => {
    const address = wallet(0xe0);
    stage.indexer.collections.set(address, { address, tokens: 1 });
    const { id } = await create(0xe0, { status, finishedAt: new Date(0), step: 'RANKS' });
    stage.indexer.calls = [];
    expect(await refresh(id)).toBeNull();
    await expectDone(id);
    expect(stage.indexer.calls).toContain('getContractMetadata ');
  });
});

describe('while five that Ann asked for are unfinished', () => {
  beforeEach(async () => {
    const { id: requestedById } = await annAccount();
    const far = { status: 'RUNNING', holder: 'somebody', leaseUntil: new Date(Date.now() + DAY_MS) };
    for (let number = 0; number < 5; number += 1)
      await create(number, { ...(number === 0 ? far : PUT_OFF), requestedById });
    await create(5, { status: 'DONE', requestedById });
    await create(6, { status: 'FAILED', requestedById });
    stage.indexer.calls = [];
  });

  const annAccount = async () =>
    (await stage.app.prisma.user.findUnique({ where: { username: 'ann' } })) ??
    (await createUser(stage.app.prisma, 'ann'));

  it('Ann is refused before the indexer is asked, and nothing is left', async () => {
    expect(await add('ann')).toEqual(refused('CONFLICT'));
    expect(stage.indexer.calls).toEqual([]);
    expect(await stage.app.prisma.collection.count({ where: { address: ADDED } })).toBe(0);
  });

  it('Ann adds another one when one of them has ended, and then no more', async () => {
    await stage.app.prisma.collectionRefresh.updateMany({ where: { holder: 'somebody' }, data: { status: 'FAILED' } });
    stage.indexer.fault = ({ method }) => method === 'getNFTsForContract';
    expect(await add('ann')).toBeNull();
    expect(await add('ann', undefined, wallet(0xade))).toEqual(refused('CONFLICT'));
  });

  it('of several that Ann asks for at once, no more begin than may', async () => {
    await stage.app.prisma.collectionRefresh.updateMany({
      where: { collection: { address: { in: [wallet(1), wallet(2)] } } },
      data: { status: 'DONE' },
    });
    stage.indexer.fault = ({ method }) => method === 'getNFTsForContract';
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => add('ann', undefined, wallet(0xb00 + n))));
    expect(answers.filter((answer) => answer === null)).toHaveLength(2);
    expect(answers.filter((answer) => answer?.code === 'CONFLICT')).toHaveLength(3);
  });

  it.each([
    ['Bob', 'bob', undefined],
    ['an admin, who may have as many as they like,', 'ann', 'ADMIN'],
  ] as const)('%s adds one', async (_who, username, role) => {
    expect(await add(username, role)).toBeNull();
    const { id } = await stage.app.prisma.collection.findFirstOrThrow({ where: { address: ADDED } });
    await expectDone(id);
  });
});
