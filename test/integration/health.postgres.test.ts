/** Readiness, where requests share a pool of connections. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';

let app: TestApp;
beforeEach(async () => {
  app = await startApp({ env: { DATABASE_POOL: '1' } });
});
afterEach(() => app.close());

async function ready() {
  const response = await app.request('/health/ready');
  return { status: response.status, body: await response.json() };
}

test('however many ask at once, no more than one connection is taken from requests, and once', async () => {
  const { statements } = await app.countStatements(() => Promise.all(Array.from({ length: 50 }, ready)));
  expect(statements).toEqual(['SELECT 1']);
});

test('a server whose connections are all taken is ready, and tells of it', async () => {
  expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok', database: true, pool: true } });
  await app.prisma.$transaction(
    async () => {
      expect(await ready()).toEqual({
        status: 200,
        body: { status: 'degraded', draining: false, database: true, migrations: 'current', pool: false },
      });
    },
    { timeout: 20_000 },
  );
  expect(await ready()).toMatchObject({ body: { status: 'ok' } });
});
