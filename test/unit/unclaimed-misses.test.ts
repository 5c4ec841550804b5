/** A store that gives no claims is not asked again by who has just asked it. */
import { expect, test } from 'vitest';
import { bodyOf } from '../../src/cache/body.js';
import { NO_CLAIM } from '../../src/cache/remote-tier.js';
import { createInMemoryTier } from '../contracts/fakes/in-memory-tier.js';
import { createCoreByHand } from '../support/core-by-hand.js';
import { createHandClock } from '../support/hand-clock.js';

test.each([
  ['gives none', true, 1],
  ['gives them', false, 2],
])('a miss asks a store that %s so often for its entry', async (_what, isUnclaimed, times) => {
  const clock = createHandClock();
  const store = createInMemoryTier(clock);
  let asked = 0;
  const { cache } = createCoreByHand(clock, {
    ...store,
    get(key) {
      asked += 1;
      return store.get(key);
    },
    claim: (key, ms) => (isUnclaimed ? Promise.resolve(NO_CLAIM) : store.claim(key, ms)),
  });
  const load = async () => ({
    body: bodyOf('{}'),
    dependencies: [],
    lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
  });
  expect(await cache.respond('key', load)).toMatchObject({ status: 'MISS', isStored: true });
  expect(asked).toBe(times);
});
