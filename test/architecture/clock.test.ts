import { expect, test } from 'vitest';
import { read, sources } from './sources.js';

/** In TypeScript and in SQL. */
const CLOCK = /new Date\(\)|Date\.now\(|\bnow\(\)|clock_timestamp|current_(timestamp|date|time)|localtime/i;

/** What only mutations reach: their answers are not kept. */
const MUTATIONS = ['nfts/transfer-nft.ts', 'users/link-wallet.ts', 'users/wallet-nonce.ts'];

test('resolvers read the clock through ctx.now() alone, so that no answer is kept beyond the time that it speaks of', () => {
  const readers = sources('src/marketplace').filter((path) => CLOCK.test(read(path)));
  expect(readers.sort()).toEqual(MUTATIONS.map((path) => `src/marketplace/${path}`));
});

test.each(['const at = new Date();', 'Date.now() - 5', 'WHERE "at" < now()', 'SELECT CURRENT_TIMESTAMP'])(
  '%s reads it',
  (code) => {
    expect(code).toMatch(CLOCK);
  },
);
