/** Queries that the server has let through before are answered past it: like it would, and nothing else is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';

let app: TestApp;
let server: Listening;
let agentId: string;
const observed: ObservedOperation[] = [];

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', RATE_LIMIT_PER_MINUTE: '1000' } });
  server = await listen(app);
  for (let n = 0; n < 40; n += 1) {
    const row = await createAgent(app.prisma, { slug: `agent-${n}`, name: `Agent ${n} ☕` });
    if (n === 0) agentId = idOf('Agent', row);
  }
  await app.poll();
  app.observations.on('operation', (operation) => observed.push(operation));
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Asked {
  query: string;
  variables?: object;
  headers?: Record<string, string>;
  operationName?: string;
}

/** The answer, and what was observed of it. */
async function ask({ query, variables, headers = {}, operationName }: Asked, method = 'POST') {
  observed.length = 0;
  const isGet = method === 'GET';
  const search = new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) });
  const response = await fetch(new URL(isGet ? `/graphql?${search}` : '/graphql', server.url), {
    method,
    headers: { ...(!isGet && { 'content-type': 'application/json' }), ...headers },
    ...(!isGet && { body: JSON.stringify({ query, variables, operationName }) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, operation: observed[0]! };
}

const NAMED = 'query Named($slug: String!) { agent(slug: $slug) { name } }';
/** Asks until the query is known: once for its text, once to be compiled, once for the headers of the way. */
async function teach(query: string, variables: (n: number) => object | undefined, headers?: Record<string, string>) {
  for (let n = 0; n < 4; n += 1) await ask({ query, variables: variables(n), ...(headers && { headers }) });
}
const slug = (n: number) => ({ slug: `agent-${n}` });

describe('a query that is known, with variables that are not', () => {
  test('is executed past the server, with the bytes and headers of the server', async () => {
    const fresh = { query: NAMED, variables: slug(20) };
    const byServer = await ask(fresh, 'GET');
    expect(byServer.operation.isFront).toBe(false);
    await teach(NAMED, slug);
    const past = await ask({ query: NAMED, variables: slug(21) });
    expect(past.operation).toMatchObject({
      isFront: true,
      status: 'MISS',
      name: 'Named',
      statements: 1,
      isStored: true,
    });
    expect(past.text).toBe('{"data":{"agent":{"name":"Agent 21 ☕"}}}');
    const lasting = (headers: Headers) =>
      [...headers].filter(
        ([name]) => !/^(x-request-id|date|etag|ratelimit.*|x-operation-cost|content-length)$/.test(name),
      );
    expect(lasting(past.headers)).toEqual(lasting(byServer.headers));
    expect(past.headers.get('x-operation-cost')).toBe(byServer.headers.get('x-operation-cost'));
    expect(past.headers.get('content-length')).toBe(String(Buffer.byteLength(past.text)));
    expect((await ask({ query: NAMED, variables: slug(21) })).operation).toMatchObject({
      status: 'HIT',
      isFront: true,
    });
  });

  test('is found by its operation name, and is another one by another name', async () => {
    const query = 'query One { agent(slug: "agent-1") { name } } query Two { agent(slug: "agent-2") { name } }';
    for (let n = 0; n < 3; n += 1)
      for (const [operationName, name] of [
        ['One', 'Agent 1 ☕'],
        ['Two', 'Agent 2 ☕'],
      ] as const)
        expect((await ask({ query, operationName })).text).toContain(name);
    expect((await ask({ query })).status).toBe(400);
  });

  test('is executed again after a write, and shows it', async () => {
    const token = await app.token('author', 'ADMIN');
    const query = 'query Line($slug: String!) { agent(slug: $slug) { tagline } }';
    await teach(query, () => slug(0));
    for (const tagline of ['newer', 'newest']) {
      await mutate(app, 'updateAgent', { input: { agentId, tagline }, select: 'agent { id }', token });
      const { text, operation } = await ask({ query, variables: slug(0) });
      expect(text).toContain(tagline);
      expect(operation).toMatchObject({ isFront: true, status: 'MISS', reason: 'changed' });
    }
  });

  test('is not sent again to who has it', async () => {
    await teach(NAMED, slug);
    const get = (n: number, headers = {}) => ask({ query: NAMED, variables: slug(n), headers }, 'GET');
    for (let n = 10; n < 13; n += 1) await get(n);
    const { headers } = await get(13);
    const token = await app.token('author', 'ADMIN');
    await mutate(app, 'updateAgent', { input: { agentId, tagline: 'other' }, select: 'agent { id }', token });
    await app.prisma.agent.updateMany({ where: { slug: 'agent-13' }, data: { description: 'unseen' } });
    await app.poll();
    const again = await get(13, { 'if-none-match': headers.get('etag')! });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('what the server has to say stays its own', () => {
  test('variables that are wrong are refused by it', async () => {
    await teach(NAMED, slug);
    const { status, text, operation } = await ask({ query: NAMED, variables: { slug: 7 } });
    expect([status, operation.isFront]).toEqual([200, false]);
    expect(text).toContain('String cannot represent a non string value');
  });

  test('errors of an execution are told by it, and nothing is executed twice', async () => {
    const query = 'query Some($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    await teach(query, () => ({ ids: [agentId] }));
    const { result, statements } = await app.countStatements(() =>
      ask({ query, variables: { ids: [agentId, 'nonsense'] } }),
    );
    expect(result.text).toContain('BAD_USER_INPUT');
    expect(result.operation.isFront).toBe(false);
    expect(statements).toHaveLength(1);
  });

  test('explanations are given by it, and wishes to be served afresh', async () => {
    await teach(NAMED, slug);
    const explained = await ask({ query: NAMED, variables: slug(30), headers: { 'x-cache-explain': '1' } });
    expect(explained.text).toContain('"extensions"');
    expect(explained.operation.isFront).toBe(false);
    const fresh = await ask({ query: NAMED, variables: slug(1), headers: { 'cache-control': 'no-cache' } });
    expect(fresh.operation).toMatchObject({ isFront: false, status: 'BYPASS' });
  });

  test('a token that it has not verified is verified by it, and a faulty one refused', async () => {
    await teach(NAMED, slug);
    const faulty = await ask({ query: NAMED, variables: slug(31), headers: { authorization: 'Bearer nonsense' } });
    expect(faulty.status).toBe(401);
    const token = await app.token('newcomer');
    const first = await ask({ query: NAMED, variables: slug(32), headers: { authorization: `Bearer ${token}` } });
    expect([first.status, first.operation.isFront]).toEqual([200, false]);
  });
});

test('a viewer is shown their own, whoever has asked the same before', async () => {
  const query = 'query Mine { viewer { username } }';
  const tokens = await Promise.all(['ada', 'bob'].map((name) => app.token(name)));
  for (let round = 0; round < 3; round += 1)
    for (const [index, token] of tokens.entries()) {
      const { text } = await ask({ query, headers: { authorization: `Bearer ${token}` } });
      expect(text).toContain(['ada', 'bob'][index]);
    }
  await app.prisma.user.updateMany({ data: { displayName: 'Changed' } });
  await app.poll();
  for (const [index, token] of tokens.entries()) {
    const { text, operation, headers } = await ask({ query, headers: { authorization: `Bearer ${token}` } });
    expect(text).toContain(['ada', 'bob'][index]);
    expect(operation.viewer).toBe(['ada', 'bob'][index]);
    expect(headers.get('cache-control')).toContain('private');
  }
  expect((await ask({ query })).text).toBe('{"data":{"viewer":null}}');
});

test('points are paid, and whoever has none left is told by the server', async () => {
  const poor = await startApp({ env: { CACHE_ENGINE: 'larder', RATE_LIMIT_PER_MINUTE: '10' } });
  const listening = await listen(poor);
  try {
    await createAgent(poor.prisma, { slug: 'agent-0' });
    await poor.poll();
    const statuses = [];
    let front = 0;
    poor.observations.on('operation', ({ isFront }) => (front += isFront ? 1 : 0));
    for (let n = 0; n < 13; n += 1) {
      const body = JSON.stringify({ query: NAMED, variables: { slug: `none-${n}` } });
      const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      statuses.push((await fetch(new URL('/graphql', listening.url), asked)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429, 429]);
    expect(front).toBeGreaterThan(5);
  } finally {
    await listening.close();
    await poor.close();
  }
});
