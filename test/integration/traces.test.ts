/** What a collector of traces is told, by a collector. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.js';
import { startRedis } from '../support/redis.js';

const CANARY = 'canary-7b2e';
const ONE = 'query One($slug: String!) { agent(slug: $slug) { name } }';
const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

let receiver: OtlpReceiver;
let app: TestApp | null = null;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(async () => {
  await app?.close();
  app = null;
  await receiver.close();
});

async function start(env: Record<string, string> = {}) {
  app = await startApp({
    env: { CACHE_ENGINE: 'larder', WARM_UP: 'off', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });
  await createAgent(app.prisma, { slug: CANARY });
  await app.poll();
  return app;
}
/** What was not sent yet is sent at the end. */
async function spansAtTheEnd(): Promise<ReceivedSpan[]> {
  await app!.close();
  app = null;
  return receiver.spans();
}

test(
  'a trace has the operation, its fill, the SQL of that, and Redis, each a part of what it was done for, in the trace of the client',
  { timeout: 60_000 },
  async () => {
    const redis = await startRedis();
    try {
      const { execute, request } = await start({ REDIS_URL: redis.url });
      await expect.poll(async () => (await request('/health/ready')).json()).toMatchObject({ redis: true });
      const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, 'x-request-id': 'mine' };
      expect((await execute(ONE, { slug: CANARY }, { headers })).headers.get('x-cache')).toBe('MISS');
      const spans = await spansAtTheEnd();

      expect([...receiver.paths]).toEqual(['POST /v1/traces']);
      expect(receiver.resource()).toMatchObject({ 'service.name': 'larder' });
      expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
      const operation = spans.find(({ kind }) => kind === 2)!;
      expect(operation).toMatchObject({ name: 'query', parentSpanId: PARENT, status: 0 });
      expect(operation.attributes).toEqual({
        'http.request.method': 'POST',
        'url.path': '/graphql',
        'http.response.status_code': 200,
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'One',
        'larder.request.id': 'mine',
        'larder.cache.status': 'MISS',
      });
      const fill = spans.find(({ name }) => name === 'fill')!;
      expect(fill).toMatchObject({ kind: 1, parentSpanId: operation.spanId });
      const sql = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
      expect(sql.length).toBeGreaterThan(0);
      for (const span of sql) expect(span).toMatchObject({ kind: 3, name: 'SELECT', parentSpanId: fill.spanId });
      expect(sql[0]!.attributes['db.query.text']).toMatch(/"Agent"[^]*\$1/);
      const commands = spans.filter(({ attributes }) => attributes['db.system.name'] === 'redis');
      expect(commands.length).toBeGreaterThan(0);
      for (const span of commands) expect(span).toMatchObject({ kind: 3, name: span.attributes['db.operation.name'] });
    } finally {
      await redis.stop();
    }
  },
);

test('no variable, header, text of a document or value of a row is in a trace', async () => {
  const { execute, token } = await start();
  const headers = { cookie: CANARY, 'user-agent': CANARY, tracestate: `a=${CANARY}`, baggage: `a=${CANARY}` };
  const options = { headers, token: await token('someone') };
  await execute(ONE, { slug: CANARY }, options);
  await execute(`{ agent(slug: "${CANARY}") { slug } }`, {}, options);
  await execute('query { viewer { username } }', {}, { ...options, token: CANARY });
  await execute(ONE, { slug: [CANARY] }, options);
  await execute(
    'mutation M($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }',
    { input: { name: CANARY, tagline: CANARY, description: CANARY, category: CANARY, pricing: 'FREE' } },
    options,
  );
  await app!.prisma.$executeRawUnsafe(`ALTER TABLE "Agent" RENAME COLUMN tagline TO "other"`);
  await execute('query Fault($slug: String!) { agent(slug: $slug) { tagline } }', { slug: CANARY }, options);
  const spans = await spansAtTheEnd();
  expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(6);
  expect(receiver.bodies.join()).not.toContain(CANARY);
  expect(receiver.bodies.join()).not.toContain(options.token.split('.')[0]);

  const failed = spans.filter(({ status }) => status === 2);
  expect(failed.find(({ kind }) => kind === 2)!.attributes).toMatchObject({
    'graphql.operation.name': 'Fault',
    'error.type': 'INTERNAL_SERVER_ERROR',
  });
  // What clients do wrong is no failure of the server.
  expect(failed.filter(({ kind }) => kind === 2)).toHaveLength(1);
});

test('of all traces as many are sent as OTEL_TRACES_SAMPLER_ARG says, and those whose client has them sampled', async () => {
  const { execute } = await start({ OTEL_TRACES_SAMPLER_ARG: '0' });
  await execute(ONE, { slug: CANARY });
  await execute(ONE, { slug: 'other' }, { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
  await execute(ONE, { slug: 'more' }, { headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
  await execute(ONE, { slug: 'last' }, { headers: { traceparent: `ff-${TRACE}-${PARENT}-01` } });
  const operations = (await spansAtTheEnd()).filter(({ kind }) => kind === 2);
  expect(operations).toMatchObject([{ traceId: TRACE, parentSpanId: PARENT }]);
});

describe('in production the trace of a client', () => {
  const startIn = (env: Record<string, string>) =>
    start({ NODE_ENV: 'production', OTEL_TRACES_SAMPLER_ARG: '0', ...env });
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };

  test('does not have its parts sampled, without a proxy', async () => {
    const { execute } = await startIn({});
    expect((await execute(ONE, { slug: CANARY }, { headers })).errors).toEqual([]);
    expect(await spansAtTheEnd()).toEqual([]);
  });

  test('is none of ours, without one that is trusted', async () => {
    const { execute } = await startIn({ TRUST_PROXY: '0', OTEL_TRACES_SAMPLER_ARG: '1' });
    await execute(ONE, { slug: CANARY }, { headers });
    const [operation] = (await spansAtTheEnd()).filter(({ kind }) => kind === 2);
    expect(operation!.traceId).not.toBe(TRACE);
    expect(operation!.parentSpanId).not.toBe(PARENT);
  });

  test('is gone on with behind one', async () => {
    const { execute } = await startIn({ TRUST_PROXY: '1' });
    await execute(ONE, { slug: CANARY }, { headers });
    const operations = (await spansAtTheEnd()).filter(({ kind }) => kind === 2);
    expect(operations).toMatchObject([{ traceId: TRACE, parentSpanId: PARENT }]);
  });
});

test('a miss of a query that is known has a trace as well', async () => {
  const { handle, poll } = await start();
  const server = await listen(handle);
  const ask = async (slug: string) => {
    const body = JSON.stringify({ query: ONE, variables: { slug } });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
    await response.text();
    return response.headers.get('x-cache');
  };
  await poll();
  const asked = [];
  for (const slug of ['a', 'b', 'c', 'a']) asked.push(await ask(slug));
  expect(asked).toEqual(['MISS', 'MISS', 'MISS', 'HIT']);
  await server.close();
  const spans = await spansAtTheEnd();
  expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(3);
  expect(spans.filter(({ name }) => name === 'fill')).toHaveLength(3);
});

test('a collector that is away costs no request anything', async () => {
  await receiver.close();
  const { execute } = await start();
  expect((await execute(ONE, { slug: CANARY })).errors).toEqual([]);
  expect(await spansAtTheEnd()).toEqual([]);
  receiver = await startOtlpReceiver();
});
