/** What one server has learnt of what is asked most, the next one executes before it is ready. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { startApp } from '../support/app.js';
import { listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';
import { startRedis } from '../support/redis.js';
import { createTestDatabase } from '../support/test-database.js';

const QUERY = '{ agent(slug: "one") { name } }';

test('with WARM_UP=wait the first request after a start is a hit, if it was asked often before', async () => {
  const place = await createTestDatabase();
  const kept = { url: place.url, remove: async () => undefined };
  const env = { CACHE_ENGINE: 'larder', CHECK_HITS: '0' };
  const first = await startApp({ place: kept, env: { ...env, WARM_UP: 'on' } });
  const server = await listen(first);
  await createAgent(first.prisma, { slug: 'one' });
  await first.poll();
  const body = JSON.stringify({ query: QUERY });
  for (let time = 0; time < 4; time += 1)
    await (
      await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    ).text();
  await server.close();
  await first.close();

  const second = await startApp({ place, env: { ...env, WARM_UP: 'wait' } });
  try {
    expect((await second.execute(QUERY)).headers.get('x-cache')).toBe('HIT');
  } finally {
    await second.close();
  }
});

test('what clients name by its hash alone is warm after a start as well, when nobody has told the server the document yet', async () => {
  const place = await createTestDatabase();
  const kept = { url: place.url, remove: async () => undefined };
  const env = { CACHE_ENGINE: 'larder', CHECK_HITS: '0' };
  const first = await startApp({ place: kept, env: { ...env, WARM_UP: 'on' } });
  const server = await listen(first);
  await createAgent(first.prisma, { slug: 'one' });
  await first.poll();
  const sha256Hash = createHash('sha256').update(QUERY).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  for (const query of [QUERY, undefined, undefined, undefined, undefined])
    await (
      await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, extensions }),
      })
    ).text();
  await server.close();
  await first.close();

  const second = await startApp({ place, env: { ...env, WARM_UP: 'wait' } });
  try {
    expect((await second.execute(QUERY)).headers.get('x-cache')).toBe('HIT');
  } finally {
    await second.close();
  }
});

test('what is warm after a start is in memory, wherever it was found', async () => {
  const redis = await startRedis();
  const place = await createTestDatabase();
  const env = { CACHE_ENGINE: 'larder', CHECK_HITS: '0', REDIS_URL: redis.url };
  const first = await startApp({
    place: { url: place.url, remove: () => place.remove() },
    env: { ...env, WARM_UP: 'on' },
  });
  const server = await listen(first);
  try {
    await createAgent(first.prisma, { slug: 'one' });
    await first.poll();
    const headers = { 'content-type': 'application/json' };
    const ask = () =>
      fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
    for (let time = 0; time < 4; time += 1) await (await ask()).text();
    await first.upkeep!.save();
    const second = await startApp({
      place: { url: place.url, remove: async () => undefined },
      env: { ...env, WARM_UP: 'wait' },
    });
    const operations: ObservedOperation[] = [];
    second.observations.on('operation', (operation) => operations.push(operation));
    await second.execute(QUERY);
    expect(operations).toMatchObject([{ status: 'HIT', tier: 'memory' }]);
    await second.close();
  } finally {
    await server.close();
    await first.close();
    await redis.stop();
  }
});
