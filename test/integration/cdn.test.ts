/** A CDN before the server keeps what is for all, and shows no write late: through fakes that keep and forget by the rules of each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AGAIN_MS } from '../../src/cdn/purge-queue.js';
import type { Agent } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { CDN_RULES, type CdnKind, TOKEN, cdnEnvironment } from '../support/cdn/cdn-rules.js';
import { type FakeCdn, startFakeCdn } from '../support/cdn/fake-cdn.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';

const MAX_AGE = 600;
const LISTED = ['https://shop.example', 'https://admin.example'];
/** For what becomes true by itself, twice AGAIN_MS at the latest. */
const SOON = { timeout: 10_000, interval: 20 };

describe.each(Object.keys(CDN_RULES) as CdnKind[])('%s', (kind) => {
  let app: TestApp;
  let server: Listening;
  let cdn: FakeCdn;
  let token: string;
  const agents: Agent[] = [];

  beforeAll(async () => {
    cdn = await startFakeCdn(kind);
    app = await startApp({
      env: {
        CACHE_ENGINE: 'larder',
        CDN_MAX_AGE: String(MAX_AGE),
        CORS_ORIGINS: LISTED.join(),
        RATE_LIMIT_PER_MINUTE: '100000',
        ...cdnEnvironment(kind, cdn.url),
      },
    });
    server = await listen(app);
    cdn.serveFrom(server.url);
    token = await app.token('author');
    for (let made = 0; made < 12; made += 1) agents.push(await createAgent(app.prisma, { tagline: 'old' }));
    await settled();
  });
  afterAll(async () => {
    await server.close();
    await app.close();
    await cdn.close();
  });

  /** All that is to be purged has been, twice. */
  async function settled(): Promise<void> {
    let calls = -1;
    for (let since = 0; calls !== cdn.purges.length || performance.now() - since < AGAIN_MS + 300;) {
      if (calls !== cdn.purges.length) [calls, since] = [cdn.purges.length, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const addressOf = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;
  async function get(query: string, headers: Record<string, string> = {}, from = cdn.url) {
    const response = await fetch(from + addressOf(query), { headers });
    return {
      status: response.status,
      headers: response.headers,
      how: response.headers.get('x-cdn'),
      text: await response.text(),
    };
  }
  const taglineOf = (slug: string) => `{ agent(slug: "${slug}") { tagline } }`;
  const shown = async (slug: string) => JSON.parse((await get(taglineOf(slug))).text).data.agent.tagline as string;

  /** An agent that no other test changes, whose answer the CDN keeps. */
  async function keptAgent() {
    const agent = agents.pop()!;
    await get(taglineOf(agent.slug));
    expect((await get(taglineOf(agent.slug))).how).toBe('HIT');
    return { slug: agent.slug, id: agent.id, agentId: idOf('Agent', agent) };
  }
  const update = (agentId: string, tagline: string) =>
    mutate(app, 'updateAgent', { input: { agentId, tagline }, select: 'agent { tagline }', token });

  test('an answer that it keeps is fresh after a mutation, and after a write that bypasses the API', async () => {
    const { slug, id, agentId } = await keptAgent();
    await update(agentId, 'by mutation');
    await expect.poll(() => shown(slug), SOON).toBe('by mutation');
    await settled();
    await shown(slug);
    expect((await get(taglineOf(slug))).how).toBe('HIT');
    await app.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'by SQL' WHERE id = ${id}`;
    await app.poll();
    await expect.poll(() => shown(slug), SOON).toBe('by SQL');
  });

  test('a list that it keeps shows a new row', async () => {
    const list = '{ agents(first: 100, orderBy: NAME) { nodes { slug } } }';
    await expect.poll(async () => (await get(list)).how, SOON).toBe('HIT');
    const { slug } = await createAgent(app.prisma);
    await app.poll();
    await expect.poll(async () => (await get(list)).text, SOON).toContain(slug);
  });

  test('a page that is listed may read what it keeps, whoever has asked before', async () => {
    const { slug } = await keptAgent();
    for (let round = 0; round < 3; round += 1)
      for (const origin of [undefined, 'https://evil.example', 'null', ...LISTED]) {
        const { headers, how } = await get(taglineOf(slug), origin === undefined ? {} : { origin });
        const readableFrom = LISTED.find((listed) => listed === origin) ?? null;
        expect(headers.get('access-control-allow-origin')).toBe(readableFrom);
        if (round > 0) expect(how).toBe('HIT');
      }
  });

  test('an answer that was on its way while it was purged does not stay', async () => {
    const { slug, agentId } = await keptAgent();
    const query = `query Slow { agent(slug: "${slug}") { tagline } }`;
    const release = cdn.hold();
    const late = get(query);
    await expect.poll(() => cdn.onTheirWay, SOON).toBe(1);
    const before = cdn.purges.length;
    await update(agentId, 'new');
    await expect.poll(() => cdn.purges.length, SOON).toBeGreaterThan(before);
    release();
    expect((await late).text).toContain('old');
    expect((await get(query)).text).toContain('old');
    await expect.poll(async () => (await get(query)).text, SOON).toContain('new');
  });

  test('it keeps no answer that is private, explained, wrong, or to another method than GET', async () => {
    const { slug } = await keptAgent();
    const { size } = cdn;
    const authorization = `Bearer ${token}`;
    const answers = [
      await get('{ viewer { username } }', { authorization }),
      await get('{ viewer { username } }'),
      await get(`query E { agent(slug: "${slug}") { name } }`, { 'x-cache-explain': '1' }),
      await get(`{ agent(slug: "${slug}") { nothing } }`, { accept: 'application/json' }),
      await get('{ agents(first: 1000) { nodes { slug } } }', { accept: 'application/json' }),
      await get('{ __typename }'),
      await get(`mutation { deleteAgent(input: {agentId: "x"}) { deletedId } }`),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toMatch(/^private, no-(cache|store)$/);
      expect(headers.get('x-cdn')).not.toBe('HIT');
    }
    const body = JSON.stringify({ query: `query Posted { agent(slug: "${slug}") { tagline } }` });
    for (const status of ['MISS', 'HIT', 'HIT']) {
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
      const { headers } = await fetch(`${server.url}/graphql`, init);
      expect(headers.get('x-cache')).toBe(status);
      expect(headers.get('cache-control')).toBe('private, no-cache');
      expect(namesToCdn(headers)).toEqual([]);
    }
    expect((await fetch(`${cdn.url}/health/live`)).headers.get('cache-control')).toBe('private, no-store');
    expect(cdn.size).toBe(size);
  });

  const namesToCdn = (headers: Headers) => CDN_RULES[kind].hidden.filter((name) => headers.has(name));

  test('it is told in headers that are for it alone, by the server and by what stands before it alike; clients ask each time', async () => {
    const { slug } = await keptAgent();
    const query = `query Told { agent(slug: "${slug}") { tagline } }`;
    const [miss, hit, front] = [
      await get(query, {}, server.url),
      await get(query, {}, server.url),
      await get(query, {}, server.url),
    ];
    expect(miss.headers.get('x-cache')).toBe('MISS');
    expect(front.headers.get('x-cache')).toBe('HIT');
    for (const { headers } of [miss, hit, front]) {
      expect(headers.get('cache-control')).toBe('public, no-cache');
      expect(namesToCdn(headers)).toEqual([...CDN_RULES[kind].hidden]);
      expect(headers.get('vary')).toContain('accept, accept-encoding');
      expect([...headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([]);
      for (const name of CDN_RULES[kind].hidden.filter((name) => name.includes('key') || name.includes('tag')))
        expect(headers.get(name)).toBe(miss.headers.get(name));
    }
    expect((await get('{ viewer { username } }', {}, server.url)).headers.has('ratelimit')).toBe(true);
    const unchanged = await get(query, { 'if-none-match': front.headers.get('etag')! }, server.url);
    expect(unchanged.status).toBe(304);
    expect(namesToCdn(unchanged.headers)).toEqual([...CDN_RULES[kind].hidden]);
    const through = await get(query);
    expect(namesToCdn(through.headers)).toEqual([]);
    expect(through.headers.get('cache-control')).toBe('public, no-cache');
  });

  test('it keeps an answer for CDN_MAX_AGE, tells how old it is, and asks then whether it still holds', async () => {
    const { slug } = await keptAgent();
    cdn.elapse(MAX_AGE - 10);
    const kept = await get(taglineOf(slug));
    expect(kept.how).toBe('HIT');
    expect(Number(kept.headers.get('age'))).toBeGreaterThanOrEqual(MAX_AGE - 10);
    cdn.elapse(11);
    expect((await get(taglineOf(slug))).how).toBe('REVALIDATED');
    expect((await get(taglineOf(slug))).how).toBe('HIT');
  });

  test('a CDN that fails holds up no mutation, and forgets when it is back', async () => {
    const { slug, agentId } = await keptAgent();
    cdn.be('failing');
    const before = cdn.purges.length;
    expect((await update(agentId, 'new')).data.updateAgent.agent.tagline).toBe('new');
    await expect.poll(() => cdn.purges.length, SOON).toBeGreaterThan(before + 1);
    expect(await shown(slug)).toBe('old');
    cdn.be('well');
    await expect.poll(() => shown(slug), SOON).toBe('new');
  });

  test('a CDN that limits calls is left alone for as long as it says', async () => {
    const { slug, agentId } = await keptAgent();
    cdn.be('limiting');
    const before = cdn.purges.length;
    await update(agentId, 'new');
    await expect.poll(() => cdn.purges.length, SOON).toBe(before + 1);
    cdn.be('well');
    await expect.poll(() => cdn.purges.length, SOON).toBeGreaterThan(before + 1);
    expect(cdn.purgedAt[before + 1]! - cdn.purgedAt[before]!).toBeGreaterThan(990);
    await expect.poll(() => shown(slug), SOON).toBe('new');
  });

  test('a CDN that hangs holds up no mutation', async () => {
    const { slug, agentId } = await keptAgent();
    cdn.be('hanging');
    const before = cdn.purges.length;
    await update(agentId, 'new');
    await update(agentId, 'newer');
    await expect.poll(() => cdn.purges.length, SOON).toBe(before + 1);
    cdn.be('well');
    await expect.poll(() => shown(slug), SOON).toBe('newer');
  });

  test('a change of very many rows takes no more calls than it must', async () => {
    const before = cdn.purges.length;
    await app.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'all' WHERE true`;
    await app.poll();
    await settled();
    const calls = cdn.purges.slice(before);
    expect(calls.length).toBeLessThanOrEqual(2);
    expect(JSON.stringify(calls)).not.toMatch(/agent|all/i);
  });

  test('no token and no data is in what it is told', async () => {
    const { slug } = await keptAgent();
    const { headers } = await get(taglineOf(slug), {}, server.url);
    const told = JSON.stringify([...headers]);
    expect(told).not.toContain(TOKEN);
    for (const name of CDN_RULES[kind].hidden) expect(headers.get(name)).not.toMatch(/agent/i);
  });
});
