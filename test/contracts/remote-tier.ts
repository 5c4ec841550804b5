/** What every remote tier promises while its store is well. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteTier } from '../../src/cache/remote-tier.js';

export interface TierUnderTest {
  /** The tiers of two instances, on one store. */
  tiers: readonly [RemoteTier, RemoteTier];
  /** Lets so much time pass for the store. */
  pass: (ms: number) => Promise<void>;
  close: () => Promise<void>;
}

const LONG_MS = 60_000;

export function remoteTierContract(name: string, make: () => Promise<TierUnderTest>): void {
  describe(`a remote tier: ${name}`, () => {
    let under: TierUnderTest;
    let one: RemoteTier;
    let other: RemoteTier;
    let keys = 0;
    const newKey = () => `contract ${(keys += 1)}`;

    beforeAll(async () => {
      under = await make();
      [one, other] = under.tiers;
    });
    afterAll(() => under.close());

    it('has nothing under a key that was never set', async () => {
      expect(await one.get(newKey())).toBeNull();
    });

    it.each([
      ['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
      ['no byte', new Uint8Array()],
      ['half a megabyte', new Uint8Array(512 * 1024).fill(170)],
      ['a window on more bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ])('gives every instance the very bytes that one stored: %s', async (_what, bytes) => {
      const key = newKey();
      await one.set(key, bytes, LONG_MS);
      for (const tier of [one, other]) expect(Buffer.compare((await tier.get(key))!, bytes)).toBe(0);
    });

    it.each(['', '__proto__', 'a b\r\nGET c', '{a}{b}', '}{', 'é\u0000😀', 'k'.repeat(10_000)])(
      'takes any text as a key: %j',
      async (text) => {
        const [key, next] = [`${newKey()} ${text}`, `${newKey()} ${text}`];
        await one.set(key, new Uint8Array([1]), LONG_MS);
        await one.set(next, new Uint8Array([2]), LONG_MS);
        expect([...(await other.get(key))!, ...(await other.get(next))!]).toEqual([1, 2]);
      },
    );

    it('gives each of many who ask at one moment what it asked for', async () => {
      const keys = Array.from({ length: 40 }, newKey);
      for (const [n, key] of keys.entries()) if (n % 3 !== 0) await one.set(key, new Uint8Array([n]), LONG_MS);
      const asked = [...keys, ...keys.slice(0, 5), newKey()];
      const found = await Promise.all(asked.map((key) => other.get(key)));
      const expected = keys.map((_key, n) => (n % 3 === 0 ? null : n));
      expect(found.map((bytes) => bytes && bytes[0])).toEqual([...expected, ...expected.slice(0, 5), null]);
    });

    it('keeps what was set last', async () => {
      const key = newKey();
      await one.set(key, new Uint8Array([1]), LONG_MS);
      await other.set(key, new Uint8Array([2]), LONG_MS);
      expect([...(await one.get(key))!]).toEqual([2]);
    });

    it('is not changed by who changes the bytes that it took or gave', async () => {
      const key = newKey();
      const bytes = new Uint8Array([1]);
      await one.set(key, bytes, LONG_MS);
      bytes[0] = 9;
      (await one.get(key))![0] = 9;
      expect([...(await one.get(key))!]).toEqual([1]);
    });

    it('forgets an entry when its time is over, a fraction of a millisecond included', async () => {
      const [short, long] = [newKey(), newKey()];
      await one.set(short, new Uint8Array([1]), 250.5);
      await one.set(long, new Uint8Array([1]), LONG_MS);
      expect(await other.get(short)).not.toBeNull();
      await under.pass(300);
      expect(await other.get(short)).toBeNull();
      expect(await other.get(long)).not.toBeNull();
    });

    it('keeps nothing that has no time left, and says nothing', async () => {
      const key = newKey();
      for (const ms of [0, -1]) await one.set(key, new Uint8Array([1]), ms);
      expect(await one.get(key)).toBeNull();
    });

    it('gives one of many the claim to a key', async () => {
      const key = newKey();
      const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).claim(key, LONG_MS)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    it('gives a claim again after it was given back, even twice', async () => {
      const key = newKey();
      const claim = await one.claim(key, LONG_MS);
      await claim!.release();
      await claim!.release();
      expect(await other.claim(key, LONG_MS)).not.toBeNull();
      expect(await one.claim(key, LONG_MS)).toBeNull();
    });

    it('takes a claim back when its time is over, and nobody gives back the claim of the next', async () => {
      const key = newKey();
      const late = await one.claim(key, 250.5);
      expect(await other.claim(key, LONG_MS)).toBeNull();
      await under.pass(300);
      expect(await other.claim(key, LONG_MS)).not.toBeNull();
      await late!.release();
      expect(await one.claim(key, LONG_MS)).toBeNull();
    });

    it('keeps the claim to a key apart from its entry, and from other keys', async () => {
      const key = newKey();
      const claim = await one.claim(key, LONG_MS);
      expect(await one.get(key)).toBeNull();
      await one.set(key, new Uint8Array([1]), LONG_MS);
      expect(await one.claim(newKey(), LONG_MS)).not.toBeNull();
      await claim!.release();
      expect([...(await one.get(key))!]).toEqual([1]);
    });
  });
}
