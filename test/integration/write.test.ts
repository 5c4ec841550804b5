import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Db } from '../../src/tracking/db.js';
import { type Transact, type Writer, allowWrites, write } from '../../src/tracking/write.js';
import { type TestApp, startApp } from '../support/app.js';

let app: TestApp;
let writer: Writer;
let commits: number;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

beforeEach(async () => {
  await app.prisma.category.deleteMany();
  commits = 0;
  const settle = async () => void (commits += 1);
  writer = allowWrites(
    { db: new Db(app.prisma, null) },
    {
      transact: app.transact as Transact,
      publisher: { announce: async () => ({ settle, doubt: settle, withdraw: () => undefined }) },
    },
  );
});

const slugs = async () => (await app.prisma.category.findMany({ orderBy: { slug: 'asc' } })).map(({ slug }) => slug);
const create = (tx: Db, slug: string) => tx.prisma.category.create({ data: { slug, name: slug } });

/** Ends the transaction as PostgreSQL does when it lost against another one. */
const loseAgainstOthers = (tx: Db, sqlState: string) =>
  tx.prisma.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '${sqlState}'; END $$`);

describe('write()', () => {
  it('writes all or nothing, and tells of commits only', async () => {
    await write(writer, (tx) => create(tx, 'kept'));
    const failed = write(writer, async (tx) => {
      await create(tx, 'undone');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await slugs()).toEqual(['kept']);
    expect(commits).toBe(1);
  });

  it.each(['40001', '40P01'])('repeats a transaction that ended with %s, from the start', async (sqlState) => {
    let attempts = 0;
    await write(writer, async (tx) => {
      attempts += 1;
      await create(tx, `attempt-${attempts}`);
      if (attempts < 3) await loseAgainstOthers(tx, sqlState);
    });
    expect(attempts).toBe(3);
    expect(await slugs()).toEqual(['attempt-3']);
    expect(commits).toBe(1);
  });

  it('gives up after five attempts, and repeats nothing for other errors', async () => {
    let attempts = 0;
    const fail = (sqlState: string) =>
      write(writer, async (tx) => {
        attempts += 1;
        await loseAgainstOthers(tx, sqlState);
      });
    await expect(fail('40001')).rejects.toThrow();
    expect(attempts).toBe(5);
    await expect(fail('23514')).rejects.toThrow();
    expect(attempts).toBe(6);
  });

  it('ends with a new Db, so that nothing loaded before is taken for fresh', async () => {
    const before = writer.db;
    await write(writer, (tx) => create(tx, 'new'));
    expect(writer.db).not.toBe(before);
  });

  it('lets nobody use the Db outside while it runs', async () => {
    const inside = write(writer, () => writer.db.prisma.category.findMany());
    await expect(inside).rejects.toThrow('Inside write() use the Db that it passes');
  });

  it('nor one of before an earlier write', async () => {
    const { db } = writer;
    await write(writer, (tx) => create(tx, 'earlier'));
    await expect(write(writer, () => db.prisma.category.findMany())).rejects.toThrow('Inside write() use the Db');
  });

  it('lets nobody open a write inside a write', async () => {
    const inside = write(writer, () => write(writer, (tx) => create(tx, 'inner')));
    await expect(inside).rejects.toThrow('write() inside write()');
    expect(await slugs()).toEqual([]);
  });

  it('is for mutations: a context that was made for a query has no way to it', async () => {
    const inQuery = write({ db: new Db(app.prisma, null) }, (tx) => create(tx, 'sneaked'));
    await expect(inQuery).rejects.toThrow('Only mutations write');
    expect(await slugs()).toEqual([]);
  });
});
