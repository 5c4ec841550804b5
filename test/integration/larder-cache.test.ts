import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createUser, createWorkspace, idOf } from '../support/marketplace.js';

const EXPLAIN = { 'x-cache-explain': '1' };

let app: TestApp;
let ann: string, bob: string, root: string;

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', CACHE_LIFETIMES: 'Query.agentCategories=42' } });
  [ann, bob, root] = await Promise.all([app.token('ann'), app.token('bob'), app.token('root', 'ADMIN')]);
  for (const name of ['ann', 'bob', 'root']) await createUser(app.prisma, name);
});
afterAll(() => app.close());

interface Who {
  token?: string;
  headers?: Record<string, string>;
}

async function ask(query: string, variables: Record<string, unknown> = {}, who: Who = {}) {
  const { result, statements } = await app.countStatements(() => app.execute(query, variables, who));
  return { ...result, cache: result.headers.get('x-cache'), statements: statements.length };
}

/** The extension is no part of what `execute` gives. */
async function explain(query: string, who: Who = {}) {
  const response = await app.request('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...EXPLAIN,
      ...(who.token && { authorization: `Bearer ${who.token}` }),
    },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { extensions?: { cache: Record<string, unknown> } }).extensions?.cache;
}

describe('an answer of the marketplace', () => {
  it('comes without any SQL the second time, also to others and in other words', async () => {
    const agent = await createAgent(app.prisma, { slug: 'scribe', name: 'Scribe' });
    await app.poll();
    const first = await ask('query ($s: String!) { agent(slug: $s) { name author { username } } }', { s: agent.slug });
    const second = await ask(
      'query ($slug: String!) { agent(slug: $slug) { ...A } } fragment A on Agent { name author { username } }',
      { slug: agent.slug },
      { token: ann },
    );
    expect(first).toMatchObject({ cache: 'MISS', data: { agent: { name: 'Scribe' } } });
    expect(first.statements).toBeGreaterThan(0);
    // Written with a fragment it is another document; asked twice, it costs nothing either.
    const third = await ask(
      'fragment X on Agent { name, author { username } } query ($a: String!) { agent(slug: $a) { ...X } }',
      { a: agent.slug },
    );
    expect(second.data).toEqual(first.data);
    expect(third).toMatchObject({ cache: 'HIT', statements: 0, data: first.data });
  });

  it('shows every mutation that was answered, in lists too', async () => {
    const list = '{ agents(first: 100, orderBy: NEWEST) { totalCount nodes { name tagline } } }';
    const before = await ask(list);
    const input = { name: 'Fresh Agent', tagline: 'New', category: 'research' };
    const created = await ask(
      'mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }',
      { input },
      { token: ann },
    );
    expect(created.cache).toBe('BYPASS');
    const after = await ask(list);
    expect(after.data.agents.totalCount).toBe(Number(before.data.agents.totalCount) + 1);
    const { id } = created.data.createAgent.agent;
    const updated = await ask(
      'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { id } } }',
      { input: { agentId: id, tagline: 'Newer' } },
      { token: ann },
    );
    expect(updated.errors).toEqual([]);
    const { data } = await ask(list);
    expect(data.agents.nodes[0]).toEqual({ name: 'Fresh Agent', tagline: 'Newer' });
  });

  it('shows writes past the API, and the explanation names their table, row and columns', async () => {
    const agent = await createAgent(app.prisma, { slug: 'watched' });
    await app.poll();
    const query = '{ agent(slug: "watched") { tagline } }';
    expect(await explain(query)).toMatchObject({ status: 'MISS', setBy: 'Query.agent', maxAge: 1800, stored: true });
    const hit = await explain(query);
    expect(hit).toMatchObject({ status: 'HIT', tier: 'memory', scope: 'PUBLIC' });
    expect(hit?.['tags']).toContain(`Agent:${agent.id}`);
    await app.prisma.agent.update({ where: { id: agent.id }, data: { tagline: 'changed' } });
    await app.poll();
    expect(await explain(query)).toMatchObject({
      status: 'MISS',
      reason: { kind: 'changed', table: 'Agent', row: String(agent.id), columns: ['tagline'] },
    });
    await app.prisma.agent.update({ where: { id: agent.id }, data: { imageUrl: 'https://example.com/a.png' } });
    await app.poll();
    expect(await explain(query)).toMatchObject({ status: 'HIT' });
  });

  it('has the lifetime that the operator gave it', async () => {
    expect(await explain('{ agentCategories { category } }')).toMatchObject({
      maxAge: 42,
      setBy: 'Query.agentCategories',
    });
  });

  it('with an error is not kept', async () => {
    const query = '{ collection(address: "0x1") { name } agents(first: 1) { totalCount } }';
    await ask(query);
    expect((await ask(query)).statements).toBeGreaterThan(0);
  });
});

describe('what is shown to one viewer', () => {
  it('is nobody else’s, by any name', async () => {
    const query = '{ me: viewer { login: username } }';
    for (let round = 0; round < 2; round += 1) {
      expect((await ask(query, {}, { token: ann })).data).toEqual({ me: { login: 'ann' } });
      expect((await ask(query, {}, { token: bob })).data).toEqual({ me: { login: 'bob' } });
      expect((await ask(query)).data).toEqual({ me: null });
    }
    expect(await ask(query, {}, { token: ann })).toMatchObject({ cache: 'HIT', statements: 0 });
  });

  it('is not found any more by an admin who was demoted', async () => {
    const query = 'query ($slug: String!) { workspace(slug: $slug) { name } }';
    const { slug } = await createWorkspace(app.prisma, { ann: 'OWNER' }, { name: 'Den' });
    await app.poll();
    const variables = { slug };
    for (const cache of ['MISS', 'HIT']) expect((await ask(query, variables, { token: root })).cache).toBe(cache);
    const demoted = await ask(query, variables, { token: await app.token('root', 'USER') });
    expect(demoted.errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('ends with the membership that it hangs on', async () => {
    const workspace = await createWorkspace(app.prisma, { ann: 'OWNER', bob: 'MEMBER' }, { name: 'Attic' });
    await app.poll();
    const id = idOf('Workspace', workspace);
    const query = 'query ($id: ID!) { node(id: $id) { ... on Workspace { name } } }';
    for (const cache of ['MISS', 'HIT'])
      expect(await ask(query, { id }, { token: bob })).toMatchObject({ cache, data: { node: { name: 'Attic' } } });
    expect((await ask(query, { id })).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const { id: userId } = await createUser(app.prisma, 'bob');
    await app.prisma.workspaceMember.deleteMany({ where: { workspaceId: workspace.id, userId } });
    await app.poll();
    expect((await ask(query, { id }, { token: bob })).errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('is not all that "node" shows: what is public there, all share', async () => {
    const id = idOf('Agent', await createAgent(app.prisma));
    await app.poll();
    const query = 'query ($id: ID!) { node(id: $id) { ... on Agent { name } } }';
    await ask(query, { id }, { token: ann });
    expect(await ask(query, { id }, { token: bob })).toMatchObject({ cache: 'HIT', statements: 0 });
  });

  it('is not kept from the request that made their row', async () => {
    const token = await app.token('newcomer');
    const query = '{ viewer { username } }';
    const caches = [];
    for (let round = 0; round < 3; round += 1) caches.push((await ask(query, {}, { token })).cache);
    expect(caches).toEqual(['BYPASS', 'MISS', 'HIT']);
  });
});

describe('the outside', () => {
  it('pages from elsewhere may read what the cache says', async () => {
    const { headers } = await app.execute('{ __typename }', {}, { headers: { origin: 'https://example.com' } });
    expect(headers.get('access-control-expose-headers')).toBe(
      'X-Request-Id, X-Cache, Age, Cache-Status, ETag, X-Operation-Cost, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
    );
  });
});

describe('another server', () => {
  const QUERY = '{ agents(first: 3, orderBy: NAME) { nodes { name } } viewer { username } }';
  let other: TestApp;
  const start = async (env: Record<string, string>) => (other = await startApp({ env }));
  afterEach(() => other.close());

  it('in production lets strangers and users order neither executions nor explanations; admins may', async () => {
    await start({ NODE_ENV: 'production', CACHE_ENGINE: 'larder' });
    const headers = { ...EXPLAIN, 'cache-control': 'no-cache' };
    const cacheOf = async (who: Who) => (await other.execute(QUERY, {}, { headers, ...who })).headers.get('x-cache');
    const user = { token: await other.token('ann') };
    await createUser(other.prisma, 'ann');
    await other.poll();
    for (const cache of ['MISS', 'HIT']) expect(await cacheOf({})).toBe(cache);
    for (const cache of ['MISS', 'HIT']) expect(await cacheOf(user)).toBe(cache);
    expect(await cacheOf({ token: await other.token('root', 'ADMIN') })).toBe('BYPASS');
  });

  it.each(['envelop', 'off'])(
    'with the engine "%s" gives the same answer, and says nothing of a cache',
    async (engine) => {
      await start({ CACHE_ENGINE: engine });
      const { data, headers } = await other.execute(QUERY);
      expect({ data, cache: headers.get('x-cache') }).toEqual({
        data: { agents: { nodes: [] }, viewer: null },
        cache: null,
      });
    },
  );
});
