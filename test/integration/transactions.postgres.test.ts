/** Transactions that the driver begins: Prisma is a guest in them, and every connection comes back as it was. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isDatabaseAway } from '../../src/platform/database-errors.js';
import { Prisma } from '../../src/platform/prisma/client.js';
import type { Transaction } from '../../src/platform/transactions.js';
import { type TestApp, startApp } from '../support/app.js';

let app: TestApp;
beforeEach(async () => {
  app = await startApp({ env: { DATABASE_POOL: '1' } });
});
afterEach(() => app.close());

const insert = (slug: string) => Prisma.sql`INSERT INTO "Category" (slug, name) VALUES (${slug}, ${slug})`;
const slugs = async () => (await app.prisma.category.findMany({ orderBy: { slug: 'asc' } })).map(({ slug }) => slug);
const fail = Prisma.sql`SELECT 1 / 0`;

test('statements written by hand and Prisma’s are one transaction, on one connection', async () => {
  const seen = await app.transact(async ({ readRows, prisma }) => {
    await readRows(insert('by-hand'));
    await prisma.category.create({ data: { slug: 'by-prisma', name: 'By Prisma' } });
    const [{ count }] = (await readRows<{ count: bigint }>(Prisma.sql`SELECT count(*) FROM "Category"`)) as [
      { count: bigint },
    ];
    return { count, rows: await prisma.$queryRaw<object[]>`SELECT slug FROM "Category" ORDER BY slug` };
  }, null);
  expect(seen).toEqual({ count: 2n, rows: [{ slug: 'by-hand' }, { slug: 'by-prisma' }] });
  expect(await slugs()).toEqual(['by-hand', 'by-prisma']);
});

test.each(['by hand', 'by Prisma'])('an error ends all that was written before, %s', async (how) => {
  const change = app.transact(async ({ readRows, prisma }) => {
    await readRows(insert('by-hand'));
    await prisma.category.create({ data: { slug: 'by-prisma', name: 'By Prisma' } });
    await (how === 'by hand' ? readRows(fail) : prisma.$queryRaw(fail));
  }, null);
  await expect(change).rejects.toThrow('division by zero');
  expect(await slugs()).toEqual([]);
});

test.each(['by hand', 'by Prisma'])('a failure that is overlooked is not taken for a commit, %s', async (how) => {
  const change = app.transact(async ({ readRows, prisma }) => {
    await prisma.category.create({ data: { slug: 'lost', name: 'Lost' } });
    await (how === 'by hand' ? readRows(fail) : prisma.$queryRaw(fail)).catch(() => undefined);
  }, null);
  await expect(change).rejects.toThrow('Nothing was written');
  expect(await slugs()).toEqual([]);
});

test.each(['after a commit', 'after a roll-back'])('what comes too late is not written, %s', async (when) => {
  let late!: Transaction;
  const change = app.transact(async (tx) => {
    late = tx;
    await tx.prisma.category.count();
    if (when === 'after a roll-back') throw new Error('changed my mind');
  }, null);
  await change.catch(() => undefined);
  await app.transact(async ({ readRows }) => {
    await readRows(insert('others'));
    // There is one connection, and it is in somebody else's transaction now.
    await expect(late.readRows(insert('late'))).rejects.toThrow('This transaction is over');
    await expect(late.prisma.category.create({ data: { slug: 'late', name: 'Late' } })).rejects.toThrow(
      'This transaction is over',
    );
  }, null);
  expect(await slugs()).toEqual(['others']);
});

test('a connection that is lost fails its transaction alone, and is replaced', async () => {
  const change = app.transact(async ({ readRows }) => {
    await readRows(insert('lost'));
    await readRows(Prisma.sql`SELECT pg_terminate_backend(pg_backend_pid())`);
  }, null);
  await expect(change).rejects.toThrow(/terminat/);
  await app.transact(({ readRows }) => readRows(insert('kept')), null);
  expect(await slugs()).toEqual(['kept']);
});

/** At COMMIT, a fault that PostgreSQL tells, or the end of its connection. */
const atCommit = (fault: string) => [
  Prisma.raw(`CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${fault}; RETURN NULL; END $$`),
  Prisma.raw(`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON "Category" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION at_commit()`),
];

test.each([
  ['an error, tells that', `RAISE EXCEPTION 'not so'`, 'not so'],
  ['a lock that others keep, tells that', `RAISE lock_not_available USING MESSAGE = 'kept'`, 'kept'],
  [
    'the end of the connection, does not tell what was written',
    'PERFORM pg_terminate_backend(pg_backend_pid())',
    /^The database was lost at COMMIT: it is not known whether/,
  ],
])('a COMMIT that is answered by %s', async (_what, fault, message) => {
  for (const statement of atCommit(fault)) await app.prisma.$executeRaw(statement);
  await expect(app.transact(({ readRows }) => readRows(insert('lost')), null)).rejects.toThrow(message);
  expect(await slugs()).toEqual([]);
});

test('what is asked of a connection that was lost before says that the database is away', async () => {
  const change = app.transact(async ({ readRows }) => {
    await readRows(Prisma.sql`SELECT pg_terminate_backend(pg_backend_pid())`).catch(() => undefined);
    await readRows(insert('lost'));
  }, null);
  expect(isDatabaseAway(await change.catch((error: unknown) => error))).toBe(true);
});

test('many at once, with Prisma and without, each have their own connection, and Prisma’s own transactions are theirs', async () => {
  const place = await startApp({ env: { DATABASE_POOL: '4' } });
  try {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const slug = `number-${index}`;
        if (index % 3 === 0) return place.transact(({ readRows }) => readRows(insert(slug)), null);
        if (index % 3 === 1)
          return place.transact(({ prisma }) => prisma.category.create({ data: { slug, name: slug } }), null);
        return place.prisma.$transaction((tx) => tx.category.create({ data: { slug, name: slug } }), {
          maxWait: 10_000,
        });
      }),
    );
    expect(await place.prisma.category.count()).toBe(60);
  } finally {
    await place.close();
  }
});
