/** Two instances over one database behind a CDN: each change is purged. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GATHER_MS } from '../../src/cdn/purge-queue.js';
import { type TestApp, startApp } from '../support/app.js';
import { cdnEnvironment } from '../support/cdn/cdn-rules.js';
import { type FakeCdn, startFakeCdn } from '../support/cdn/fake-cdn.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';
import { type TestDatabase, createTestDatabase } from '../support/test-database.js';

const SOON = { timeout: 15_000 };

let place: TestDatabase;
let cdns: FakeCdn[];
let apps: TestApp[];
beforeAll(async () => {
  place = await createTestDatabase();
  // Each has an address of its own to purge at, so that it shows who did.
  cdns = [await startFakeCdn('varnish'), await startFakeCdn('varnish')];
  const kept = { ...place, remove: async () => undefined };
  apps = [];
  for (const { url } of cdns)
    apps.push(await startApp({ place: kept, env: { CACHE_ENGINE: 'larder', ...cdnEnvironment('varnish', url) } }));
});
afterAll(async () => {
  for (const app of apps) await app.close();
  for (const cdn of cdns) await cdn.close();
  await place.remove();
});

/** Who has purged anything but everything, as they do at their start, for the first time since `before`. */
const purgers = (before: readonly number[]) =>
  cdns.flatMap(({ purges }, index) =>
    purges.slice(before[index]).some((keys) => !keys.includes('larder')) ? [index] : [],
  );
const counts = () => cdns.map(({ purges }) => purges.length);

test('a mutation is purged by the instance that it was sent to', async () => {
  const agent = await createAgent(apps[0]!.prisma);
  const token = await apps[0]!.token('author');
  for (const [index, app] of apps.entries()) {
    await expect.poll(quiet, SOON).toBe(true);
    const before = counts();
    const input = { agentId: idOf('Agent', agent), tagline: `by ${index}` };
    await mutate(app, 'updateAgent', { input, select: 'agent { id }', token });
    await expect.poll(() => purgers(before), SOON).toContain(index);
  }
}, 60_000);

test('a write past the API is purged by one instance, and by no other', async () => {
  await expect.poll(quiet, SOON).toBe(true);
  const before = counts();
  await apps[0]!.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'by SQL'`;
  await expect.poll(() => purgers(before).length, SOON).toBe(1);
  await expect.poll(quiet, SOON).toBe(true);
  expect(purgers(before)).toHaveLength(1);
}, 60_000);

/** No call for as long as the second purge of a change takes to come. */
const quiet = (): boolean =>
  cdns.every(({ purgedAt }) => performance.now() - (purgedAt.at(-1) ?? 0) > 3_500 + GATHER_MS);
