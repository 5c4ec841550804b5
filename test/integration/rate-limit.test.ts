/** What everyone may ask in a minute, over real connections. */
import { afterEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { startRedis } from '../support/redis.js';

let app: TestApp;
let server: Listening;
const start = async (env: Record<string, string>) => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', ...env } });
  server = await listen(app);
};
afterEach(async () => {
  await server.close();
  await app.close();
});

const ask = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

/** Never the same operation twice, and of cost 1. */
let asked = 0;
const askAnew = (headers?: Record<string, string>) =>
  ask(`query Q${(asked += 1)} { agent(slug: "s${asked}") { name } }`, headers);

const statuses = async (count: number, send: () => Promise<Response>) => {
  const found: Record<number, number> = {};
  for (let i = 0; i < count; i += 1) {
    const { status } = await send();
    found[status] = (found[status] ?? 0) + 1;
  }
  return found;
};

describe('with a limit of 100 points', () => {
  test('100 operations of cost 1 pass, and the rest are told when to come again', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '100' });
    expect(await statuses(100, askAnew)).toEqual({ 200: 100 });
    const refused = await askAnew();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(await statuses(20, askAnew)).toEqual({ 429: 20 });
  });

  test('all at once, not one more passes', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const found = await Promise.all(Array.from({ length: 150 }, () => askAnew().then(({ status }) => status)));
    expect(found.filter((status) => status === 200)).toHaveLength(100);
    expect(found.filter((status) => status === 429)).toHaveLength(50);
  });

  test('answers say what is left, and what was paid', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const { headers } = await ask('{ agents(first: 100) { nodes { reviews(first: 2) { nodes { id } } } } }');
    // A connection, 100 agents, and for each a connection with 2 reviews.
    expect(headers.get('x-operation-cost')).toBe('401');
    expect(headers.get('ratelimit-policy')).toBe('"points";q=100;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"points";r=95;t=\d+$/);
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['100', '95']);
  });

  test('nobody gets a new budget by writing another address into a header', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '3' });
    let spoofed = 0;
    const spoof = () =>
      askAnew({ 'x-forwarded-for': `198.51.100.${(spoofed += 1)}`, forwarded: `for=198.51.100.${spoofed}` });
    expect(await statuses(6, spoof)).toEqual({ 200: 3, 429: 3 });
  });

  test('behind a proxy that is trusted, each address has its own', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '1' });
    for (const address of ['198.51.100.1', '198.51.100.2'])
      expect(await statuses(5, () => askAnew({ 'x-forwarded-for': `6.6.6.6, ${address}` }))).toEqual({
        200: 3,
        429: 2,
      });
  });

  test('members have a larger one of their own, wherever they are', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '2', RATE_LIMIT_MEMBERS_PER_MINUTE: '5' });
    expect(await statuses(4, askAnew)).toEqual({ 200: 2, 429: 2 });
    for (const name of ['ada', 'bob']) {
      const authorization = `Bearer ${await app.token(name, 'ADMIN')}`;
      expect(await statuses(7, () => askAnew({ authorization }))).toEqual({ 200: 5, 429: 2 });
    }
  });

  test('a hundred hits cost as much as one execution, and are refused with everything else', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '3' });
    const hit = () => ask('{ agentCategories { category } }');
    expect(await statuses(1, hit)).toEqual({ 200: 1 });
    expect(await statuses(200, hit)).toEqual({ 200: 200 });
    expect(await statuses(3, hit)).toEqual({ 429: 3 });
  });

  test('hits that are found inside the server cost no more', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '10' });
    let found = 0;
    const hit = (headers = {}) =>
      ask('{ agentCategories { category } }', { accept: `application/json;q=0.${(found += 1) + 100}`, ...headers });
    expect(await statuses(1, hit)).toEqual({ 200: 1 });
    expect(await statuses(50, hit)).toEqual({ 200: 50 });
    expect(await statuses(50, () => hit({ 'x-cache-explain': '1' }))).toEqual({ 200: 50 });
    const { headers } = await hit({ 'x-cache-explain': '1' });
    expect([headers.get('x-cache'), headers.get('ratelimit-remaining')]).toEqual(['HIT', '7']);
  });

  test.each([
    ['for their cost', { first: 100 }],
    ['for their variables', { first: 'many' }],
  ])('operations that are refused %s are paid for', async (_why, variables) => {
    await start({ RATE_LIMIT_PER_MINUTE: '3' });
    const query = `query ($first: Int!) { agents(first: $first) { nodes { reviews(first: $first) { nodes { author {
      collections(first: 10) { nodes { tokenCount } } } } } } } }`;
    const refused = () =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
    const codes = await statuses(5, refused);
    expect(codes[429]).toBe(2);
  });

  test('what one answer tells of a budget is not told to the next', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '10' });
    const hit = () => ask('{ agentCategories { category } }');
    for (let i = 0; i < 3; i += 1) await hit();
    const { headers } = await hit();
    expect(headers.get('x-cache')).toBe('HIT');
    for (const name of [
      'ratelimit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'ratelimit-limit',
      'ratelimit-policy',
      'x-operation-cost',
    ])
      expect(headers.get(name)).toBeNull();
  });

  test('documents that are refused are paid for, and so are tokens', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '4' });
    expect(await statuses(2, () => ask('{ nothing }'))).toEqual({ 200: 2 });
    expect(await statuses(2, () => askAnew({ authorization: 'Bearer x.y.z' }))).toEqual({ 401: 2 });
    expect(await statuses(2, () => askAnew({ authorization: 'Bearer x.y.z' }))).toEqual({ 429: 2 });
  });

  test('health is never refused', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '1' });
    await statuses(3, askAnew);
    for (const path of ['/health/live', '/health/ready'])
      expect(await statuses(20, () => fetch(server.url + path))).toEqual({ 200: 20 });
  });
});

test('counted in Redis, hits that come all at once pass as far as the budget goes, and not one further', async () => {
  const redis = await startRedis();
  try {
    await start({ RATE_LIMIT_PER_MINUTE: '5', REDIS_URL: redis.url });
    const hit = () => ask('{ agentCategories { category } }');
    // The execution, and what is fetched from Redis or the memory until all goes by the front.
    expect(await statuses(2, hit)).toEqual({ 200: 2 });
    const found = await Promise.all(Array.from({ length: 450 }, () => hit().then(({ status }) => status)));
    expect(found.filter((status) => status === 200)).toHaveLength(399);
    expect(found.filter((status) => status === 429)).toHaveLength(51);
    expect(await statuses(2, () => askAnew())).toEqual({ 429: 2 });
  } finally {
    await redis.stop();
  }
});

test('what was executed and paid before the server saw it is not paid again when the server tells it', async () => {
  await start({ RATE_LIMIT_PER_MINUTE: '6' });
  // Has errors, which only the server tells.
  const failing = () => ask('{ agents(first: 1, after: "nowhere") { nodes { name } } }');
  for (let i = 0; i < 6; i += 1) {
    const response = await failing();
    expect([
      response.status,
      response.headers.get('x-operation-cost'),
      response.headers.get('ratelimit-remaining'),
    ]).toEqual([200, '2', String(5 - i)]);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  }
  expect((await failing()).status).toBe(429);
});

test('an operation that may bring too much is refused before it runs, with its cost', async () => {
  await start({});
  const response = await ask(
    '{ agents(first: 100) { nodes { reviews(first: 100) { nodes { author { collections(first: 10) { nodes { tokenCount } } } } } } } }',
  );
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] });
  expect(response.headers.get('x-operation-cost')).toBe('130201');
});

test('explained, the answer tells its cost, too', async () => {
  await start({});
  const response = await ask('{ agents(first: 10) { nodes { id } } }', { 'x-cache-explain': '1' });
  expect(await response.json()).toMatchObject({ extensions: { cost: { cost: 11, points: 1 } } });
});

describe('the cost that is told is that of the variables as they are executed', () => {
  const price = async (query: string, variables: unknown) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cache-explain': '1' },
      body: JSON.stringify({ query, variables }),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return { cost: response.headers.get('x-operation-cost'), code: errors?.[0]?.extensions.code };
  };

  test('whoever wrote the length of a list before, as a text', async () => {
    await start({});
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(await price(query, { ids: '[100]' })).toMatchObject({ cost: '1' });
    expect(await price(query, { ids: Array(100).fill('x') })).toMatchObject({ cost: '100' });
  });

  test.each([
    ['a text', '1'],
    ['an object', { toString: 1 }],
  ])('whoever gave %s before in place of a number, who is refused', async (_what, wrong) => {
    await start({});
    const query = 'query ($n: Int!) { agents(first: $n) { nodes { id } } }';
    expect(await price(query, { n: wrong })).toEqual({ cost: null, code: 'BAD_USER_INPUT' });
    expect(await price(query, { n: 1 })).toEqual({ cost: '2', code: undefined });
  });
});
