/** By which name a request is found in the log: one that it brings, if that comes from whom we trust, and else one of ours. */
import { afterEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { type Listening, listen } from '../support/listen.js';

let app: TestApp;
let server: Listening;
afterEach(async () => {
  await server.close();
  await app.close();
});

const body = JSON.stringify({ query: '{ agentCategories { category } }' });

/** The ids of an execution, of hits before the server and in it, and of a refusal. */
async function idsOf(env: Record<string, string>) {
  const log = captureLog();
  app = await startApp({ env: { CACHE_ENGINE: 'larder', LOG_HITS: '1', ...env }, logger: log.logger });
  server = await listen(app);
  const ids: string[] = [];
  const caches: (string | null)[] = [];
  const send = async (text: string, accept = 'application/json') => {
    const headers = { 'content-type': 'application/json', 'x-request-id': `mine-${ids.length}`, accept };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: text, headers });
    await response.arrayBuffer();
    ids.push(response.headers.get('x-request-id')!);
    caches.push(response.headers.get('x-cache'));
  };
  for (let time = 0; time < 3; time += 1) await send(body);
  await send(body, 'application/json;q=0.9');
  await send('{');
  expect(caches).toEqual(['MISS', 'HIT', 'HIT', 'HIT', null]);
  const logged = log.lines.flatMap(({ requestId }) => (typeof requestId === 'string' ? [requestId] : []));
  return { ids, logged };
}

const GIVEN = ['mine-0', 'mine-1', 'mine-2', 'mine-3', 'mine-4'];

describe('a request that brings an id', () => {
  test.each([
    ['in development', { NODE_ENV: 'development' }],
    ['behind a proxy that is trusted', { NODE_ENV: 'production', TRUST_PROXY: '1' }],
  ])('keeps it %s', async (_where, env) => {
    const { ids, logged } = await idsOf(env);
    expect(ids).toEqual(GIVEN);
    expect(logged).toEqual(expect.arrayContaining(GIVEN.slice(0, 4)));
  });

  test.each([
    ['with no proxy', {}],
    ['with none that is trusted', { TRUST_PROXY: '0' }],
  ])('gets another one in production, %s', async (_where, env) => {
    const { ids, logged } = await idsOf({ NODE_ENV: 'production', RATE_LIMIT_PER_MINUTE: '0', ...env });
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(ids).size).toBe(5);
    expect(logged).toEqual(expect.arrayContaining(ids.slice(0, 4)));
    expect(logged.filter((id) => GIVEN.includes(id))).toEqual([]);
  });
});
