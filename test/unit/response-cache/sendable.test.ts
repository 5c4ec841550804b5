import { brotliDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bodyOf } from '../../../src/cache/body.js';
import type { Entry } from '../../../src/cache/entry.js';
import { createTagger } from '../../../src/response-cache/front/entity-tag.js';
import { Sendables } from '../../../src/response-cache/front/sendable.js';

const entryOf = (body: string): Entry => ({
  key: 'key',
  epoch: 'epoch',
  snapshot: { xmin: 1, xmax: 1, running: [] },
  dependencies: [],
  createdAt: 0,
  lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
  note: { setBy: null, privateBy: null },
  body: bodyOf(body),
  bytes: body.length + 500,
});
const caching = { tagOf: createTagger(new Uint8Array(32)), cdn: null };

it('compressed forms count among what is kept', async () => {
  const [one, other] = [entryOf('1'.repeat(5_000)), entryOf('2'.repeat(5_000))];
  const sendables = new Sendables(25_000, caching);
  const [first, second] = [sendables.of(one), sendables.of(other)];
  expect([sendables.of(one), sendables.of(other)]).toEqual([first, second]);
  const before = sendables.bytes;
  expect(sendables.formOf(first, 'br')).toBe(first.plain);
  await expect.poll(() => sendables.formOf(first, 'br').coding).toBe('br');
  const { content } = sendables.formOf(first, 'br');
  expect(brotliDecompressSync(Buffer.from(content, 'latin1')).toString()).toBe('1'.repeat(5_000));
  expect(sendables.bytes).toBe(before + content.length);
});

it('what is too large to be kept is sent as it is, and not compressed for a single answer', async () => {
  const sendables = new Sendables(5_000, caching);
  const sendable = sendables.of(entryOf('x'.repeat(5_000)));
  expect(sendables.formOf(sendable, 'br')).toBe(sendable.plain);
  expect(sendable.coded.size).toBe(0);
  expect(sendables.bytes).toBe(0);
});
