/** Any stranger can send documents that nobody has sent before, each as large as it may be. What stays of them is bounded in bytes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';

const MB = 1024 * 1024;
/** By number alone, what is sent here was remembered with 230 MB. */
const BOUND_BYTES = 48 * MB;
const TIMES = 40;

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
});
afterAll(() => app.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
function heapBytes(): number {
  for (let times = 0; times < 4; times += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

const body = (query: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');

/** By what they are answered with. */
const KINDS: Record<string, { write: (number: number) => string; answer: RegExp }> = {
  'fields that do not exist': {
    write: (n) => `{ x${n} { ${times(1_990, (i) => `f${i}`)} } }`,
    answer: /Cannot query field/,
  },
  'no GraphQL': { write: (n) => `{ x${n} #${'x'.repeat(99_000)}\n`, answer: /Syntax Error/ },
  'too many directives': {
    write: (n) => `{ x${n} ${times(600, () => '__typename @a')} }`,
    answer: /at most 10 are answered/,
  },
  comments: { write: (n) => `{ __typename } #${n} ${'#\n'.repeat(32_000)}`, answer: /"__typename":"Query"/ },
  'letters of two bytes': {
    write: (n) => `{ __typename } #${n} ${'Ā'.repeat(49_000)}`,
    answer: /"__typename":"Query"/,
  },
  'a list of ids': {
    write: (n) => `{ nodes(ids: [${times(1_900, () => '"x"')}]) { id x${n}: __typename } }`,
    answer: /"code":/,
  },
};

test('whatever is sent, the heap does not grow with it', { timeout: 120_000 }, async () => {
  for (const { write, answer } of Object.values(KINDS))
    expect(await (await app.request('/graphql', body(write(TIMES)))).text()).toMatch(answer);
  const before = heapBytes();
  for (const { write } of Object.values(KINDS))
    for (let n = 0; n < TIMES; n += 1) await (await app.request('/graphql', body(write(n)))).text();
  expect(heapBytes() - before).toBeLessThan(BOUND_BYTES);
});
