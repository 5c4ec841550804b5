/** An indexer that answers wrongly, late, too much or not at all. Whatever it does, the rows are right in the end, and people are told why they are not there yet. */
import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OPEN_MS } from '../../src/platform/breaker.js';
import {
  type ByHand,
  GIVEN_UP,
  PUT_OFF,
  REFRESHED,
  createDue,
  makeDue,
  refreshByHand,
} from '../support/indexer/by-hand.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { type Fault, KEY } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const stage = standStage();
let hand: ByHand | null;
beforeEach(() => {
  stage.indexer.calls = [];
  hand = null;
});
afterEach(async () => {
  stage.indexer.fault = null;
  await hand?.stop();
  vi.useRealTimers();
});

let made = 0;
/** 25 tokens on three pages, three owners on two. */
function foxes(more: object = {}): string {
  const address = `0xfa${String((made += 1)).padStart(38, '0')}`;
  stage.indexer.collections.set(address, { address, tokens: 25, ...more });
  return address;
}

async function refreshOf(address: string) {
  const { data } = await stage.app.execute(
    'query ($address: String!) { collection(address: $address) { refresh { status done total error finishedAt } } }',
    { address },
  );
  return data.collection.refresh;
}

/** Resolves when the next job has ended or was put off; until then nothing that was said before counts. */
const begin = (by: ByHand, what: RegExp): Promise<void> => {
  by.log.lines.length = 0;
  return by.log.said(what);
};

const ALL = [
  'getContractMetadata ',
  ...['', '0xa', '0x14'].map((page) => `getNFTsForContract ${page}`),
  ...['', '2'].map((page) => `getOwnersForContract ${page}`),
];

type Answer = (response: ServerResponse) => unknown;
const jsonOf = (response: ServerResponse, text: string | Buffer, headers: object = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text);
const says = (value: unknown): Answer => {
  return (response) => jsonOf(response, JSON.stringify(value));
};

/** What would be the last page, if it were believed. */
const LAST = '{"nfts": [], "owners": []}';
const CHUNKED = { 'transfer-encoding': 'chunked' };

const FAULTS: [string, Answer][] = [
  ['broken JSON', (response) => jsonOf(response, '{"nfts": [')],
  ['JSON of another kind', says([])],
  ['a list that is none', says({ nfts: {}, owners: 5 })],
  ['a token and an owner of wrong types', says({ nfts: [{ tokenId: -1 }], owners: [{ ownerAddress: 7 }] })],
  ['a page key that nobody can store', says({ nfts: [], owners: [], pageKey: 'a\0b' })],
  ['HTML', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>')],
  ['a body that is said to be huge', (response) => jsonHead(response, { 'content-length': 1e12 })],
  ['a body that is huge without saying so', (response) => jsonOf(response, LAST.padEnd(10_000_001), CHUNKED)],
  ['a compressed body', (response) => jsonOf(response, gzipSync(LAST), { 'content-encoding': 'gzip' })],
  ['a body that is said to be compressed', (response) => jsonOf(response, LAST, { 'content-encoding': 'br' })],
  ['JSON that is said to be HTML', (response) => jsonOf(response, LAST, { 'content-type': 'text/html' })],
  ['an error of its own', (response) => response.writeHead(500).end()],
  ['a cut connection', (response) => response.destroy()],
  ['half a body', (response) => (jsonHead(response), setImmediate(() => response.destroy()))],
];
const jsonHead = (response: ServerResponse, headers: object = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).write('{"nfts": [');

/** As Node does by itself now and then. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

const HANGING: [string, Answer][] = [
  ['no answer', () => undefined],
  ['no answer, with a look for garbage meanwhile', () => setImmediate(collectGarbage)],
  ['the beginning of an answer, and no more', (response) => jsonHead(response)],
];

/** In place of the second page of tokens and the second page of owners, once each. */
const once = (answer: Answer): Fault => {
  const met = new Set<string>();
  return ({ method, parameters }, response) => {
    const isSecond = parameters.get('startToken') === '0xa' || parameters.get('pageKey') === '2';
    if (!isSecond || met.has(method)) return false;
    met.add(method);
    answer(response);
    return true;
  };
};
const TWICE = [...ALL.slice(0, 3), ALL[2], ...ALL.slice(3, 6), ALL[5]];

describe('in the midst of the pages', () => {
  it.each(FAULTS)('%s is asked for again, and nothing else is', async (_what, answer) => {
    const address = foxes();
    stage.indexer.fault = once(answer);
    await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(REFRESHED);
    expect(await refreshOf(address)).toMatchObject({ status: 'DONE', done: 25, total: 25, error: null });
    expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(25));
    expect(stage.indexer.calls).toEqual(TWICE);
    expect(hand.pauses).toHaveLength(2);
  });

  it.each(HANGING)('%s is given up and asked for again', async (_what, answer) => {
    const address = foxes();
    stage.indexer.fault = once(answer);
    await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer, {
      patience: { attempts: 4, longestWaitMs: 60_000, timeoutMs: 1_000 },
    });
    await hand.log.said(REFRESHED);
    expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(25));
    expect(stage.indexer.calls).toEqual(TWICE);
  });

  it.each([
    ['seconds', () => '40'],
    ['a date', () => new Date(Date.now() + 41_000).toUTCString()],
  ])('429 with Retry-After as %s is waited for, and nothing is held against it', async (_what, retryAfter) => {
    const address = foxes();
    stage.indexer.fault = once((response) => response.writeHead(429, { 'retry-after': retryAfter() }).end());
    await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(REFRESHED);
    expect(stage.indexer.calls).toEqual(TWICE);
    expect(hand.pauses).toHaveLength(2);
    for (const pause of hand.pauses) expect(pause).toBeGreaterThan(38_000);
    expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(25));
  });

  it('429 for longer than anybody waits puts the refresh off for as long', async () => {
    const address = foxes();
    stage.indexer.fault = ({ method }, response) => {
      if (method !== 'getOwnersForContract') return false;
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    const id = await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(PUT_OFF);
    expect(await refreshOf(address)).toMatchObject({
      ...{ status: 'WAITING', done: 25, finishedAt: null },
      error: 'The indexer: It is asked too often, and wants to be left alone for a while. It will be tried again.',
    });
    expect(hand.pauses).toEqual([]);
    const [{ seconds } = { seconds: 0 }] = await stage.app.prisma.$queryRaw<{ seconds: number }[]>`
      SELECT extract(epoch FROM "notBefore" - clock_timestamp())::int AS seconds FROM "CollectionRefresh" WHERE "collectionId" = ${id}::int`;
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  it.each([
    ['tokens', '0xa', 10, 2],
    ['owners', '2', 25, 5],
  ])(
    'an indexer that dies at the %s of page %s is asked for what is missing when it is back, and for nothing twice',
    async (_what, page, done, before) => {
      const address = foxes();
      let isDead = false;
      stage.indexer.fault = ({ parameters }, response) => {
        isDead ||= [parameters.get('startToken'), parameters.get('pageKey')].includes(page);
        if (isDead) response.destroy();
        return isDead;
      };
      const id = await createDue(stage.app.prisma, address);
      hand = refreshByHand(stage.app, stage.indexer);
      await hand.log.said(PUT_OFF);
      expect(await refreshOf(address)).toMatchObject({
        ...{ status: 'WAITING', done, total: 25 },
        error: 'The indexer: It does not answer. It will be tried again.',
      });
      expect(stage.indexer.calls).toEqual([...ALL.slice(0, before), ...Array<unknown>(4).fill(ALL[before])]);
      // Another process goes on: what it needs to know is written down.
      await hand.stop();
      stage.indexer.fault = null;
      stage.indexer.calls = [];
      await makeDue(stage.app.prisma, id);
      hand = refreshByHand(stage.app, stage.indexer);
      await hand.log.said(REFRESHED);
      expect(stage.indexer.calls).toEqual(ALL.slice(before));
      expect(await refreshOf(address)).toMatchObject({ status: 'DONE', done: 25, total: 25, error: null });
      expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(25));
    },
  );
});

describe('for good', () => {
  it('a refusal ends the refresh at once, and neither people nor the log are told the key', async () => {
    const address = foxes();
    stage.indexer.fault = (_call, response) => {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`No, not with ${KEY}.`);
      return true;
    };
    await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(GIVEN_UP);
    const refresh = await refreshOf(address);
    expect(refresh).toMatchObject({ status: 'FAILED', error: 'The indexer: It refuses to answer (status 403).' });
    expect(refresh.finishedAt).not.toBeNull();
    expect(stage.indexer.calls).toEqual(['getContractMetadata ']);
    expect(JSON.stringify(hand.log.lines)).not.toContain(KEY);
  });

  it('pages that lead in a circle come to an end', async () => {
    const address = foxes();
    const near = { step: 'OWNERS', page: 99_990, pageKey: 'there', seen: 25 };
    stage.indexer.fault = ({ parameters }, response) => {
      says({ owners: [], pageKey: parameters.get('pageKey') === 'here' ? 'there' : 'here' })(response);
      return true;
    };
    await createDue(stage.app.prisma, address, near);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(GIVEN_UP);
    expect(await refreshOf(address)).toMatchObject({ status: 'FAILED', error: 'The indexer: Its pages have no end.' });
    expect(stage.indexer.calls).toHaveLength(10);
  });

  it('a refresh that comes no further, however often it is tried, is given up', async () => {
    const address = foxes();
    stage.indexer.fault = (_call, response) => (response.writeHead(429, { 'retry-after': '90' }).end(), true);
    const id = await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(PUT_OFF);
    for (let tries = 1; tries < 8; tries += 1) {
      expect(await refreshOf(address)).toMatchObject({ status: 'WAITING' });
      const next = begin(hand, tries < 7 ? PUT_OFF : GIVEN_UP);
      await makeDue(stage.app.prisma, id);
      await next;
    }
    expect(await refreshOf(address)).toMatchObject({ status: 'FAILED' });
    expect(stage.indexer.calls).toHaveLength(8);
  });
});

describe('the breaker', () => {
  it('opens, spares the indexer and says so, and after a minute all goes on by itself', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const address = foxes();
    stage.indexer.fault = ({ method }, response) => {
      if (method !== 'getNFTsForContract') return false;
      response.writeHead(500).end();
      return true;
    };
    const id = await createDue(stage.app.prisma, address);
    hand = refreshByHand(stage.app, stage.indexer);
    await hand.log.said(PUT_OFF);
    expect(await refreshOf(address)).toMatchObject({
      ...{ status: 'WAITING', done: 0 },
      error: 'The indexer: It says that it is broken. It will be tried again.',
    });
    expect(hand.breaker()).toBe('closed');

    const opened = begin(hand, PUT_OFF);
    await makeDue(stage.app.prisma, id);
    await opened;
    const asked = ['getContractMetadata ', ...Array<string>(5).fill('getNFTsForContract ')];
    const spared = {
      status: 'WAITING',
      error: 'The indexer failed too often of late, and is not asked for a minute. It will be tried again.',
    };
    expect(hand.breaker()).toBe('open');
    expect(stage.indexer.calls).toEqual(asked);
    expect(await refreshOf(address)).toMatchObject(spared);

    const other = foxes();
    const refused = begin(hand, PUT_OFF);
    const otherId = await createDue(stage.app.prisma, other);
    await refused;
    expect(await refreshOf(other)).toMatchObject(spared);
    expect(stage.indexer.calls).toEqual(asked);

    stage.indexer.fault = null;
    vi.setSystemTime(Date.now() + OPEN_MS);
    for (const each of [id, otherId]) {
      const done = begin(hand, REFRESHED);
      await makeDue(stage.app.prisma, each);
      await done;
    }
    expect(hand.breaker()).toBe('closed');
    for (const each of [address, other]) {
      expect(await refreshOf(each)).toMatchObject({ status: 'DONE', done: 25, error: null });
      expect(await contentsOf(stage.app.prisma, each)).toEqual(expectedOf(25));
    }
  });

  it('counts an indexer that leaves those who wait for an answer hanging', async () => {
    stage.indexer.fault = () => true;
    const impatience = { attempts: 2, longestWaitMs: 1_000, timeoutMs: 200 };
    hand = refreshByHand(stage.app, stage.indexer, { impatience });
    const { refreshes } = hand;
    const ask = () => refreshes.contract({ chain: 'ETHEREUM', address: foxes() });
    for (let asked = 0; asked < 3; asked += 1)
      await expect(ask()).rejects.toMatchObject({ extensions: { code: 'UNAVAILABLE' } });
    expect(hand.breaker()).toBe('open');
    expect(stage.indexer.calls).toHaveLength(5);
    await expect(ask()).rejects.toThrow(/failed too often/);
    expect(stage.indexer.calls).toHaveLength(5);
  });
});
