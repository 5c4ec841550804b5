/** The alerts, the Grafana dashboard and the page for whoever is on call speak of metrics that a server has, and of all of them. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type TestRedis, startRedis } from '../support/redis.js';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const namesIn = (text: string) =>
  new Set([...text.matchAll(/\b(larder|nodejs)_[a-z0-9_]+/g)].map(([name]) => plain(name)));
const plain = (name: string) => name.replace(/_(bucket|sum|count)$/, '');

let redis: TestRedis;
let app: TestApp;
let known: Set<string>;
beforeAll(async () => {
  redis = await startRedis();
  app = await startApp({ env: { CACHE_ENGINE: 'larder', REDIS_URL: redis.url } });
  const text = await (await app.request('/metrics')).text();
  known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
});
afterAll(async () => {
  await app.close();
  await redis.stop();
});

test.each(['ops/alerts.yml', 'ops/grafana-dashboard.json', 'docs/OPERATIONS.md'])(
  '%s names metrics that there are',
  async (path) => {
    const names = namesIn(await read(path));
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !known.has(name))).toEqual([]);
  },
);

test('the page says what each metric and each alert is', async () => {
  const page = await read('docs/OPERATIONS.md');
  const ours = [...known].filter((name) => name.startsWith('larder_'));
  expect(ours.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  const alerts = [...(await read('ops/alerts.yml')).matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
  expect(alerts.filter((name) => !page.includes(`### ${name} (`))).toEqual([]);
});
