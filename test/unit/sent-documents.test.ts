import { expect, test } from 'vitest';
import { SentDocuments } from '../../src/graphql/sent-documents.js';

const large = 'x'.repeat(20_000);

test('what a viewer has sent is theirs alone, and what a stranger has sent is for all strangers', () => {
  const documents = new SentDocuments();
  documents.ofViewer('ada').set('a', '{ a }');
  documents.ofStranger('203.0.113.1').set('s', '{ s }');
  expect(documents.ofViewer('ada').get('a')).toBe('{ a }');
  expect(documents.ofViewer('bob').get('a')).toBeUndefined();
  expect(documents.ofStranger('203.0.113.1').get('a')).toBeUndefined();
  expect(documents.ofStranger('203.0.113.2').get('s')).toBe('{ s }');
  expect([documents.find('a'), documents.find('s'), documents.find('none')]).toEqual(['{ a }', '{ s }', null]);
});

test('an address that sends very many pushes out its own, the least asked first', () => {
  const documents = new SentDocuments();
  documents.ofStranger('203.0.113.1').set('theirs', '{ theirs }');
  const flooder = documents.ofStranger('203.0.113.2');
  flooder.set('first', '{ first }');
  flooder.set('asked', '{ asked }');
  for (let n = 0; n < 50; n += 1) {
    flooder.set(`flood${n}`, large);
    expect(documents.ofStranger('203.0.113.3').get('asked')).toBe('{ asked }');
  }
  expect(flooder.get('theirs')).toBe('{ theirs }');
  expect(flooder.get('first')).toBeUndefined();
  flooder.set('first', '{ first }');
  expect(flooder.get('first')).toBe('{ first }');
});

test('the whole is bounded: of very many addresses those go whose documents nobody asks for', () => {
  const documents = new SentDocuments();
  documents.ofStranger('203.0.113.1').set('asked', '{ asked }');
  for (let n = 0; n < 5_000; n += 1) {
    documents.ofStranger(`198.51.100.${n}`).set(`flood${n}`, large);
    documents.ofStranger('203.0.113.9').get('asked');
  }
  const held = Array.from({ length: 5_000 }, (_, n) => documents.find(`flood${n}`)).filter((text) => text !== null);
  expect(held.length).toBeLessThan(300);
  expect(documents.find('asked')).toBe('{ asked }');
});

test('a document that is larger than all room is not kept, and takes none', () => {
  const documents = new SentDocuments();
  const stranger = documents.ofStranger('203.0.113.1');
  stranger.set('small', '{ small }');
  stranger.set('huge', 'x'.repeat(100_000));
  expect([stranger.get('huge'), stranger.get('small')]).toEqual([undefined, '{ small }']);
});
