import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';

const AGENTS = '{ agents(first: 5) { nodes { slug name author { username } } } }';
const CREATE = `mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id slug } } }`;

describe('the response cache in memory', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await startApp({ env: { CACHE_ENGINE: 'envelop' } });
    token = await app.token('ada');
    await app.prisma.category.create({ data: { slug: 'research', name: 'Research' } });
  });
  afterAll(() => app.close());

  const statements = async (document: string, options?: { token?: string }) =>
    (await app.countStatements(() => app.execute(document, {}, options))).statements.length;

  const publish = (name: string) =>
    app.execute(CREATE, { input: { name, tagline: 'Does it', category: 'research' } }, { token });

  it('answers a repeated query without any SQL', async () => {
    expect(await statements(AGENTS)).toBeGreaterThan(0);
    expect(await statements(AGENTS)).toBe(0);
  });

  it('shows a created agent in a list that was cached before', async () => {
    await app.execute(AGENTS);
    await publish('Fresh Agent');
    const { data } = await app.execute(AGENTS);
    expect(data.agents.nodes).toContainEqual({ slug: 'fresh-agent', name: 'Fresh Agent', author: { username: 'ada' } });
  });

  it('keeps nothing that no lifetime names', async () => {
    const document = '{ __typename }';
    await app.execute(document);
    const { data } = await app.execute(document);
    expect(data).toEqual({ __typename: 'Query' });
    expect(await statements('{ node(id: "QWdlbnQ6OTk5") { id } agentCategories { category } }')).toBeGreaterThan(0);
  });

  it('gives no viewer what another one was given, under an alias either', async () => {
    const document = '{ me: viewer { login: username } }';
    const ada = await app.execute(document, {}, { token });
    const bob = await app.execute(document, {}, { token: await app.token('bob') });
    const stranger = await app.execute(document);
    expect(ada.data).toEqual({ me: { login: 'ada' } });
    expect(bob.data).toEqual({ me: { login: 'bob' } });
    expect(stranger.data).toEqual({ me: null });
  });

  it('keeps no answer that holds an error', async () => {
    const document = '{ collection(address: "0x1") { name } agents(first: 1) { totalCount } }';
    await app.execute(document);
    expect(await statements(document)).toBeGreaterThan(0);
  });
});
