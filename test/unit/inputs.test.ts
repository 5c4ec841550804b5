import { describe, expect, test } from 'vitest';
import { imageUrl, line, searchText, text } from '../../src/graphql/inputs.js';

const faultsOf = (schema: typeof imageUrl, value: string) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe('a line', () => {
  test.each([
    ['half a character', 'a\ud83d', /valid Unicode/],
    ['half a character the other way round', '\udc09a', /valid Unicode/],
    ['nothing that can be seen', '\u200B', /can be seen/],
    ['nothing that can be seen, in many ways', '\u200B \u2060\uFE0F\u3164\u{E0041}', /can be seen/],
    ['a letter that turns the rest around', 'exe.\u202Etxt', /direction/],
    ['an isolate', '\u2066admin\u2069', /direction/],
    ['two lines', 'a\nb', /single line/],
    ['NUL', 'a\0b', /single line/],
  ])('with %s is refused', (_what, value, message) => {
    for (const schema of [line(80), searchText])
      expect(faultsOf(schema, value)).toEqual([expect.stringMatching(message)]);
  });

  test.each(['Ada', 'Ünï 龍 #7', '👩‍👩‍👧‍👦', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', 'می‌خواهم', 'שלום', 'e\u0301'])(
    'takes %s as it is',
    (value) => {
      expect(line(80).parse(value)).toBe(value);
    },
  );
});

test('a text with half a character is refused, with a whole one and lines it is taken', () => {
  expect(faultsOf(text(80), 'a\n\ud83d')).toEqual([expect.stringMatching(/valid Unicode/)]);
  expect(text(80).parse('a\n😉')).toBe('a\n😉');
});

describe('the address of an image', () => {
  test.each([
    ['https://img.example.com/7.png?a=1#b', 'https://img.example.com/7.png?a=1#b'],
    ['HTTPS://IMG.example.com', 'https://img.example.com/'],
    ['https://img.example.com/a b"><script>.png', 'https://img.example.com/a%20b%22%3E%3Cscript%3E.png'],
    ['https://img.example.com/龍.png', 'https://img.example.com/%E9%BE%8D.png'],
    [' https://img.example.com/a/../b ', 'https://img.example.com/b'],
  ])('%j is stored as %s', (value, stored) => {
    expect(imageUrl.parse(value)).toBe(stored);
  });

  test.each([
    ['http://img.example.com', /https:\/\//],
    ['javascript:alert(1)', /https:\/\//],
    ['https:img.example.com', /https:\/\//],
    ['https:\\\\img.example.com', /https:\/\//],
    ['https:///img.example.com', /https:\/\//],
    ['https://', /https:\/\//],
    ['https://a b/', /https:\/\//],
    ['https://img.example.com:99999/', /https:\/\//],
    ['', /https:\/\//],
    ['https://me@img.example.com/', /user name/],
    ['https://me:secret@img.example.com/', /user name/],
    ['https://img.example.com/\0', /control characters/],
    ['https://img.exa\nmple.com/', /control characters/],
    ['https://img.example.com/\ud83d', /valid Unicode/],
    [`https://img.example.com/${'x'.repeat(2_000)}`, /at most 2,000/],
    [`https://img.example.com/${'龍'.repeat(500)}`, /at most 2,000/],
  ])('%j is refused', (value, message) => {
    expect(faultsOf(imageUrl, value)).toEqual([expect.stringMatching(message)]);
  });
});
