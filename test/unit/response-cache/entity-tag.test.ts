import { describe, expect, test } from 'vitest';
import { bodyOf } from '../../../src/cache/body.js';
import type { Entry } from '../../../src/cache/entry.js';
import { type TagEntry, createTagger } from '../../../src/response-cache/front/entity-tag.js';

const SECRET = new Uint8Array(32).fill(7);
const of = (tagOf: TagEntry, text: string) => tagOf({ body: bodyOf(text) } as Entry);

describe('the tag of a content', () => {
  test('is the same wherever it is made, and has 132 bits', () => {
    const [one, other] = [createTagger(SECRET), createTagger(SECRET)];
    for (const text of ['', '{"data":{}}', 'é☃', 'x'.repeat(200_000)]) {
      expect(of(one, text)).toMatch(/^[\w-]{22}$/);
      expect(of(one, text)).toBe(of(other, text));
    }
  });

  test('stays what it is from version to version, unless its key is named anew', () => {
    expect([of(createTagger(SECRET), '{"data":{}}'), of(createTagger(SECRET), 'é')]).toEqual([
      'TNN_YLhSXs_g792shir-gP',
      'jdbHD8t8DxS5Bt69J-P5Pr',
    ]);
  });

  test('is another one for each content, of whatever length and whatever was tagged before', () => {
    const tagOf = createTagger(SECRET);
    const texts = ['', 'a', 'aa', 'b', 'é', 'Ã©', '☃'];
    for (const length of [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1])
      texts.push('x'.repeat(length), `${'x'.repeat(length - 1)}y`, `y${'x'.repeat(length - 1)}`);
    const tags = texts.map((text) => of(tagOf, text));
    expect(new Set(tags).size).toBe(texts.length);
    expect(texts.toReversed().map((text) => of(tagOf, text))).toEqual(tags.toReversed());
  });

  test('tells nobody without the key what it stands for', () => {
    expect(of(createTagger(SECRET), 'a')).not.toBe(of(createTagger(new Uint8Array(32)), 'a'));
  });

  test('is another one where equal contents differ in what else is said of them', () => {
    const marked = createTagger(SECRET, ({ key }) => [key]);
    const body = bodyOf('a');
    const tags = [{ key: 'k' }, { key: 'l' }, { key: 'ka' }].map(({ key }) => marked({ key, body } as Entry));
    expect(new Set([...tags, of(createTagger(SECRET), 'a')]).size).toBe(4);
  });
});
