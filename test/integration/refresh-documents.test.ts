/** Documents on IPFS, which all come through one gateway: what is wrong with those of one collection is no harm to another, and what is wrong with the gateway is not written down. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OPEN_MS } from '../../src/platform/breaker.js';
import { type ByHand, PUT_OFF, createDue, makeDue, refreshByHand } from '../support/indexer/by-hand.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { PICTURE, colourOf, wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const stage = standStage();
let hand: ByHand;
/** What the gateway answers to who asks for `directory/token`. */
let gateway: (directory: string, token: number, response: ServerResponse) => void;

beforeEach(async () => {
  await stage.app.prisma.collection.deleteMany();
  gateway = serve;
  stage.indexer.fault = ({ request }, response) => {
    const [, directory, token] = /^\/ipfs\/(\w+)\/(\d+)$/.exec(request.url!) ?? [];
    if (directory === undefined) return false;
    gateway(directory, Number(token), response);
    return true;
  };
  hand = refreshByHand(stage.app, stage.indexer);
});
afterEach(async () => {
  await hand.stop();
  vi.useRealTimers();
});

function serve(_directory: string, token: number, response: ServerResponse): void {
  const attributes = [{ trait_type: 'Colour', value: colourOf(token) }];
  const document = { name: `Fox #${token}`, image: PICTURE, attributes };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}
const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (_directory: string, _token: number, response: ServerResponse) =>
    response.writeHead(status, headers).end();

let made = 0xd00;
/** The indexer knows of its tokens where their documents are, and nothing else. */
function collectionOf(tokens: number, directory: string): string {
  const address = wallet((made += 1));
  const token = (number: number) => ({
    ...{ name: null, image: null },
    raw: { tokenUri: `ipfs://${directory}/${number}`, error: null, metadata: {} },
  });
  stage.indexer.collections.set(address, { address, tokens, token });
  return address;
}

const rowOf = (collectionId: number) => stage.app.prisma.collectionRefresh.findUnique({ where: { collectionId } });
const until = (collectionId: number, row: object) =>
  expect.poll(() => rowOf(collectionId), { timeout: 30_000 }).toMatchObject(row);

async function refresh(address: string): Promise<void> {
  await until(await createDue(stage.app.prisma, address), { status: 'DONE' });
}

const namesOf = async (address: string) => (await contentsOf(stage.app.prisma, address)).map(({ name }) => name);

it.each([
  ['nobody has', () => undefined],
  ['the gateway has not in time', (response: ServerResponse) => response.writeHead(504).end()],
  ['the gateway cannot decode', (response: ServerResponse) => response.writeHead(500).end()],
  ['are gone', (response: ServerResponse) => response.writeHead(404).end()],
  ['are no documents', (response: ServerResponse) => response.writeHead(200, { 'content-type': 'image/png' }).end()],
])(
  'documents that %s take nothing away from the tokens of another collection',
  { timeout: 60_000 },
  async (_what, answer) => {
    gateway = (directory, token, response) =>
      directory === 'QmBad' ? answer(response) : serve(directory, token, response);
    const [bad, good] = [collectionOf(6, 'QmBad'), collectionOf(10, 'QmGood')];
    await refresh(bad);
    expect(await namesOf(bad)).toEqual(Array.from({ length: 6 }, (_, token) => `#${token}`));
    expect(hand.breaker('ipfs-gateway')).toBe('closed');
    await refresh(good);
    expect(await contentsOf(stage.app.prisma, good)).toEqual(expectedOf(10));
  },
);

const CLOSED = 'The IPFS gateway failed too often of late, and is not asked for a minute. It will be tried again.';
const OUT_OF_REACH = 'The IPFS gateway: It cannot be reached. It will be tried again.';

it.each([1, 5, 10])(
  'while nobody is behind the gateway, a page of %i tokens is put off, and goes on when it is back',
  { timeout: 60_000 },
  async (tokens) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const putOff = async (address: string, error: string) => {
      const id = await createDue(stage.app.prisma, address);
      await until(id, { status: 'WAITING', error });
      expect(await contentsOf(stage.app.prisma, address)).toEqual([]);
      return id;
    };
    gateway = answering(502);
    const address = collectionOf(tokens, 'QmFoxes');
    const id = await putOff(address, OUT_OF_REACH);
    if (tokens >= 5) {
      await expect.poll(() => hand.breaker('ipfs-gateway')).toBe('open');
      gateway = serve;
      const other = await putOff(collectionOf(1, 'QmOther'), CLOSED);
      // One alone: on the embedded database, two would keep each other from hearing the gateway in time.
      await stage.app.prisma.collection.delete({ where: { id: other } });
    }
    gateway = serve;
    hand.log.lines.length = 0;
    vi.setSystemTime(Date.now() + OPEN_MS);
    await makeDue(stage.app.prisma, id);
    await until(id, { status: 'DONE', error: null });
    expect(hand.log.lines.filter(({ msg }) => PUT_OFF.test(msg))).toEqual([]);
    expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(tokens));
    expect(hand.breaker('ipfs-gateway')).toBe('closed');
  },
);

it('a gateway that is asked too often is left alone for as long as it wants, and no token is written without its name', async () => {
  gateway = answering(429, { 'retry-after': '3600' });
  const address = collectionOf(6, 'QmFoxes');
  const id = await createDue(stage.app.prisma, address);
  await until(id, {
    status: 'WAITING',
    error: 'The IPFS gateway: It is asked too often, and wants to be left alone for a while. It will be tried again.',
  });
  expect(await contentsOf(stage.app.prisma, address)).toEqual([]);
  const [{ seconds } = { seconds: 0 }] = await stage.app.prisma.$queryRaw<{ seconds: number }[]>`
    SELECT extract(epoch FROM "notBefore" - clock_timestamp())::int AS seconds FROM "CollectionRefresh" WHERE "collectionId" = ${id}::int`;
  expect(seconds).toBeGreaterThan(3_500);
  gateway = serve;
  await makeDue(stage.app.prisma, id);
  await until(id, { status: 'DONE', error: null });
  expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(6));
});

describe('at the last attempt', () => {
  const refreshLate = async (keepsBack: (token: number) => boolean) => {
    gateway = (directory, token, response) => (keepsBack(token) ? answering(429) : serve)(directory, token, response);
    const address = collectionOf(6, 'QmFoxes');
    return { address, id: await createDue(stage.app.prisma, address, { step: 'TOKENS', attempts: 7 }) };
  };

  it('a document that the gateway keeps back while it gives others counts as missing', async () => {
    const { address, id } = await refreshLate((token) => token === 2);
    await until(id, { status: 'DONE' });
    expect(await namesOf(address)).toEqual([0, 1, 2, 3, 4, 5].map((token) => (token === 2 ? '#2' : `Fox #${token}`)));
  });

  it('a refresh fails if the gateway gives none, and says why', async () => {
    const { address, id } = await refreshLate(() => true);
    await until(id, {
      status: 'FAILED',
      error: 'The IPFS gateway: It is asked too often, and wants to be left alone for a while.',
    });
    expect(await contentsOf(stage.app.prisma, address)).toEqual([]);
  });
});
