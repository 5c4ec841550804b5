import { describe, expect, it, test } from 'vitest';
import type { Change, Dependency } from '../../../src/cache/dependency.js';
import { meets } from '../../../src/cache/dependency.js';
import { ALL_ANSWERS, CdnKeys, MAX_HEADER_BYTES } from '../../../src/cdn/cdn-keys.js';

const keys = new CdnKeys(Buffer.alloc(32, 1));
const changed = (tag: string, ...columns: string[]): Change => ({ tag, columns });
const on = (tag: string, ...columns: string[]): Dependency => ({ tag, columns });
const purges = (changes: readonly Change[], dependencies: readonly Dependency[]): boolean => {
  const held = keys.ofAnswer(dependencies);
  return keys.ofChanges(changes).some((key) => held.includes(key));
};

const LIST = [on('Agent', '*', 'name'), on('Agent:1', 'name'), on('Agent:2', 'name')];

describe('an answer is purged by', () => {
  test.each([
    ['a row that came or went', [changed('Agent', '*'), changed('Agent:3', '*')]],
    ['a column that its order was taken from', [changed('Agent', 'name'), changed('Agent:7', 'name')]],
    ['a row that it shows', [changed('Agent', 'tagline'), changed('Agent:1', 'tagline')]],
    ['a statement that touched very many rows', [changed('Agent!', '*')]],
    ['a flush of everything', [changed('!', '*')]],
  ])('%s', (_what, changes) => expect(purges(changes, LIST)).toBe(true));
});

describe('an answer is not purged by', () => {
  test.each([
    ['a column of other rows that it did not look at', [changed('Agent', 'rating'), changed('Agent:7', 'rating')]],
    ['another model', [changed('Nft', '*'), changed('Nft:1', '*'), changed('Nft!', '*')]],
    ['another group', [changed('Agent[category=x]', '*')]],
  ])('%s', (_what, changes) => expect(purges(changes, LIST)).toBe(false));
});

test('whatever change meets a dependency purges it', () => {
  const columns = ['*', 'name', 'rating'];
  const sets = columns.flatMap((one) => columns.map((other) => [...new Set([one, other])]));
  for (const tag of ['Agent', 'Agent[category=x]', 'Agent:1'])
    for (const looked of sets)
      for (const written of sets)
        if (meets(written, looked)) expect(purges([changed(tag, ...written)], [on(tag, ...looked)])).toBe(true);
});

describe('an answer that depends on more than a header can name', () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => on(`Nft:${index}`, 'name'));

  it('has coarse keys, few of them', () => {
    expect(keys.ofAnswer(rows)).toHaveLength(3);
  });

  it('is purged by any change of its models', () => {
    for (const change of [changed('Nft:1999', 'name'), changed('Nft', 'imageUrl'), changed('Nft[collectionId=7]', '*')])
      expect(purges([change], rows)).toBe(true);
    expect(purges([changed('Agent:1', 'name')], rows)).toBe(false);
  });

  it('is no longer than it may be, however many there are', () => {
    for (const count of [1, 100, 800, 840, 900, 5_000]) {
      const header = keys.ofAnswer(Array.from({ length: count }, (_, index) => on(`Nft:${index}`, 'name'))).join(' ');
      expect(header.length).toBeLessThanOrEqual(MAX_HEADER_BYTES);
    }
  });
});

test('keys tell nothing: they depend on the secret, and are of one length', () => {
  const [mine, others] = [keys.ofAnswer(LIST), new CdnKeys(Buffer.alloc(32, 2)).ofAnswer(LIST)];
  expect(mine.filter((key) => others.includes(key))).toEqual([ALL_ANSWERS]);
  for (const key of mine.filter((key) => key !== ALL_ANSWERS)) expect(key).toMatch(/^[\w-]{8}$/);
});

test('equal dependencies have equal keys, in whatever order they were found', () => {
  expect(keys.ofAnswer([...LIST].reverse())).toEqual(keys.ofAnswer(LIST));
});
