import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type SeverableProxy, proxyTo } from '../support/severable-proxy.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

let place: TestDatabase;
let proxy: SeverableProxy;
let app: TestApp;

beforeAll(async () => {
  place = await createTestDatabase();
  const severable = await proxyTo(place.url);
  proxy = severable.proxy;
  await proxy.join();
  app = await startApp({ env: { CACHE_ENGINE: 'larder', DATABASE_URL: severable.url } });
  await app.prisma.category.create({ data: { slug: 'research', name: 'Research' } });
  await app.poll();
});
afterAll(async () => {
  await app.close();
  await proxy.cut();
  await place.remove();
});

const CATEGORIES = '{ agentCategories { category } }';
const cacheOf = async (query: string, token?: string) =>
  (await app.execute(query, {}, token ? { token } : {})).headers.get('x-cache');

it('while the database is away, what the catalogue may show stale is shown, marked; nothing private is; with its return both are over', async () => {
  const token = await app.token('ada');
  await app.execute('{ viewer { username } }', {}, { token });
  await app.execute('{ viewer { username } }', {}, { token });
  await app.execute(CATEGORIES);
  expect(await cacheOf(CATEGORIES)).toBe('HIT');

  await proxy.cut();
  // Until the lease ends a hit is right: nobody's write is answered before.
  await expect.poll(() => cacheOf(CATEGORIES), { timeout: 15_000 }).toBe('STALE');
  const { data, errors, headers } = await app.execute(CATEGORIES);
  expect({ data, errors }).toEqual({ data: { agentCategories: [{ category: 'research' }] }, errors: [] });
  expect(headers.get('cache-status')).toMatch(/^larder; hit; ttl=\d+; detail=lapsed$/);
  const mine = await app.execute('{ viewer { username } }', {}, { token });
  expect(mine.errors[0]?.extensions.code).toBe('UNAVAILABLE');
  expect((await app.request('/health/ready')).status).toBe(503);

  await proxy.join();
  await expect.poll(() => cacheOf(CATEGORIES), { timeout: 15_000 }).toBe('HIT');
});
