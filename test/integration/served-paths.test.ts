/** What comes to a path that the server does not have is not executed, whatever the path looks like: nobody would log, count or shed it. */
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

const UNSERVED = [
  ...['/graphql/', '/graphql//', '/x/graphql', '/x/graphql/', '/graphql/graphql', '//graphql', '/./', '/'],
  ...['/stats/graphql', '/metrics/graphql', '/health/graphql', '/health/live/graphql', '/health/ready/graphql/'],
  ...[
    '/GRAPHQL',
    '/Graphql',
    '/%67raphql',
    '/graphql%2F',
    '/graphql%3Fx=/graphql',
    '/graphql;x=1',
    '/graphql;/graphql',
  ],
];
/** Of these a URL makes another path, so they can be sent by hand alone. */
const UNSERVED_AS_WRITTEN = [
  ...['/x/../graphql', '/./graphql', '/graphql/.', '/graphql/x/..', '/%2e/graphql', '/x/%2E%2e/graphql', '/graphql#'],
  ...['/x\\..\\graphql', '/\\graphql', '/metrics/../graphql', '/health/live/../../graphql', '/graphql#/graphql'],
  ...['http://larder.example/x/graphql', 'http://larder.example/graphql/', 'http://larder.example/x/../graphql'],
  ...['http://larder.example//graphql', 'http://larder.example/stats/graphql'],
  ...['http://larder.example/graphql#', 'http:////larder.example/graphql'],
];
const QUERY = '{ agents { totalCount } }';
const MUTATION = 'mutation M($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }';
const INPUT = { name: 'A', tagline: 'A', description: 'A', category: 'research', pricing: 'FREE' };

let app: TestApp;
let server: Listening;
let token: string;
let operations: ObservedOperation[];
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', WARM_UP: 'off' } });
  app.observations.on('operation', (operation) => operations.push(operation));
  server = await listen(app);
  operations = [];
  await createAgent(app.prisma, { slug: 'one' });
  token = await app.token('ada');
  expect((await app.execute(MUTATION, { input: INPUT }, { token })).errors).toEqual([]);
});
beforeEach(() => {
  operations = [];
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Sending {
  /** What it says beside its path, by GET; left out: the mutation, by POST. */
  query?: string;
  accept?: string;
  /** What goes before it on its connection. */
  before?: string;
}

const get = (target: string, accept = 'application/json', connection = 'close') =>
  `GET ${target} HTTP/1.1\r\nHost: larder.example\r\nAccept: ${accept}\r\nConnection: ${connection}\r\n\r\n`;

/** As bytes. @returns the last answer. */
async function send(target: string, { query, accept, before = '' }: Sending = {}) {
  const body = JSON.stringify({ query: MUTATION, variables: { input: INPUT } });
  const heads = ['Host: larder.example', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  const post = `POST ${target} HTTP/1.1\r\n${heads.join('\r\n')}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n${body}`;
  const { port, hostname } = new URL(server.url);
  const answers = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.once('error', reject).once('close', () => resolve(text));
    socket.write(before);
    socket.write(query === undefined ? post : get(target + query, accept));
  });
  const answer = answers.slice(answers.lastIndexOf('HTTP/1.1 '));
  return { status: Number(answer.split(' ')[1]), text: answer };
}

const SAYING = `?query=${encodeURIComponent(QUERY)}`;

async function expectNothingDone(run: () => Promise<{ status: number; text: string }>) {
  const { result, statements } = await app.countStatements(run);
  expect(result.text).toContain('"message":"Nothing is at this path: the API is at /graphql."');
  expect(result.text).toContain('"code":"NOT_FOUND"');
  expect([result.status, statements, operations]).toEqual([404, [], []]);
}

describe.each([...UNSERVED, ...UNSERVED_AS_WRITTEN])('%s', (target) => {
  test('is not found over a connection, by POST or GET, and nothing is executed', async () => {
    await expectNothingDone(() => send(target));
    for (const query of [SAYING, `${SAYING}&z=/graphql`, `${SAYING}&z=/graphql/`])
      await expectNothingDone(() => send(target, { query }));
  });

  test('nor is it after hits on the same connection, nor is there a page', async () => {
    const before = get(`/graphql${SAYING}`, 'application/json', 'keep-alive').repeat(2);
    await send('/graphql', { query: SAYING });
    operations = [];
    const { status } = await send(target, { before });
    expect([status, operations.length]).toEqual([404, 2]);
    operations = [];
    await expectNothingDone(() => send(target, { query: SAYING, accept: 'text/html' }));
  });
});

test.each(UNSERVED.filter((path) => !/^\/[./]/.test(path)))('%s is not found by fetch either', async (path) => {
  const body = JSON.stringify({ query: MUTATION, variables: { input: INPUT } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const asked = async (init: RequestInit, query = '') => {
    const response = await app.request(path + query, init);
    return { status: response.status, text: await response.text() };
  };
  await expectNothingDone(() => asked({ method: 'POST', headers, body }));
  await expectNothingDone(() => asked({}, `${SAYING}&z=/graphql`));
});

test.each(['/graphql', 'http://larder.example/graphql', 'HTTPS://larder.example:8443/graphql'])(
  '%s is the API, is told as such, and has its page',
  async (target) => {
    const { result, statements } = await app.countStatements(() => send(target));
    expect(result.text).toMatch(/"data":\{"createAgent":\{/);
    expect(statements.length).toBeGreaterThan(0);
    expect(operations).toMatchObject([{ kind: 'mutation', httpStatus: 200 }]);
    expect((await send(target, { query: `${SAYING}&z=/x` })).status).toBe(200);
    expect((await send(target, { query: '', accept: 'text/html' })).text).toMatch(/content-type: text\/html/i);
  },
);
