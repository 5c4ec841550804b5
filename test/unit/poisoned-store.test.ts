/** Redis is not trusted: whatever somebody has written there, nobody is told it. */
import { beforeEach, expect, test } from 'vitest';
import { bodyOf, textOf } from '../../src/cache/body.js';
import type { Loaded } from '../../src/cache/cache.js';
import { createInMemoryTier } from '../contracts/fakes/in-memory-tier.js';
import { LIES, createLyingTier } from '../contracts/fakes/lying-tier.js';
import { createCoreByHand } from '../support/core-by-hand.js';
import { createHandClock } from '../support/hand-clock.js';

const clock = createHandClock();
let liar: ReturnType<typeof createLyingTier>;
beforeEach(() => {
  liar = createLyingTier(createInMemoryTier(clock));
});

const executing = (body: string) => async (): Promise<Loaded> => ({
  body: bodyOf(body),
  dependencies: [{ tag: 'Agent:1', columns: ['name'] }],
  lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
});

/** What an instance that holds nothing itself answers, which would execute `afresh`. */
async function answerOf(key: string) {
  const { body, status, tier } = await createCoreByHand(clock, liar.tier).cache.respond(key, executing('afresh'));
  return { text: textOf(body), status, tier };
}

async function storeTwo() {
  const { cache } = createCoreByHand(clock, liar.tier);
  for (const key of ['asked', 'other']) await cache.respond(key, executing(`"${key}"`));
}

test('what is true is believed', async () => {
  await storeTwo();
  expect(await answerOf('asked')).toEqual({ text: '"asked"', status: 'HIT', tier: 'remote' });
});

test.each(Object.entries(LIES))('not believed is %s', async (_name, lie) => {
  await storeTwo();
  liar.tell(lie);
  expect(await answerOf('asked')).toEqual({ text: 'afresh', status: 'MISS', tier: null });
});
