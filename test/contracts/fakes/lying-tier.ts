/** A remote tier into which somebody else can write: it returns what was asked for, changed by a lie. */
import type { RemoteTier } from '../../../src/cache/remote-tier.js';

/** What is returned instead of `truth`. `others`: all that was ever stored, by key. */
export type Lie = (truth: Uint8Array, key: string, others: ReadonlyMap<string, Uint8Array>) => Uint8Array | null;

const changed = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

/** A header as the codec writes it, whose length comes first, without a seal that anybody would open. */
function framed(header: string, body = ''): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(header));
  return Buffer.concat([Buffer.alloc(32), length, Buffer.from(header), Buffer.from(body)]);
}

export const LIES: Readonly<Record<string, Lie>> = {
  'the value of another key': (_truth, key, others) => [...others].find(([other]) => other !== key)?.[1] ?? null,
  'one bit changed at the start': (truth) => changed(truth, 0),
  'one bit changed at the end': (truth) => changed(truth, truth.byteLength - 1),
  'the first half': (truth) => truth.subarray(0, truth.byteLength >> 1),
  'all but the last byte': (truth) => truth.subarray(0, -1),
  'more at the end': (truth) => Buffer.concat([truth, Buffer.from('}')]),
  'no bytes': () => new Uint8Array(),
  'one byte': () => new Uint8Array([255]),
  noise: (truth) => truth.map((_, index) => (index * 151 + 17) & 255),
  'a length beyond the end': () =>
    Buffer.concat([Buffer.alloc(32), Buffer.from([255, 255, 255, 255]), Buffer.from('{}')]),
  'the text of another cache': () => Buffer.from('{"data":{"agents":[]},"extensions":{"ttl":60}}'),
  'an entry without a seal': (truth) => truth.subarray(32),
  "another version's seal": (truth) => Buffer.concat([Buffer.from('larder 2'), truth]),
  'a prototype in the header': () =>
    framed('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}', '{}'),
  'a header that is no object': () => framed('null'),
};

/** It tells the truth until it is given a lie. */
export function createLyingTier(tier: RemoteTier): { tier: RemoteTier; tell(lie: Lie | null): void } {
  const stored = new Map<string, Uint8Array>();
  let lie: Lie | null = null;
  return {
    tier: {
      ...tier,
      async get(key) {
        const truth = await tier.get(key);
        return truth && lie ? lie(truth, key, stored) : truth;
      },
      async set(key, sealed, ttlMs) {
        stored.set(key, sealed.slice());
        await tier.set(key, sealed, ttlMs);
      },
    },
    tell: (next) => (lie = next),
  };
}
