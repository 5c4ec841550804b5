/** What a page of tokens keeps in memory of the documents that anybody may have written. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { IndexedToken } from '../../../src/indexer/alchemy.js';
import { describeToken } from '../../../src/indexer/describe.js';
import { GatewayAwayError } from '../../../src/indexer/ipfs-gateway.js';
import type { RefreshJob } from '../../../src/indexer/refresh-job.js';
import { STEPS, type StepParts } from '../../../src/indexer/refresh-steps.js';
import { BreakerOpenError } from '../../../src/platform/breaker.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TOKENS = 100;
const tokens = Array.from({ length: TOKENS }, (_, number): IndexedToken => {
  return { tokenId: String(number), tokenUri: `https://example.com/${number}` };
});

type Read = (uri: string) => Promise<object>;

function readTokens(read: Read, advance: () => Promise<void>, isLastAttempt = false): Promise<void> {
  const job = { work: { page: 0, seen: 0, pageKey: null }, isLastAttempt, advance };
  const parts = {
    indexer: { tokens: () => Promise.resolve({ items: tokens, next: null }) },
    documents: { read },
    signal: new AbortController().signal,
  };
  return STEPS.TOKENS(job as unknown as RefreshJob, parts as unknown as StepParts);
}

it('of the documents that a page of tokens names, no more than eight are in memory at a time', async () => {
  const documents: WeakRef<object>[] = [];
  let most = 0;
  const read = async (uri: string) => {
    const document = { name: `The document at ${uri}` };
    documents.push(new WeakRef(document));
    await nextTurn();
    collectGarbage();
    most = Math.max(most, documents.filter((each) => each.deref()).length);
    return document;
  };
  await readTokens(read, () => Promise.resolve());
  expect(documents).toHaveLength(TOKENS);
  expect(most).toBeLessThanOrEqual(8);
});

it('what is kept of a token does not keep its document, however much was cut off', () => {
  const padded = (text: string) => (JSON.parse(JSON.stringify([text.padStart(1_000_000)])) as [string])[0];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const described = tokens.map((token) =>
    describeToken(token, { name: padded(`A token with the number ${token.tokenId}`) }),
  );
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
  expect(described[99]?.name).toBe('A token with the number 99');
});

it('a page is written without the documents of a host that is not asked any more', async () => {
  const advance = vi.fn(() => Promise.resolve());
  await readTokens(() => Promise.reject(new BreakerOpenError('example.com')), advance);
  expect(advance).toHaveBeenCalledOnce();
});

const keptBack = (isOfAll: boolean) => new GatewayAwayError('Later.', isOfAll);

it.each([
  ['while no document on IPFS can be had', true],
  ['while one of its documents on IPFS cannot be had', false],
])('a page is not written %s, and no more of its documents are read', async (_when, isOfAll) => {
  const advance = vi.fn(() => Promise.resolve());
  const read = vi.fn(() => Promise.reject(keptBack(isOfAll)));
  await expect(readTokens(read, advance)).rejects.toThrow(GatewayAwayError);
  await nextTurn();
  expect(read).toHaveBeenCalledTimes(8);
  expect(advance).not.toHaveBeenCalled();
});

describe('at the last attempt', () => {
  it.each([
    ['without a document that the gateway keeps back, while it gives others', 1, false, 1],
    ['not while the gateway gives none', TOKENS, false, 0],
    ['not while no document on IPFS can be had', 1, true, 0],
  ])('a page is written %s', async (_how, keeps, isOfAll, written) => {
    const advance = vi.fn(() => Promise.resolve());
    let asked = 0;
    const read = () => ((asked += 1) <= keeps ? Promise.reject(keptBack(isOfAll)) : Promise.resolve({ name: 'One' }));
    const outcome = await readTokens(read, advance, true).then(
      () => 1,
      (error: unknown) => (error instanceof GatewayAwayError ? 0 : error),
    );
    expect(outcome).toBe(written);
    expect(advance).toHaveBeenCalledTimes(written);
  });
});
