import { expect, it } from 'vitest';
import { createContextFactory } from '../../src/graphql/context-factory.js';
import { Identities } from '../../src/graphql/identities.js';
import type { Prisma, PrismaClient, User } from '../../src/platform/prisma/client.js';

const USER = { id: 1 } as User;

function contextAt(wallMs: number, authorization = 'Bearer token') {
  const create = createContextFactory({
    prisma: {} as PrismaClient & Prisma.TransactionClient,
    rows: { readRows: () => Promise.reject(new Error('nothing is read')), readKeyed: null },
    transact: () => Promise.reject(new Error('nothing is written')),
    identities: new Identities(
      async () => ({ subject: 'ada', role: 'ADMIN', expiresAt: 0 }),
      () => wallMs,
    ),
    signInDomains: ['localhost'],
    publisher: null,
    operatorFor: () => {
      throw new Error('nobody operates');
    },
    source: null,
    account: async () => USER,
    workOf: () => null,
    wallMs: () => wallMs,
  });
  const request = new Request('http://localhost/', { headers: { authorization, 'x-secret': 'header' } });
  return create({ request } as Parameters<typeof create>[0]);
}

it('to look at the viewer taints an answer that may be kept; to know who asks taints nothing', async () => {
  const request = await contextAt(0);
  const { context, recording } = request.record();
  expect(request.identity).toEqual({ subject: 'ada', role: 'ADMIN' });
  expect(recording.reads.privateReason).toBeNull();
  expect(context.viewer).toEqual({ subject: 'ada', role: 'ADMIN' });
  expect(recording.reads.privateReason).toBe('ctx.viewer was read');
});

it("to ask for the viewer's row taints, whoever asks", async () => {
  for (const request of [await contextAt(0), { record: (await contextAt(0)).record }]) {
    const { context, recording } = request.record();
    await context.user();
    expect(recording.reads.privateReason).toBe('ctx.user() was called');
  }
});

it('time comes in buckets, and ends an answer with the bucket that it looked at; of several with the first', async () => {
  const { context, recording } = (await contextAt(1_000_000_123)).record();
  expect(recording.until).toBeNull();
  expect(context.now(3_600).getTime()).toBe(997_200_000);
  expect(recording.until).toBe(1_000_800_000);
  expect(context.now(10).getTime()).toBe(1_000_000_000);
  expect(recording.until).toBe(1_000_010_000);
  context.now(300);
  expect(recording.until).toBe(1_000_010_000);
});

it('resolvers see nothing else that depends on who asks: no headers, no address, no client', async () => {
  const request = await contextAt(0);
  for (const context of [request.open('mutation'), request.open('query'), request.record().context])
    expect(Object.keys(context).sort()).toEqual(['db', 'now', 'signInDomains', 'source', 'user', 'viewer']);
});

it('to ask where collections come from keeps an answer from being kept', async () => {
  const { context, recording } = (await contextAt(0)).record();
  expect(context.source).toBeNull();
  expect(recording.reads.refusal).toContain('indexer');
});
