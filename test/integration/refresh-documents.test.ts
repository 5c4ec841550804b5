/** Documents on IPFS, which all come through one gateway: what is wrong with those of one collection is no harm to another, and what is wrong with the gateway is not written down. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
const break500 = (_directory: string, _token: number, response: ServerResponse) => response.writeHead(500).end();

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

it.each([5, 10])(
  'while the gateway is broken, a page of %i tokens is put off, and goes on when it is back',
  { timeout: 60_000 },
  async (tokens) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const away = {
      status: 'WAITING',
      error: 'The IPFS gateway failed too often of late, and is not asked for a minute. It will be tried again.',
    };
    gateway = break500;
    const putOff = async (address: string) => {
      const id = await createDue(stage.app.prisma, address);
      await until(id, away);
      expect(await contentsOf(stage.app.prisma, address)).toEqual([]);
      expect(hand.breaker('ipfs-gateway')).toBe('open');
      return id;
    };
    const address = collectionOf(tokens, 'QmFoxes');
    const id = await putOff(address);
    gateway = serve;
    const other = await putOff(collectionOf(1, 'QmOther'));
    // One alone: on the embedded database, two would keep each other from hearing the gateway in time.
    await stage.app.prisma.collection.delete({ where: { id: other } });

    hand.log.lines.length = 0;
    vi.setSystemTime(Date.now() + OPEN_MS);
    await makeDue(stage.app.prisma, id);
    await until(id, { status: 'DONE', error: null });
    expect(hand.log.lines.filter(({ msg }) => PUT_OFF.test(msg))).toEqual([]);
    expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(tokens));
    expect(hand.breaker('ipfs-gateway')).toBe('closed');
  },
);
