/** What response caches are known to get wrong: each fault that was shown in others, absent here. With Redis: known-faults-redis.test.ts. */
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Answer, type TestApp, startApp } from '../support/app.js';
import { createAgent, createWorkspace, idOf, install } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';
import { createTestDatabase } from '../support/test-database.js';

let app: TestApp;
let databaseUrl: string;
let token: string;
beforeEach(async () => {
  const place = await createTestDatabase();
  databaseUrl = place.url;
  app = await startApp({ place, env: { CACHE_ENGINE: 'larder' } });
  token = await app.token('author', 'ADMIN');
  // The mutations' own account, so that none of them has to make it.
  await createAgent(app.prisma, { slug: 'one', tagline: 'old' });
  await app.poll();
});
afterEach(() => app.close());

const statusOf = ({ headers }: Answer) => headers.get('x-cache');

const AGENT = 'query ($slug: String!) { agent(slug: $slug) { tagline imageUrl } }';
const read = (slug = 'one', options: { token?: string; headers?: Record<string, string> } = {}) =>
  app.execute(AGENT, { slug }, options);

/** So that the next read is a hit. */
async function cached(slug = 'one'): Promise<void> {
  await read(slug);
  expect(statusOf(await read(slug))).toBe('HIT');
}

const agentId = async (slug = 'one') => idOf('Agent', await app.prisma.agent.findUniqueOrThrow({ where: { slug } }));

const update = async (change: object, select = 'agent { id }') =>
  mutate(app, 'updateAgent', { input: { agentId: await agentId(), ...change }, select, token });

describe('what is written is seen', () => {
  it('a slow read that a mutation overtakes is not what the next one gets', async () => {
    const document = '{ agent(slug: "one") { tagline reviews(first: 1) { nodes { comment } } } }';
    const input = { agentId: await agentId(), tagline: 'new' };
    const holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE "Review" IN ACCESS EXCLUSIVE MODE');
    const slow = app.execute(document);
    await expect.poll(() => waiters(holder)).toBe(1);
    await mutate(app, 'updateAgent', { input, select: 'agent { id }', token });
    await holder.query('COMMIT');
    await holder.end();

    // It began before the mutation, so it may say either.
    expect((await slow).data.agent.tagline).toBe('old');
    expect((await app.execute(document)).data.agent.tagline).toBe('new');
  });

  it('a mutation is not answered before it is seen, twenty times over', async () => {
    for (let version = 1; version <= 20; version += 1) {
      await cached();
      await update({ tagline: `version ${version}` });
      expect((await read()).data.agent.tagline).toBe(`version ${version}`);
    }
  });

  it('lists that were cached hold what is created, and no longer what is deleted', async () => {
    const list = '{ agents(first: 10, orderBy: NAME) { nodes { slug } totalCount } }';
    await app.execute(list);
    expect(statusOf(await app.execute(list))).toBe('HIT');
    const input = { name: 'Two', tagline: 'Does it', category: 'research' };
    const { data } = await mutate(app, 'createAgent', { input, select: 'agent { id }', token });
    expect((await app.execute(list)).data.agents.totalCount).toBe(2);

    // Its answer holds an id, and nothing that a cache could know the agent by.
    await mutate(app, 'deleteAgent', { input: { agentId: data.createAgent.agent.id }, select: '__typename', token });
    expect((await app.execute(list)).data.agents.totalCount).toBe(1);
  });

  it('a write past the API counts as well', async () => {
    await cached();
    await app.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'by hand'`;
    await app.poll();
    expect((await read()).data.agent.tagline).toBe('by hand');
  });

  it('a null in the answer of a mutation ends no entry that holds a null, too', async () => {
    await createAgent(app.prisma, { slug: 'two' });
    await app.poll();
    await cached('two');
    const { data } = await update({ tagline: 'new' }, 'agent { imageUrl }');
    expect(data.updateAgent.agent.imageUrl).toBeNull();
    expect(statusOf(await read('two'))).toBe('HIT');
  });

  it('an alias for what other caches know entities by hides nothing', async () => {
    const document = '{ agent(slug: "one") { typename: name id: tagline _id: slug } }';
    await app.execute(document);
    expect(statusOf(await app.execute(document))).toBe('HIT');
    await update({ tagline: 'new' });
    expect((await app.execute(document)).data.agent).toMatchObject({ id: 'new', _id: 'one' });
    // This is how entities were hidden from another cache. Here it is not even asked.
    const trick = '{ agent(slug: "one") { __responseCacheTypeName: tagline } }';
    expect(refusalOf(await app.execute(trick))).toMatchObject(refused('BAD_USER_INPUT'));
  });
});

describe('what is private stays so', () => {
  it('under an alias, in a fragment, and in the shadow of a public field', async () => {
    const agent = await app.prisma.agent.findUniqueOrThrow({ where: { slug: 'one' } });
    await install(app.prisma, agent, await createWorkspace(app.prisma, { ada: 'OWNER' }));
    await app.poll();
    const document =
      'query { public: agent(slug: "one") { featured: viewerHasInstalled ...F } } fragment F on Agent { slug: viewerHasInstalled }';
    const seenBy = async (user?: string) => {
      const options = user === undefined ? {} : { token: await app.token(user) };
      await app.execute(document, {}, options);
      return (await app.execute(document, {}, options)).data.public;
    };
    expect(await seenBy('ada')).toEqual({ featured: true, slug: true });
    expect(await seenBy('bob')).toEqual({ featured: false, slug: false });
    expect(await seenBy()).toEqual({ featured: false, slug: false });
    expect(await seenBy('ada')).toEqual({ featured: true, slug: true });
  });

  it('who asks is established before anything is looked up: a bad token gets no cached answer', async () => {
    await cached();
    const refused = await read('one', { token: `${token}x` });
    expect(refused.status).toBe(401);
    expect(refused.data ?? null).toBeNull();
    expect(statusOf(refused)).not.toBe('HIT');
  });

  it('a token that has expired gets no cached answer, not even its own', async () => {
    const mine = '{ viewer { username } }';
    const short = await app.token('author', 'USER');
    await app.execute(mine, {}, { token: short });
    expect(statusOf(await app.execute(mine, {}, { token: short }))).toBe('HIT');
    const [head, , signature] = short.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'author', role: 'USER', exp: 1 })).toString('base64url');
    const refused = await app.execute(mine, {}, { token: [head, claims, signature].join('.') });
    expect(refused.status).toBe(401);
    expect(refused.data ?? null).toBeNull();
  });
});

describe('no condition of the client stands in for an answer', () => {
  it.each(['*', '"anything"', 'W/"anything"', '{"a":', 'larder:entry:x'])('If-None-Match: %s', async (condition) => {
    await cached();
    const answer = await read('one', { headers: { 'if-none-match': condition } });
    expect(answer.status).toBe(200);
    expect(answer.data.agent.tagline).toBe('old');
  });

  it('nor one that an answer gave, for another question or for a mutation', async () => {
    await cached();
    const given = (await read()).headers.get('etag') ?? '"none was given"';
    const headers = { 'if-none-match': given };
    const other = await app.execute('{ agent(slug: "one") { name } }', {}, { headers });
    expect(other).toMatchObject({ status: 200, data: { agent: { name: expect.any(String) } } });
    const document = 'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { tagline } } }';
    const input = { agentId: await agentId(), tagline: 'new' };
    expect(await app.execute(document, { input }, { token, headers })).toMatchObject({
      status: 200,
      data: { updateAgent: { agent: { tagline: 'new' } } },
    });
  });
});

it('a thousand equal misses execute once', async () => {
  const statementsOf = async (run: () => Promise<unknown>) => (await app.countStatements(run)).statements.length;
  const once = await statementsOf(() => app.execute('{ agent(slug: "one") { name } }'));
  const answers = await app.countStatements(() =>
    Promise.all(Array.from({ length: 1_000 }, () => app.execute('{ agent(slug: "one") { tagline } }'))),
  );
  expect(new Set(answers.result.map(({ data }) => JSON.stringify(data))).size).toBe(1);
  expect(answers.statements).toHaveLength(once);
});

async function waiters(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND relation = \'"Review"\'::regclass',
  );
  return rows[0]!.count;
}

// The slow read waits for a lock, which takes a second session.
if (inject('database').kind !== 'postgres') throw new Error('These tests need the project "prove".');
