import { expect, it } from 'vitest';
import { Identities } from '../../src/graphql/identities.js';
import type { Identity } from '../../src/platform/auth.js';

const START_MS = 1_000_000_000_000;

function stage(expiresInSeconds: number) {
  let nowMs = START_MS;
  let verified = 0;
  const identities = new Identities(
    async (token): Promise<Identity> => {
      verified += 1;
      if (token !== 'good') throw new Error('refused');
      return { subject: 'ada', role: 'USER', expiresAt: START_MS / 1_000 + expiresInSeconds };
    },
    () => nowMs,
  );
  return { identities, verified: () => verified, advance: (ms: number) => (nowMs += ms) };
}

it('a token that was verified is the same viewer again without being verified, however the header is spelt', async () => {
  const { identities, verified } = stage(3_600);
  expect(identities.recall('Bearer good')).toBeUndefined();
  const viewer = await identities.identify('Bearer good');
  for (const header of ['Bearer good', 'bearer good', 'Bearer   good']) {
    expect(identities.recall(header)).toBe(viewer);
    expect(await identities.identify(header)).toBe(viewer);
  }
  expect(verified()).toBe(1);
});

it('is verified again after 30 seconds, so that a key that was withdrawn is missed soon', async () => {
  const { identities, verified, advance } = stage(3_600);
  await identities.identify('Bearer good');
  advance(29_999);
  expect(identities.recall('Bearer good')).toBeDefined();
  advance(1);
  expect(identities.recall('Bearer good')).toBeUndefined();
  await identities.identify('Bearer good');
  expect(verified()).toBe(2);
});

it('is not recalled after its end, give or take what clocks may differ', async () => {
  const { identities, advance } = stage(1);
  await identities.identify('Bearer good');
  advance(5_999);
  expect(identities.recall('Bearer good')).toBeDefined();
  advance(1);
  expect(identities.recall('Bearer good')).toBeUndefined();
});

it('one that is refused is refused each time; nobody is a stranger by mistake', async () => {
  const { identities } = stage(3_600);
  for (const header of ['Bearer bad', 'Basic good', 'Bearer', '', 'good']) {
    for (let n = 0; n < 2; n += 1) await expect(identities.identify(header)).rejects.toThrow();
    expect(identities.recall(header)).toBeUndefined();
  }
  expect(identities.recall(null)).toBeNull();
  expect(await identities.identify(null)).toBeNull();
});

it('viewers cannot be changed by whoever is given them', async () => {
  const viewer = await stage(3_600).identities.identify('Bearer good');
  expect(Object.isFrozen(viewer)).toBe(true);
});
