/**
 * What clients send in confidence stays where it is: secrets in every input, and a look at all that leaves the server, for its operators and for others who
 * ask it. What is told by design is the name of a valid operation and a harmless `X-Request-Id`: how little these can hold is below.
 */
import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

const CANARY = 'canary-4f1d';
/** As a name in GraphQL. */
const CANARY_NAME = 'canary_4f1d';

let app: TestApp;
let server: Listening;
let log: ReturnType<typeof captureLog>;
beforeAll(async () => {
  log = captureLog();
  app = await startApp({
    env: {
      CACHE_ENGINE: 'larder',
      LOG_HITS: '1',
      SLOW_MS: '1',
      TRUST_PROXY: '1',
      CORS_ORIGINS: 'https://shop.example',
    },
    logger: log.logger,
  });
  server = await listen(app);
  await createAgent(app.prisma, { slug: 'plain', name: 'Plain' });
  await app.poll();
});
beforeEach(() => {
  log.lines.length = 0;
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** fetch of Node keeps some headers to itself. */
function send(path: string, { body, ...headers }: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(server.url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}

const post = (body: string, headers: Record<string, string> = {}, path = '/graphql') =>
  send(path, { 'content-type': 'application/json', accept: 'application/json', ...headers, body });
const operation = (query: string, variables?: object) => JSON.stringify({ query, variables });
const BY_SLUG = 'query BySlug($slug: String!) { agent(slug: $slug) { name } }';
const PLAIN = '{ agent(slug: "plain") { name } }';

async function sendSecrets(): Promise<void> {
  const token = await app.token('someone');
  const secretHeaders = {
    cookie: CANARY,
    'x-api-key': CANARY,
    referer: `https://a.example/${CANARY}`,
    'user-agent': CANARY,
  };
  for (let time = 0; time < 3; time += 1) {
    await post(operation(BY_SLUG, { slug: CANARY }), { ...secretHeaders, authorization: `Bearer ${token}` });
    await post(operation(`{ agent(slug: "${CANARY}") { name } }`), secretHeaders);
    await send(`/graphql?query=${encodeURIComponent(`{ agent(slug: "${CANARY}") { slug } }`)}&k=${CANARY}`);
  }
  await post(operation('{ viewer { username } }'), { authorization: `Bearer ${CANARY}` });
  await post(operation('{ viewer { username } }'), { authorization: `Basic ${CANARY}` });
  await post(`{"query": "${CANARY}`);
  await post(operation(`query { ${CANARY_NAME} }`));
  await post(operation(`query ${CANARY_NAME} { nothing }`));
  await post(operation(BY_SLUG, { slug: [CANARY] }));
  await post(operation('{ __typename }'), { 'x-request-id': `${CANARY} is no id` });
  await post(operation('{ __typename }'), {}, `/graphql?token=${CANARY}`);
  await send(`/${CANARY}`);
  await post(
    operation('mutation M($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }', {
      input: { slug: CANARY, name: CANARY, tagline: CANARY, description: CANARY, category: CANARY },
    }),
    { authorization: `Bearer ${token}` },
  );
}

/** Where operators and others would find it. */
async function expectNoTrace(...secrets: string[]): Promise<void> {
  const pages: Record<string, string> = { log: JSON.stringify(log.lines) };
  for (const path of ['/metrics', '/stats', '/health/ready', '/health/live']) {
    const { status, body, headers } = await send(path);
    expect([path, status]).toEqual([path, 200]);
    pages[path] = body + JSON.stringify(headers);
  }
  for (const [name, body] of Object.entries({
    'an answer to another one': operation(PLAIN),
    'an error of another one': operation('{ nothing }'),
    'a failure of another one': '{',
  })) {
    const answer = await post(body);
    pages[name] = answer.body + JSON.stringify(answer.headers);
  }
  for (const [name, page] of Object.entries(pages))
    for (const secret of secrets)
      expect(page.toLowerCase().includes(secret.toLowerCase()) && `${secret} in ${name}`).toBe(false);
}

test('secrets in tokens, headers, variables, documents, bodies and addresses are in no line of the log and in no metric', async () => {
  await sendSecrets();
  expect(log.lines.filter(({ msg }) => /operation/.test(msg)).length).toBeGreaterThan(15);
  await expectNoTrace(CANARY, CANARY_NAME, (await app.token('someone')).split('.')[0]!);
  expect((await send('/metrics')).body).toContain('larder_operation_duration_seconds_count{operation="BySlug"}');
});

describe('a secret in', () => {
  const persisted = (sha256Hash: string, more: object = {}) =>
    JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } }, ...more });
  const hash = createHash('sha256').update(PLAIN).digest('hex');
  const headerOf = (name: string, value = CANARY): [string, () => Record<string, string>] => [
    `the header ${name}`,
    () => ({ [name]: value }),
  ];

  test.each([
    headerOf('origin', `https://${CANARY}.example`),
    headerOf('host', `${CANARY}.example`),
    headerOf('x-forwarded-for', `${CANARY}, 203.0.113.9`),
    headerOf('x-forwarded-host'),
    headerOf('forwarded', `for=${CANARY}`),
    headerOf('if-none-match', `"${CANARY}"`),
    headerOf('accept', `application/json, text/${CANARY}`),
    headerOf('accept-encoding', CANARY),
    headerOf('accept-language', CANARY),
    headerOf('user-agent'),
    headerOf('x-request-id', `${CANARY} with blanks`),
    headerOf('traceparent', `00-${CANARY}`),
    headerOf('tracestate', `a=${CANARY}`),
    headerOf('content-encoding', CANARY),
    headerOf('x-cache-explain', CANARY),
    headerOf('sec-fetch-mode', CANARY),
  ])(
    '%s is told to nobody, not even in the answer to whoever sent it: not executed, cached, or refused',
    async (_where, headers) => {
      for (let time = 0; time < 3; time += 1) {
        for (const answer of [
          await post(operation(PLAIN), headers()),
          await send(`/graphql?query=${encodeURIComponent(PLAIN)}`, { accept: 'application/json', ...headers() }),
          await post('{', headers()),
          await post(operation('{ nothing }'), headers()),
          await send('/nowhere', headers()),
        ])
          expect(answer.body + JSON.stringify(answer.headers)).not.toContain(CANARY);
      }
      await expectNoTrace(CANARY);
    },
  );

  test.each([
    ['the name of the operation that is wanted, of one', JSON.stringify({ query: PLAIN, operationName: CANARY_NAME })],
    [
      'the same, of several',
      JSON.stringify({ query: `query A ${PLAIN} query B ${PLAIN}`, operationName: CANARY_NAME }),
    ],
    ['the same, as no name could be', JSON.stringify({ query: PLAIN, operationName: `${CANARY}\n"} 1` })],
    ['the same, of another type', JSON.stringify({ query: PLAIN, operationName: { [CANARY]: CANARY } })],
    ['the hash of a document that was sent before', persisted(CANARY)],
    ['a hash of the right length', persisted(`${CANARY_NAME}${'0'.repeat(53)}`)],
    ['a hash that is not that of the document', persisted(`${CANARY_NAME}${'0'.repeat(53)}`, { query: PLAIN })],
    [
      'extensions that nobody knows',
      persisted(hash, { query: PLAIN, [CANARY]: CANARY }).replace('"version"', `"${CANARY}":"${CANARY}","version"`),
    ],
    [
      'the version of a hash',
      JSON.stringify({ extensions: { persistedQuery: { version: CANARY, sha256Hash: hash } } }),
    ],
    ['the name of a parameter', JSON.stringify({ query: PLAIN, [CANARY]: 1 })],
    ['the id of a document', JSON.stringify({ documentId: CANARY })],
  ])('%s is told to nobody else', async (_where, body) => {
    for (let time = 0; time < 3; time += 1) {
      await post(body);
      const parameters = new URLSearchParams(
        Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
      await send(`/graphql?${parameters.toString()}`, { accept: 'application/json' });
    }
    await expectNoTrace(CANARY, CANARY_NAME);
  });
});

describe('what is told by design', () => {
  const LONG = `Secret_${'x'.repeat(500)}`;

  test('the name of a valid operation is cut to 64 characters of A to Z, 0 to 9 and _, wherever it is shown', async () => {
    for (let time = 0; time < 4; time += 1) await post(operation(`query ${LONG} ${PLAIN}`));
    const shown = LONG.slice(0, 64);
    const names = log.lines.filter(({ msg }) => msg === 'operation').map((line) => line['operation']);
    expect(new Set(names)).toEqual(new Set([shown]));
    const metrics = (await send('/metrics')).body;
    const labels = new Set([...metrics.matchAll(/operation="([^"]*)"/g)].map(([, label]) => label));
    expect(labels).toContain(shown);
    for (const label of labels) expect(label).toMatch(/^(\w{1,64}|\((anonymous|other)\))$/);
    const stats = (await send('/stats')).body;
    expect(stats).toContain(shown);
    for (const page of [JSON.stringify(log.lines), metrics, stats]) expect(page).not.toContain(LONG.slice(0, 65));
  });

  test.each(['Ünïcode', 'A"} 1', 'A-B', 'A\\nB', '1A'])(
    'an operation named %s is refused, and its name shown nowhere',
    async (name) => {
      const { body } = await post(operation(`query ${name} ${PLAIN}`));
      expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect((await send('/metrics')).body.match(/operation="[^"]*"/g) ?? []).not.toContain(`operation="${name}"`);
      expect(JSON.stringify(log.lines)).not.toContain(JSON.stringify(name).slice(1, -1));
    },
  );

  test('an id of a request that is harmless names its line and its answer, and is in no metric; of others none is kept', async () => {
    const { headers } = await post(operation(PLAIN), { 'x-request-id': CANARY });
    expect(headers['x-request-id']).toBe(CANARY);
    expect(log.lines.filter(({ requestId }) => requestId === CANARY)).toHaveLength(1);
    for (const line of log.lines) expect(JSON.stringify({ ...line, requestId: '' })).not.toContain(CANARY);
    for (const path of ['/metrics', '/stats']) expect((await send(path)).body).not.toContain(CANARY);
    const other = await post(operation(PLAIN), { 'x-request-id': `${CANARY}-${'x'.repeat(64)}` });
    expect(other.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an unexpected failure', () => {
  const input = {
    name: `${CANARY} agent`,
    tagline: CANARY,
    description: CANARY,
    category: 'research',
    pricing: 'FREE',
  };
  const create = async (alias = '') =>
    app.execute(
      `mutation ($input: CreateAgentInput!) { ${alias}createAgent(input: $input) { agent { id } } }`,
      { input },
      { token: await app.token('someone') },
    );
  beforeAll(() =>
    app.prisma.$executeRawUnsafe(`ALTER TABLE "Agent" ADD CONSTRAINT canary CHECK (length(name) < 5) NOT VALID`),
  );

  test('of the database brings no value into the log, nor into the answer', async () => {
    const answer = await create();
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(answer.errors)).not.toContain(CANARY);
    await log.said(/a request failed/);
    expect(JSON.stringify(log.lines)).not.toContain(CANARY);
  });

  test.each([
    ['an alias', CANARY_NAME],
    ['one of 50 KB', CANARY_NAME + 'x'.repeat(50_000)],
  ])('brings nothing of %s into the log, which has the name that the schema has for it', async (_what, alias) => {
    const answer = await create(`${alias}: `);
    expect(answer.errors).toMatchObject([{ path: [alias], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    await log.said(/a request failed/);
    const failed = log.lines.filter(({ msg }) => msg === 'a request failed');
    expect(failed).toMatchObject([{ field: 'createAgent' }]);
    expect(JSON.stringify(log.lines)).not.toContain(CANARY_NAME);
    expect(JSON.stringify(failed).length).toBeLessThan(10_000);
  });
});

test('that a part of the server is not set up is told to whoever asks for it, and is no failure in the log', async () => {
  const answer = await app.execute(
    `mutation { ${CANARY_NAME}: addCollection(input: { address: "0x${'a'.repeat(40)}" }) { collection { id } } }`,
    {},
    { token: await app.token('someone') },
  );
  expect(answer.errors.map(({ extensions, message }) => [extensions.code, message])).toEqual([
    ['UNAVAILABLE', expect.stringContaining('has no indexer')],
  ]);
  expect(log.lines.filter(({ msg }) => /operation/.test(msg))).toHaveLength(1);
  expect(log.lines.filter(({ msg }) => !/operation/.test(msg))).toEqual([]);
});
