/** Refreshes of collections whose pauses are none: over a database that a test prepares, without a server around them. */
import { startRefreshes } from '../../../src/indexer/start.js';
import { Breakers } from '../../../src/platform/breaker.js';
import type { Database } from '../../../src/platform/database.js';
import type { PrismaClient } from '../../../src/platform/prisma/client.js';
import { captureLog } from '../captured-log.js';
import { type FakeIndexer, KEY } from './fake-indexer.js';

type Given = NonNullable<Parameters<typeof startRefreshes>[2]> & { log?: ReturnType<typeof captureLog> };

export const REFRESHED = /^a collection was refreshed$/;
export const PUT_OFF = /^a collection cannot be refreshed now$/;
export const GIVEN_UP = /^a collection cannot be refreshed$/;

export function refreshByHand(
  database: Pick<Database, 'prisma' | 'transact'>,
  { url }: Pick<FakeIndexer, 'url'>,
  { log = captureLog(), ...given }: Given = {},
) {
  const breakers = new Breakers();
  const pauses: number[] = [];
  const refreshes = startRefreshes(
    { url, apiKey: KEY, ipfsGateway: `${url}/ipfs/` },
    { database, publisher: null, breakers, logger: log.logger },
    { pollMs: 20, wait: async (ms) => void pauses.push(ms), ...given },
  )!;
  return {
    refreshes,
    log,
    /** What it would have waited between attempts. Milliseconds. */
    pauses,
    breaker: (of = 'indexer') => breakers.states().find(({ name }) => name === of)?.state,
    stop: () => refreshes.stop(),
  };
}

export type ByHand = ReturnType<typeof refreshByHand>;

/** A collection whose refresh is due. */
export async function createDue(prisma: PrismaClient, address: string, at: object = {}): Promise<number> {
  const { id } = await prisma.collection.create({
    data: { address, name: 'Foxes', refresh: { create: at } },
  });
  return id;
}

/** As if the time had come until which it was put off. */
export const makeDue = (prisma: PrismaClient, collectionId: number) =>
  prisma.collectionRefresh.update({ where: { collectionId }, data: { notBefore: new Date(0) } });
