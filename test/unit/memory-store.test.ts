import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/response-cache/envelop/memory-store.js';

const response = (bytes: number) => ({ data: { text: 'x'.repeat(bytes) } });
const kept = async (store: ReturnType<typeof createMemoryStore>, ids: string[]) =>
  (await Promise.all(ids.map(async (id) => ((await store.get(id)) ? id : null)))).filter((id) => id !== null);

it('keeps no more than its bytes, and lets the least used response go first', async () => {
  const store = createMemoryStore(1024 * 1024);
  const ids = Array.from({ length: 20 }, (_, index) => `r${index}`);
  for (const id of ids) {
    await store.get('r0');
    await store.set(id, response(50_000), [], 60_000);
  }
  const left = await kept(store, ids);
  expect(left.length).toBe(4);
  expect(left).toContain('r0');
});

it('keeps no response that is larger than a quarter of a megabyte', async () => {
  const store = createMemoryStore(64 * 1024 * 1024);
  await store.set('large', response(300_000), [], 60_000);
  await store.set('small', response(200_000), [], 60_000);
  expect(await kept(store, ['large', 'small'])).toEqual(['small']);
});

it('keeps nothing after it was cleared', async () => {
  const store = createMemoryStore(1024 * 1024);
  await store.set('r', response(10), [], 60_000);
  store.clear();
  expect(await store.get('r')).toBeUndefined();
});
