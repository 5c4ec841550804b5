/** What the server tells of its work: each operation once, with what became of it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObservedChange, ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';

interface Sending {
  method?: string;
  type?: string;
  headers?: Record<string, string>;
}

let app: TestApp;
let server: Listening;
let operations: ObservedOperation[];
let changes: ObservedChange[];
let agentId: string;

beforeEach(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  server = await listen(app);
  agentId = idOf('Agent', await createAgent(app.prisma, { slug: 'one' }));
  await app.poll();
  operations = [];
  changes = [];
  app.observations.on('operation', (operation) => operations.push(operation));
  app.observations.on('change', (change) => changes.push(change));
});
afterEach(async () => {
  await server.close();
  await app.close();
});

const send = (body: string, { method = 'POST', type = 'application/json', headers = {} }: Sending = {}) =>
  fetch(`${server.url}/graphql`, { method, headers: { 'content-type': type, ...headers }, body });
const ask = async (query: string, headers: Record<string, string> = {}) => {
  const response = await send(JSON.stringify({ query }), { headers });
  await response.text();
  return response;
};

/** Of the operations since the last look. */
const told = () => operations.splice(0);

const AGENT = 'query One { agent(slug: "one") { name tagline } }';

test('a miss, the hit of the server and the hits before it are told once each, as one operation', async () => {
  for (let time = 0; time < 4; time += 1) await ask(AGENT, { 'x-request-id': `r${time}` });
  const all = told();
  expect(
    all.map(({ requestId, status, tier, reason, isStored, isFront }) => [
      ...[requestId, status, tier, reason, isStored, isFront],
    ]),
  ).toEqual([
    ['r0', 'MISS', null, 'absent', true, false],
    ['r1', 'HIT', 'memory', null, false, expect.any(Boolean)],
    ['r2', 'HIT', 'memory', null, false, true],
    ['r3', 'HIT', 'memory', null, false, true],
  ]);
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(1);
  expect(all[0]!.hash).toMatch(/^[\w-]{12}$/);
  for (const { name, kind, httpStatus, durationMs } of all) {
    expect({ name, kind, httpStatus }).toEqual({ name: 'One', kind: 'query', httpStatus: 200 });
    expect(durationMs).toBeGreaterThan(0);
  }
});

test('the statements of an operation are those that were sent for it, also when others run at the same time', async () => {
  const { statements } = await app.countStatements(() => ask(AGENT, { 'cache-control': 'no-cache' }));
  expect(statements.length).toBeGreaterThan(0);
  expect(told()).toMatchObject([{ statements: statements.length }]);

  const other = 'query Two { agents(first: 1) { nodes { author { username } } } }';
  const alone = await app.countStatements(() => ask(other, { 'cache-control': 'no-cache' }));
  told();
  await Promise.all([AGENT, other, AGENT, other].map((query) => ask(query, { 'cache-control': 'no-cache' })));
  const counts = new Map(told().map(({ name, statements }) => [name, statements]));
  expect(counts).toEqual(
    new Map([
      ['One', statements.length],
      ['Two', alone.statements.length],
    ]),
  );
});

test('hits cost no statement', async () => {
  await ask(AGENT);
  await ask(AGENT);
  expect(told().at(-1)).toMatchObject({ status: 'HIT', statements: 0 });
});

test('a write is told with its tags, and the miss that follows names the tag that ended its entry', async () => {
  await ask(AGENT);
  told();
  const token = await app.token('demo', 'ADMIN');
  await mutate(app, 'updateAgent', { input: { agentId, tagline: 'new' }, select: 'agent { id }', token });
  expect(told()).toMatchObject([{ kind: 'mutation', status: 'BYPASS', reason: 'method', viewer: 'demo' }]);
  expect(changes.flatMap(({ tags }) => tags).some((tag) => tag.startsWith('Agent:'))).toBe(true);
  await ask(AGENT);
  const [after] = told();
  expect(after).toMatchObject({ status: 'MISS', reason: 'changed', isStored: true });
  expect(changes.flatMap(({ tags }) => tags)).toContain(after!.purgedBy);
});

test('what is refused is told once as well, with its codes, and by no name that nobody has checked', async () => {
  await ask('query Secret { nothing }');
  await ask('query {');
  await send('not json');
  await send('{}', { type: 'text/plain' });
  await ask(AGENT, { authorization: 'Bearer no.token.at-all' });
  await send('{}', { method: 'PUT' });
  const all = told();
  expect(all.map(({ httpStatus, errorCodes }) => [httpStatus, ...errorCodes])).toEqual([
    [200, 'BAD_USER_INPUT'],
    [200, 'BAD_USER_INPUT'],
    [400, 'BAD_USER_INPUT'],
    [415],
    [401, 'UNAUTHENTICATED'],
    [405, 'BAD_USER_INPUT'],
  ]);
  for (const { name, hash, kind, viewer } of all)
    expect({ name, hash, kind, viewer }).toEqual({ name: null, hash: null, kind: null, viewer: null });
});

test('pages, health checks and other paths are no operations', async () => {
  await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
  await fetch(`${server.url}/graphql`, { method: 'OPTIONS', headers: { origin: 'https://a.example' } });
  await fetch(`${server.url}/health/live`);
  await fetch(`${server.url}/elsewhere`);
  expect(told()).toEqual([]);
});

test('a listener that throws fails no request, and keeps no other from its event', async () => {
  let heard = 0;
  app.observations
    .on('operation', () => {
      throw new Error('a listener of this test');
    })
    .on('operation', () => (heard += 1));
  for (let time = 0; time < 4; time += 1) expect((await ask(AGENT)).status).toBe(200);
  expect([told().length, heard]).toEqual([4, 4]);
});
