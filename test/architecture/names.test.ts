import { expect, test } from 'vitest';
import { sources } from './sources.js';

/** Drawers that everything ends up in. What a thing is for gives it a better name, and its only user a better home. */
const DRAWER = /(^|[/-])(utils?|common|shared|helpers?|misc|lib)([-./]|$)/;

test('no file or folder is a drawer', () => {
  expect(
    sources('src')
      .concat(sources('test'))
      .filter((path) => DRAWER.test(path)),
  ).toEqual([]);
});

test.each(['src/utils/x.ts', 'src/graphql/helpers.ts', 'src/date-utils.ts', 'src/shared/a.ts'])('%s is one', (path) => {
  expect(path).toMatch(DRAWER);
});

test('files are named in kebab-case', () => {
  const named = /^[a-z0-9]+(-[a-z0-9]+)*(\.(postgres|processes))?(\.test)?\.(ts|mjs|js)$/;
  expect(
    sources('src')
      .concat(sources('test'))
      .filter((path) => !named.test(path.split('/').at(-1) ?? '')),
  ).toEqual([]);
});
