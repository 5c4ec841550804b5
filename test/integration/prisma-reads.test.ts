/** What each read by Prisma is said to depend on, to the letter: `columns tag`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prisma } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { track } from '../support/tracking/dependencies.js';
import { insertFewRows } from '../support/tracking/few-rows.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await insertFewRows(app.prisma);
});
afterAll(() => app.close());

type Read = (prisma: Prisma.TransactionClient) => Promise<unknown>;

async function dependenciesOf(read: Read): Promise<string[]> {
  const { dependencies, reads } = await track(app.prisma, (db) => read(db.prisma));
  expect(reads.refusal).toBeNull();
  return dependencies;
}

const byId = { id: 'asc' } as const;
const id = { id: true } as const;

describe('one row', () => {
  test.each<[string, Read, string[]]>([
    [
      'by its key: the row, by the columns that are shown',
      (p) => p.agent.findUnique({ where: { id: 1 }, select: { id: true, name: true } }),
      ['*,id,name Agent:1'],
    ],
    [
      'by its key, and missing: that it may come',
      (p) => p.agent.findUnique({ where: { id: 999 } }),
      ['*,id Agent:999'],
    ],
    [
      'missing, and thrown about: the same',
      (p) => p.agent.findUniqueOrThrow({ where: { id: 999 } }).catch(() => null),
      ['*,id Agent:999'],
    ],
    [
      'by its key and a condition: what the condition looks at, too',
      (p) => p.agent.findUnique({ where: { id: 1, featured: false }, select: id }),
      ['*,featured,id Agent:1'],
    ],
    [
      'by a unique column: the group that has this value',
      (p) => p.agent.findUnique({ where: { slug: 'nobody' } }),
      ['*,slug Agent[slug="nobody"]'],
    ],
    [
      'by columns that are unique together: their group',
      (p) => p.installation.findUnique({ where: { agentId_workspaceId: { agentId: 2, workspaceId: 4 } }, select: id }),
      ['id Installation:3', '*,agentId,workspaceId Installation[agentId=2,workspaceId=4]'],
    ],
    [
      'by a key of several columns: the row',
      (p) =>
        p.workspaceMember.findUnique({
          where: { workspaceId_userId: { workspaceId: 4, userId: 2 } },
          select: { role: true },
        }),
      ['*,role,userId,workspaceId WorkspaceMember:4,2'],
    ],
    [
      'that does not show its key: what it shows, of all rows that it could be',
      (p) => p.agent.findFirst({ where: { category: 'art' }, orderBy: byId, select: { name: true } }),
      ['*,category,id,name Agent[category="art"]'],
    ],
    [
      'the first of many: the group, by what chooses and orders',
      (p) => p.agent.findFirst({ where: { category: 'art', featured: false }, orderBy: byId, select: id }),
      ['id Agent:1', '*,category,featured,id Agent[category="art"]'],
    ],
  ])('%s', async (_name, read, expected) => {
    expect(await dependenciesOf(read)).toEqual(expected);
  });
});

describe('many rows', () => {
  test.each<[string, Read, string[]]>([
    [
      'by few values of a column: a group each',
      (p) => p.agent.findMany({ where: { authorId: { in: [1, 2] } }, orderBy: { name: 'asc' }, take: 1, select: id }),
      ['id Agent:1', '*,authorId,name Agent[authorId=1]', '*,authorId,name Agent[authorId=2]'],
    ],
    [
      'by a condition that names no group: the table',
      (p) => p.agent.findMany({ where: { ratingSum: { gt: 1_000 } }, select: id }),
      ['*,ratingSum Agent'],
    ],
    [
      'by one of two conditions: neither narrows',
      (p) => p.agent.findMany({ where: { OR: [{ category: 'nothing' }, { slug: 'nobody' }] }, select: id }),
      ['*,category,slug Agent'],
    ],
    [
      'by a value in whatever case: no group has it',
      (p) => p.agent.findMany({ where: { slug: { equals: 'NOBODY', mode: 'insensitive' } }, select: id }),
      ['*,slug Agent'],
    ],
    [
      'by two columns of a row, compared: both',
      (p) => p.agent.findMany({ where: { ratingSum: { lt: p.agent.fields.reviewCount } }, select: id }),
      ['*,ratingSum,reviewCount Agent'],
    ],
    [
      'from a cursor on: the row of the cursor by its place, though it may not pass the filter',
      (p) =>
        p.agent.findMany({
          where: { category: 'nothing' },
          cursor: { id: 3 },
          orderBy: [{ name: 'asc' }, byId],
          select: id,
        }),
      ['*,category,id,name Agent:3', '*,category,id,name Agent[category="nothing"]'],
    ],
    [
      'of different values: the column that differs',
      (p) => p.agent.findMany({ where: { category: 'nothing' }, distinct: ['pricing'], orderBy: byId, select: id }),
      ['*,category,id,pricing Agent[category="nothing"]'],
    ],
    [
      'by rows that they lead to: the tables on the way',
      (p) => p.agent.findMany({ where: { reviews: { some: { author: { username: 'nobody' } } } }, select: id }),
      ['*,id Agent', '*,agentId,authorId Review', '*,id,username User'],
    ],
    [
      'in the order of rows that they lead to: the tables on the way',
      (p) =>
        p.agent.findMany({
          where: { category: 'nothing' },
          orderBy: [{ author: { username: 'asc' } }, { reviews: { _count: 'asc' } }],
          select: id,
        }),
      ['*,authorId,category,id Agent[category="nothing"]', '*,agentId Review', '*,id,username User'],
    ],
  ])('%s', async (_name, read, expected) => {
    expect(await dependenciesOf(read)).toEqual(expected);
  });
});

describe('rows with what they lead to', () => {
  test('one row each: that row, and the column that leads there', async () => {
    const read: Read = (p) =>
      p.agent.findUnique({ where: { id: 1 }, select: { id: true, author: { select: { id: true, username: true } } } });
    expect(await dependenciesOf(read)).toEqual(['*,authorId,id Agent:1', '*,id,username User:2']);
  });

  test('many rows: the group of the parent, by what chooses and orders, and each row', async () => {
    const reviews = {
      where: { rating: { gt: 2 } },
      orderBy: { createdAt: 'asc' },
      select: { id: true, comment: true },
    } as const;
    const read: Read = (p) => p.agent.findUnique({ where: { id: 1 }, select: { id: true, reviews } });
    expect(await dependenciesOf(read)).toEqual([
      '*,id Agent:1',
      'comment,id Review:5',
      '*,agentId,createdAt,rating Review[agentId=1]',
    ]);
  });

  test('their number: the group of the parent', async () => {
    const read: Read = (p) =>
      p.agent.findUnique({
        where: { id: 1 },
        select: { _count: { select: { reviews: { where: { rating: 5 } }, installations: true } }, id: true },
      });
    expect(await dependenciesOf(read)).toEqual([
      '*,id Agent:1',
      '*,agentId Installation[agentId=1]',
      '*,agentId,rating Review[agentId=1]',
    ]);
  });

  test('nothing, where the column that leads there is empty: the column', async () => {
    const read: Read = (p) => p.wallet.findUnique({ where: { id: 9 }, select: { id: true, user: true } });
    expect(await dependenciesOf(read)).toEqual(['*,id User', '*,id,userId Wallet:9']);
    const shown: Read = (p) =>
      p.wallet.findUnique({ where: { id: 9 }, select: { id: true, userId: true, user: true } });
    expect(await dependenciesOf(shown)).toEqual(['*,id,userId Wallet:9']);
  });
});

describe('what rows come to', () => {
  test.each<[string, Read, string[]]>([
    [
      'their number: the group',
      (p) => p.agent.count({ where: { category: 'art' } }),
      ['*,category Agent[category="art"]'],
    ],
    [
      'how many have a value: its column',
      (p) => p.agent.count({ select: { _all: true, price: true } }),
      ['*,price Agent'],
    ],
    [
      'sums: what is summed up',
      (p) => p.agent.aggregate({ where: { category: 'art' }, _sum: { installCount: true }, _count: true }),
      ['*,category,installCount Agent[category="art"]'],
    ],
    [
      'groups: what tells them apart and chooses among them',
      (p) =>
        p.agent.groupBy({
          by: ['category'],
          _count: { _all: true, price: true },
          having: { ratingSum: { _avg: { gt: 1 } } },
          orderBy: { _max: { installCount: 'asc' } },
        }),
      ['*,category,installCount,price,ratingSum Agent'],
    ],
  ])('%s', async (_name, read, expected) => {
    expect(await dependenciesOf(read)).toEqual(expected);
  });
});

describe('is answered, but not understood, and says so', () => {
  type Loose = Record<string, (args: object) => Promise<unknown>>;
  test.each<[string, Read, RegExp]>([
    ['SQL', (p) => p.$queryRaw`SELECT 1`, /\$queryRaw does not say what it reads: use db\.sql\(\)/],
    ['SQL that writes', (p) => p.$executeRaw`SELECT 1`, /\$executeRaw does not say what it reads/],
    [
      'a write',
      (p) => p.category.updateMany({ where: { slug: 'nobody' }, data: { name: 'x' } }),
      /Category\.updateMany is not known to read only/,
    ],
    ['a fluent call for many', (p) => p.agent.findUnique({ where: { id: 1 } }).reviews(), /the answer is a list/],
    [
      'a fluent call for one, with columns that both models have',
      (p) => p.agent.findUnique({ where: { id: 1 } }).author({ select: { id: true, createdAt: true } }),
      /the answer lacks "author"/,
    ],
    [
      'a read that fails',
      (p) => (p.agent as unknown as Loose)['findMany']!({ where: { nothing: 1 } }).catch(() => null),
      /A read of the database failed/,
    ],
  ])('%s', async (_name, read, reason) => {
    const { reads } = await track(app.prisma, (db) => read(db.prisma));
    expect(reads.refusal).toMatch(reason);
  });
});

test('gives the same answers as a client that notes nothing', async () => {
  const read = (p: Prisma.TransactionClient) =>
    p.agent.findMany({
      orderBy: byId,
      include: { author: true, reviews: { orderBy: byId }, _count: true },
      omit: { id: true },
    });
  const { answer } = await track(app.prisma, (db) => read(db.prisma));
  expect(answer).toEqual(await read(app.prisma));
});
