import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { startRedis } from '../support/redis.js';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.close());

async function health(path: string, init?: RequestInit) {
  const response = await app.request(`/health/${path}`, init);
  return { status: response.status, body: response.body && ((await response.json()) as unknown) };
}

test('a server is live, and ready while its database answers', async () => {
  expect(await health('live')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await health('ready')).toMatchObject({
    status: 200,
    body: { status: 'ok', draining: false, database: true, migrations: 'current' },
  });
});

test('to be live costs no SQL, so that a database in trouble does not have its servers restarted', async () => {
  const { statements } = await app.countStatements(() => health('live'));
  expect(statements).toEqual([]);
});

test('a server that is stopping is live and not ready, and still answers', async () => {
  app.drain();
  expect(await health('live')).toMatchObject({ status: 200 });
  expect(await health('ready')).toMatchObject({ status: 503, body: { status: 'unready', draining: true } });
  expect((await app.execute('{ __typename }')).errors).toEqual([]);
});

test('a database that lacks a migration of this code is no place to send requests; one that the next version has migrated is, and says so', async () => {
  const name = '20261120000000_tables';
  await app.prisma.$executeRaw`UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE migration_name = ${name}`;
  expect(await health('ready')).toMatchObject({
    status: 503,
    body: { status: 'unready', database: true, migrations: 'behind' },
  });
  await app.prisma
    .$executeRaw`UPDATE "_prisma_migrations" SET rolled_back_at = NULL, finished_at = NULL WHERE migration_name = ${name}`;
  expect(await health('ready')).toMatchObject({ status: 503, body: { migrations: 'behind' } });
  await app.prisma.$executeRaw`UPDATE "_prisma_migrations" SET finished_at = now() WHERE migration_name = ${name}`;
  expect((await health('ready')).status).toBe(200);

  await app.prisma
    .$executeRaw`INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at) VALUES ('1', '', '20991231000000_later', now())`;
  expect(await health('ready')).toMatchObject({
    status: 200,
    body: { status: 'degraded', database: true, migrations: 'ahead' },
  });
  await app.prisma.$executeRaw`DROP TABLE "_prisma_migrations"`;
  expect(await health('ready')).toMatchObject({ status: 503, body: { database: true, migrations: 'unknown' } });
  expect((await health('live')).status).toBe(200);
});

test('health is asked for, and not kept by anyone on the way', async () => {
  expect((await health('live', { method: 'HEAD' })).status).toBe(200);
  expect((await health('ready', { method: 'POST' })).status).toBe(405);
  expect((await app.request('/health/ready')).headers.get('cache-control')).toBe('no-store');
  expect((await health('other')).status).toBe(404);
});

test('/health alone is no check, and says which there are', async () => {
  const response = await app.request('/health');
  expect(response.status).toBe(404);
  expect(await response.text()).toMatch(/\/health\/live .*\/health\/ready/);
});

test('a Redis that is away is told, and no reason to be unready', async () => {
  const redis = await startRedis();
  const cached = await startApp({ env: { REDIS_URL: redis.url } });
  try {
    const ready = async () =>
      (await cached.request('/health/ready')).json() as Promise<{ status: string; redis: boolean }>;
    await expect.poll(ready).toMatchObject({ status: 'ok', redis: true });
    await redis.stop();
    await expect.poll(ready).toMatchObject({ status: 'degraded', redis: false, database: true });
    expect((await cached.request('/health/ready')).status).toBe(200);
  } finally {
    await cached.close();
    await redis.stop();
  }
});
