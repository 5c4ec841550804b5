/** What no other file names needs no `export`: whoever reads the word may take it that somebody elsewhere depends on it. */
import { expect, test } from 'vitest';
import { read, sources } from './sources.js';

const EXPORT = /^export (?:(?:abstract|async|declare) )*(?:function|class|const|let|type|interface|enum)\*? (\w+)/gm;

test('each export of src is named in another file', () => {
  const files = ['src', 'test', 'bench', 'prisma']
    .flatMap(sources)
    .filter((path) => !path.includes('node_modules/'))
    .map((path) => ({ path, text: read(path) }));
  const readers = new Map<string, Set<string>>();
  for (const { path, text } of files)
    for (const [word] of text.matchAll(/[\w$]+/g)) readers.set(word, (readers.get(word) ?? new Set()).add(path));
  const unread = files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, text }) => [...text.matchAll(EXPORT)].map(([, name]) => ({ path, name: name! })))
    .filter(({ name }) => readers.get(name)!.size === 1);
  expect(unread).toEqual([]);
});
