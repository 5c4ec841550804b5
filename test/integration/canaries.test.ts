/** What clients send in confidence stays where it is: secrets in every input, and a look at all that leaves the server for its operators. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

const CANARY = 'canary-4f1d';

let app: TestApp;
let server: Listening;
let log: ReturnType<typeof captureLog>;
beforeEach(async () => {
  log = captureLog();
  app = await startApp({ env: { CACHE_ENGINE: 'larder', LOG_HITS: '1', SLOW_MS: '1' }, logger: log.logger });
  server = await listen(app);
  await createAgent(app.prisma, { slug: CANARY });
  await app.poll();
});
afterEach(async () => {
  await server.close();
  await app.close();
});

const post = (body: string, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const operation = (query: string, variables?: object) => JSON.stringify({ query, variables });
const BY_SLUG = 'query BySlug($slug: String!) { agent(slug: $slug) { name } }';

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
    await fetch(
      `${server.url}/graphql?query=${encodeURIComponent(`{ agent(slug: "${CANARY}") { slug } }`)}&k=${CANARY}`,
    );
  }
  await post(operation('{ viewer { username } }'), { authorization: `Bearer ${CANARY}` });
  await post(operation('{ viewer { username } }'), { authorization: `Basic ${CANARY}` });
  await post(`{"query": "${CANARY}`);
  await post(operation(`query { ${CANARY.replace('-', '_')} }`));
  await post(operation(BY_SLUG, { slug: [CANARY] }));
  await post(operation('{ __typename }'), { 'x-request-id': `${CANARY} is no id` });
  await post(operation('{ __typename }'), {}, `/graphql?token=${CANARY}`);
  await fetch(`${server.url}/${CANARY}`);
  await post(
    operation('mutation M($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }', {
      input: { slug: CANARY, name: CANARY, tagline: CANARY, description: CANARY, category: CANARY },
    }),
    { authorization: `Bearer ${token}` },
  );
}

test('secrets in tokens, headers, variables, documents, bodies and addresses are in no line of the log and in no metric', async () => {
  await sendSecrets();
  const told = JSON.stringify(log.lines);
  expect(log.lines.filter(({ msg }) => /operation/.test(msg)).length).toBeGreaterThan(15);
  expect(told).not.toContain(CANARY);
  expect(told).not.toContain((await app.token('someone')).split('.')[0]);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('larder_operation_duration_seconds_count{operation="BySlug"}');
  expect(metrics).not.toContain(CANARY);
});

test('an unexpected failure of the database brings no value into the log, nor into the answer', async () => {
  await app.prisma.$executeRawUnsafe(`ALTER TABLE "Agent" ADD CONSTRAINT canary CHECK (length(name) < 5) NOT VALID`);
  const token = await app.token('someone');
  const input = {
    name: `${CANARY} agent`,
    tagline: CANARY,
    description: CANARY,
    category: 'research',
    pricing: 'FREE',
  };
  const answer = await app.execute(
    'mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }',
    { input: { ...input } },
    { token },
  );
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
  expect(JSON.stringify(answer.errors)).not.toContain(CANARY);
  await log.said(/a request failed/);
  expect(JSON.stringify(log.lines)).not.toContain(CANARY);
});
