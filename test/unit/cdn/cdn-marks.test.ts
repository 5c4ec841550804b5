import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/cache/body.js';
import type { Entry } from '../../../src/cache/entry.js';
import { CdnKeys } from '../../../src/cdn/cdn-keys.js';
import { CdnMarks } from '../../../src/cdn/cdn-marks.js';
import { createFastly } from '../../../src/cdn/fastly.js';
import { createTagger } from '../../../src/response-cache/front/entity-tag.js';

const SECRET = new Uint8Array(32);
let isLive = true;
const marks = new CdnMarks({
  cdn: createFastly({ apiUrl: '', serviceId: '', token: '' }),
  keys: new CdnKeys(SECRET),
  maxAge: 60,
  isLive: () => isLive,
});
const entryOn = (tag: string, maxAge = 100): Entry => ({
  key: 'key',
  epoch: 'epoch',
  snapshot: { xmin: 1, xmax: 1, running: [] },
  dependencies: [{ tag, columns: ['name'] }],
  createdAt: 0,
  lifetime: { maxAge, staleWhileRevalidate: 100, staleIfError: 100 },
  note: null,
  body: bodyOf('{}'),
  bytes: 1,
});
const maxAgeAt = (age: number, entry = entryOn('Agent:1')) => marks.of(entry, age)?.[1] ?? null;

describe('a CDN may keep an answer', () => {
  it('for so long beside the age that it has', () => {
    expect([0, 30].map((age) => maxAgeAt(age))).toEqual(['max-age=60', 'max-age=90']);
  });

  it('for no longer than it is good by time', () => {
    expect([50, 99].map((age) => maxAgeAt(age))).toEqual(['max-age=100', 'max-age=100']);
    expect([100, 150].map((age) => maxAgeAt(age))).toEqual([null, null]);
    expect(maxAgeAt(0, entryOn('Agent:1', 0.5))).toBeNull();
  });

  it('only from an instance that would learn of a change', () => {
    isLive = false;
    expect(maxAgeAt(0)).toBeNull();
    isLive = true;
  });
});

it('equal contents that depend on other data have other entity tags: a CDN that asks keeps the old keys', () => {
  const tagOf = createTagger(SECRET, (entry) => marks.keysOf(entry));
  expect(tagOf(entryOn('Agent:1'))).not.toBe(tagOf(entryOn('Agent:2')));
  expect(tagOf(entryOn('Agent:1'))).toBe(tagOf(entryOn('Agent:1')));
});
