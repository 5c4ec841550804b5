import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgents } from '../support/agents.js';
import { type TestApp, startApp } from '../support/app.js';
import { type TestRedis, startRedis } from '../support/redis.js';

const AGENTS = '{ agents(first: 5, orderBy: NAME) { totalCount nodes { name reviewCount } } }';
const REVIEW = `mutation ($input: ReviewAgentInput!) { reviewAgent(input: $input) { review { rating } } }`;

let server: TestRedis & { port: number };
let app: TestApp;

beforeAll(async () => {
  server = await startRedis();
  app = await startApp({ env: { CACHE_ENGINE: 'envelop', REDIS_URL: server.url } });
  await createAgents(app.prisma, 2);
});
afterAll(async () => {
  await app.close();
  await server.stop();
});

async function untilReady(status: 'ok' | 'degraded') {
  const ready = async () => ((await (await app.request('/health/ready')).json()) as { status: string }).status;
  await expect.poll(ready, { timeout: 10_000 }).toBe(status);
}

const statements = async () => (await app.countStatements(() => app.execute(AGENTS))).statements.length;

async function review(reviewer: string) {
  const { data } = await app.execute('{ agents(first: 1, orderBy: NAME) { nodes { id } } }');
  const input = { agentId: data.agents.nodes[0].id, rating: 5 };
  return app.execute(REVIEW, { input }, { token: await app.token(reviewer) });
}

it('a response in Redis is answered without any SQL, until a mutation', async () => {
  await untilReady('ok');
  await app.execute(AGENTS);
  expect(await statements()).toBe(0);
  await review('ada');
  const { data } = await app.execute(AGENTS);
  expect(data.agents.nodes[0]).toEqual({ name: 'Agent 01', reviewCount: 1 });
  expect(await statements()).toBe(0);
});

it('a Redis that dies fails neither reads nor mutations, and is used again when it is back', async () => {
  await server.stop();
  const read = await app.execute(AGENTS);
  expect(read.errors).toEqual([]);
  const written = await review('bob');
  expect(written.errors).toEqual([]);
  const { data } = await app.execute(AGENTS);
  expect(data.agents.nodes[0].reviewCount).toBe(2);
  await untilReady('degraded');

  server = await startRedis({ port: server.port });
  await untilReady('ok');
  await app.execute(AGENTS);
  expect(await statements()).toBe(0);
});
