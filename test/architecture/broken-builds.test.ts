/** Builds that are broken on purpose find the place in the source that they break: told here, at once, and not after minutes of proofs. */
import { expect, test } from 'vitest';
import { BROKEN_BUILDS } from '../prove/broken-builds.js';
import { WEAKENED } from '../simulation/weakened/all.js';
import { read } from './sources.js';

const PATCHES = [
  ...BROKEN_BUILDS.map(({ name, file, find }) => ({ name, file, find })),
  ...WEAKENED.flatMap(({ name, patches }) => patches.map(({ file, find }) => ({ name, file, find }))),
];

test.each(PATCHES)('"$name" finds what it changes in $file, once', ({ file, find }) => {
  expect(read(file).split(find).length - 1).toBe(1);
});
