import { expect, test } from 'vitest';
import { requestNames } from '../../src/graphql/request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('no two requests have one id, and each is a UUID, however many there were', () => {
  const name = requestNames(false);
  const ids = new Set<string>();
  const strange: string[] = [];
  for (let request = 0; request < 1_000_000; request += 1) {
    const id = name();
    ids.add(id);
    if (!UUID.test(id)) strange.push(id);
  }
  expect(ids.size).toBe(1_000_000);
  expect(strange).toEqual([]);
});

test('an id that comes with a request is kept where it may be, if it is harmless', () => {
  const name = requestNames(true);
  expect(name('from-a-proxy.1:2')).toBe('from-a-proxy.1:2');
  for (const given of ['', 'a b', 'x'.repeat(65), 'a\r\nb']) expect(name(given)).toMatch(UUID);
  expect(requestNames(false)('from-anybody')).toMatch(UUID);
});
