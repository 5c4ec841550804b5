import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { createAgent } from '../support/marketplace.js';
import { createCollection } from '../support/tokens.js';

const { logger, lines } = captureLog();
let app: TestApp;
let root: string, ann: string;
let agentId: number;

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' }, logger });
  [root, ann] = await Promise.all([app.token('root', 'ADMIN'), app.token('ann')]);
  agentId = (await createAgent(app.prisma, { slug: 'scribe', name: 'Scribe' })).id;
  await createCollection(app.prisma, { address: `0x${'c'.repeat(40)}` });
  await app.poll();
});
afterAll(() => app.close());

const AGENT = '{ agent(slug: "scribe") { name } }';
const COLLECTION = `{ collection(address: "0x${'c'.repeat(40)}") { name } }`;
const INVALIDATE = 'mutation ($tags: [String!]!) { invalidateCache(input: { tags: $tags }) { purged } }';

const cacheOf = async (query: string) => (await app.execute(query)).headers.get('x-cache');

async function warm(): Promise<void> {
  for (const query of [AGENT, COLLECTION, AGENT, COLLECTION]) await app.execute(query);
  expect([await cacheOf(AGENT), await cacheOf(COLLECTION)]).toEqual(['HIT', 'HIT']);
}

const invalidate = (...tags: string[]) => app.execute(INVALIDATE, { tags }, { token: root });

describe('invalidateCache', () => {
  it.each([
    ['a row', () => `Agent:${agentId}`],
    ['a group of rows', () => 'Agent[slug=scribe]'],
    ['a group as extensions.cache spells it', () => 'Agent[slug="scribe"]'],
    ['a model by its name', () => 'Agent'],
    ['a model as changes are shown', () => 'Agent!'],
  ])('ends what depends on %s, says how many entries went, and leaves the rest', async (_what, tag) => {
    await warm();
    const { data, errors } = await invalidate(tag());
    expect(errors).toEqual([]);
    // A single agent is looked up by its slug, and one entry is made of it; its row is what it looks at.
    expect(data).toEqual({ invalidateCache: { purged: 1 } });
    expect([await cacheOf(AGENT), await cacheOf(COLLECTION)]).toEqual(['MISS', 'HIT']);
  });

  it('counts what it ends, and not what a write had ended before', async () => {
    await warm();
    await app.prisma.agent.update({ where: { id: agentId }, data: { name: 'Scribe II' } });
    await app.poll();
    expect((await invalidate('Collection')).data).toEqual({ invalidateCache: { purged: 1 } });
  });

  it.each([
    ['a model that there is not', 'Elephant', /names no model/],
    ['a row without a key', 'Agent:', /names no model/],
    ['a row with a key of another type', 'Agent:scribe', /has the key id/],
    ['a group of a column that makes none', 'Agent[name=Scribe]', /has Agent\[slug=…\]/],
    ['a group with a value of another type', 'Agent[authorId=ann]', /is no group/],
    ['what is no tag', '{"a":1}', /names no model/],
    ['a row with NUL in its key', 'Category:\0', /has NUL/],
    ['a row with NUL in its key, escaped', String.raw`Category:"\u0000"`, /has NUL/],
    ['a row with half a character in its key', 'Category:\ud83d', /half a character/],
    ['a group of NUL', 'Agent[pricing=\0]', /has NUL/],
    ['a group of half a character', String.raw`Agent[slug="\ud83d"]`, /half a character/],
  ])('refuses %s, and says what to write instead', async (_what, tag, message) => {
    const { errors } = await invalidate('Collection', tag);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.extensions.issues?.[0]?.path).toEqual(['input', 'tags', 1]);
    expect(errors[0]?.message).toMatch(message);
  });

  it('a tag that is refused leaves everything as it was', async () => {
    await warm();
    await invalidate('Agent', 'Elephant');
    expect(await cacheOf(AGENT)).toBe('HIT');
  });
});

describe('flushCache', () => {
  it('ends everything, says how many entries went, and explains the next miss', async () => {
    await warm();
    const { data } = await app.execute('mutation { flushCache { purged } }', {}, { token: root });
    expect(data.flushCache.purged).toBeGreaterThanOrEqual(2);
    const explained = await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cache-explain': '1' },
      body: JSON.stringify({ query: COLLECTION }),
    });
    const { extensions } = (await explained.json()) as { extensions: { cache: object } };
    expect(extensions.cache).toMatchObject({ status: 'MISS' });
    expect(await cacheOf(AGENT)).toBe('MISS');
    expect(await cacheOf(AGENT)).toBe('HIT');
  });
});

it('runSelfTest tries each part, with one invalidation round trip, and leaves the cache as it was', async () => {
  await warm();
  const { data } = await app.execute(
    'mutation { runSelfTest { ok checks { name ok ms advice } } }',
    {},
    { token: root },
  );
  expect(data.runSelfTest.checks.map(({ name }: { name: string }) => name)).toEqual([
    'database',
    'lease',
    'memory',
    'invalidation',
  ]);
  expect(data.runSelfTest).toMatchObject({ ok: true, checks: Array(4).fill({ ok: true, advice: null }) });
  expect(await cacheOf(AGENT)).toBe('HIT');
});

it('resetCircuitBreakers names what was not closed, resetStatistics from when it counts', async () => {
  const document = 'mutation { resetCircuitBreakers { closed } resetStatistics { since } }';
  const { data } = await app.execute(document, {}, { token: root });
  expect(data.resetCircuitBreakers).toEqual({ closed: [] });
  expect(Math.abs(Date.parse(data.resetStatistics.since) - Date.now())).toBeLessThan(60_000);
});

const ALL = [
  'invalidateCache(input: { tags: ["Agent"] }) { purged }',
  'flushCache { purged }',
  'warmCache { warmed }',
  'resetCircuitBreakers { closed }',
  'resetStatistics { since }',
  'runSelfTest { ok }',
];

describe.each(ALL)('%s', (field) => {
  it('is for admins alone, and does nothing for anybody else', async () => {
    await warm();
    const before = lines.length;
    const refusals = await Promise.all([
      app.execute(`mutation { ${field} }`),
      app.execute(`mutation { ${field} }`, {}, { token: ann }),
    ]);
    expect(refusals.map(({ errors }) => errors[0]?.extensions.code)).toEqual(['UNAUTHENTICATED', 'FORBIDDEN']);
    expect(await cacheOf(AGENT)).toBe('HIT');
    expect(lines.slice(before).filter(({ audit }) => audit !== undefined)).toEqual([]);
  });
});

it('each act is in the log: what, by whom, by which request, and what came of it', async () => {
  const { headers } = await invalidate(`Agent:${agentId}`);
  const line = lines.filter(({ audit }) => audit !== undefined).at(-1);
  expect(line).toMatchObject({
    audit: 'invalidateCache',
    by: 'root',
    tags: [`Agent:${agentId}`],
    requestId: headers.get('x-request-id'),
  });
  expect(line?.['result']).toBeTypeOf('number');
  await invalidate('Elephant');
  expect(lines.filter(({ audit }) => audit !== undefined).at(-1)).toMatchObject({ code: 'BAD_USER_INPUT' });
});

it('each act is in the log at whatever level that is', async () => {
  const quiet = captureLog();
  quiet.logger.level = 'fatal';
  const other = await startApp({ logger: quiet.logger });
  try {
    const token = await other.token('root', 'ADMIN');
    await other.execute('mutation { resetStatistics { since } }', {}, { token });
    expect(quiet.lines.map(({ audit }) => audit)).toEqual(['resetStatistics']);
  } finally {
    await other.close();
  }
});
