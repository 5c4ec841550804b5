/** What an operator has at hand when something beside the server is away: breakers that are closed by hand, and a test that says what is not well. */
import { afterEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type FakeIndexer, KEY, startFakeIndexer } from '../support/indexer/fake-indexer.js';
import { type TestRedis, startRedis } from '../support/redis.js';

let app: TestApp | null = null;
let indexer: FakeIndexer | null = null;
let redis: TestRedis | null = null;
afterEach(async () => {
  await app?.close();
  await indexer?.close();
  await redis?.stop();
  app = indexer = redis = null;
});

const ADD = 'mutation ($address: String!) { addCollection(input: { address: $address }) { collection { name } } }';
const RESET = 'mutation { resetCircuitBreakers { closed } }';
const SELF_TEST = 'mutation { runSelfTest { ok checks { name ok advice } } }';

test('a breaker that a failing upstream has opened keeps it from being asked until an admin closes it', async () => {
  indexer = await startFakeIndexer();
  const { execute, token, request } = (app = await startApp({
    env: { CACHE_ENGINE: 'larder', INDEXER_URL: indexer.url, INDEXER_API_KEY: KEY },
  }));
  const [root, ann] = [await token('root', 'ADMIN'), await token('ann')];
  const address = `0x${'a'.repeat(40)}`;
  indexer.collections.set(address, { address, tokens: 0 });
  const add = async () => (await execute(ADD, { address }, { token: ann })).errors[0]?.extensions.code ?? 'added';
  const stateOf = async () =>
    (await (await request('/metrics')).text()).match(
      /larder_breaker_state\{breaker="indexer",state="([a-z-]+)"\} 1/,
    )![1];

  indexer.fault = (_call, response) => {
    response.writeHead(500).end();
    return true;
  };
  expect(await stateOf()).toBe('closed');
  // Each asks twice.
  expect([await add(), await add(), await add()]).toEqual(Array(3).fill('UNAVAILABLE'));
  expect(await stateOf()).toBe('open');

  indexer.fault = null;
  const asked = indexer.calls.length;
  expect([await add(), indexer.calls.length]).toEqual(['UNAVAILABLE', asked]);
  expect((await execute(RESET, {}, { token: ann })).errors[0]?.extensions.code).toBe('FORBIDDEN');
  expect(await stateOf()).toBe('open');

  const closing = async () => (await execute(RESET, {}, { token: root })).data.resetCircuitBreakers.closed;
  expect(await closing()).toEqual(['indexer']);
  expect(await stateOf()).toBe('closed');
  expect(await add()).toBe('added');
  expect(await closing()).toEqual([]);
});

/** On a machine that has no time for us. */
const SOON = { timeout: 15_000 };

test(
  'the self-test tries Redis, says what to do when it is away while all else is well, and is content when it is back',
  { timeout: 60_000 },
  async () => {
    const first = await startRedis();
    redis = first;
    const { execute, token } = (app = await startApp({ env: { CACHE_ENGINE: 'larder', REDIS_URL: first.url } }));
    const root = await token('root', 'ADMIN');
    const found = async () => (await execute(SELF_TEST, {}, { token: root })).data.runSelfTest;
    const NAMES = ['database', 'lease', 'redis', 'memory', 'invalidation'];
    const well = { ok: true, checks: NAMES.map((name) => ({ name, ok: true, advice: null })) };
    await expect.poll(found, SOON).toEqual(well);

    await first.stop();
    await expect.poll(found, SOON).toEqual({
      ok: false,
      checks: well.checks.map((check) =>
        check.name === 'redis'
          ? { name: 'redis', ok: false, advice: expect.stringMatching(/^Redis does not keep/) }
          : check,
      ),
    });

    redis = await startRedis({ port: first.port });
    await expect.poll(found, SOON).toEqual(well);
  },
);
