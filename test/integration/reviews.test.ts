import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createUser, idOf, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

let app: TestApp;
let ann: string, bob: string;

beforeAll(async () => {
  app = await startApp();
  [ann, bob] = await Promise.all([app.token('ann'), app.token('bob')]);
});
afterAll(() => app.close());

const SELECT = 'agent { rating reviewCount } review { id rating comment agent { name } author { username } createdAt }';
const review = (agent: Agent, input: object, token?: string) =>
  mutate(app, 'reviewAgent', {
    input: { agentId: idOf('Agent', agent), rating: 5, ...input },
    select: SELECT,
    ...(token && { token }),
  });

describe('reviewAgent', () => {
  test('the rating is the mean of all reviews', async () => {
    const agent = await createAgent(app.prisma);
    await review(agent, { rating: 5 }, ann);
    const { data, errors } = await review(agent, { rating: 2, comment: ' Slow.\nBut right. ' }, bob);
    expect(errors).toEqual([]);
    expect(data.reviewAgent).toMatchObject({
      agent: { rating: 3.5, reviewCount: 2 },
      review: { rating: 2, comment: 'Slow.\nBut right.', agent: { name: agent.name }, author: { username: 'bob' } },
    });
  });

  test('a second review replaces the first, and moves to the top', async () => {
    const agent = await createAgent(app.prisma);
    const first = await review(agent, { rating: 1, comment: 'No' }, ann);
    await review(agent, { rating: 3 }, bob);
    const second = await review(agent, { rating: 4, comment: 'Yes' }, ann);
    expect(second.data.reviewAgent.agent).toEqual({ rating: 3.5, reviewCount: 2 });
    expect(second.data.reviewAgent.review).toMatchObject({ id: first.data.reviewAgent.review.id, comment: 'Yes' });
    const { data } = await app.execute(
      `query ($slug: String!) { agent(slug: $slug) { reviews { nodes { comment author { username } } } } }`,
      { slug: agent.slug },
    );
    expect(data.agent.reviews.nodes).toEqual([
      { comment: 'Yes', author: { username: 'ann' } },
      { comment: '', author: { username: 'bob' } },
    ]);
  });

  test('reviews of one author at the same time become one', async () => {
    const agent = await createAgent(app.prisma);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((rating) => review(agent, { rating }, ann)));
    expect(answers.map(refusalOf)).toEqual([null, null, null, null, null]);
    const [only, ...others] = await app.prisma.review.findMany({ where: { agentId: agent.id } });
    expect(others).toEqual([]);
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toMatchObject({
      reviewCount: 1,
      rating: only?.rating,
    });
  });

  test('authors may not review their own, and strangers nothing', async () => {
    const agent = await createAgent(app.prisma, { author: 'ann' });
    expect(refusalOf(await review(agent, {}, ann))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await review(agent, {}, await app.token('ann', 'ADMIN')))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await review(agent, {}))).toEqual(refused('UNAUTHENTICATED'));
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toEqual(agent);
  });

  test.each([
    ['no star', { rating: 0 }, 'rating'],
    ['six stars', { rating: 6 }, 'rating'],
    ['a long comment', { comment: 'x'.repeat(2_001) }, 'comment'],
    ['the id of something else', { agentId: missingIdOf('Review') }, 'agentId'],
  ])('%s is refused with its path, and nothing is written', async (_what, input, field) => {
    const agent = await createAgent(app.prisma);
    expect(refusalOf(await review(agent, input, ann))).toEqual(refused('BAD_USER_INPUT', ['input', field]));
    expect(await app.prisma.review.count({ where: { agentId: agent.id } })).toBe(0);
  });

  test('an agent that is gone is NOT_FOUND', async () => {
    const answer = await review(await createAgent(app.prisma), { agentId: missingIdOf('Agent') }, ann);
    expect(refusalOf(answer)).toEqual(refused('NOT_FOUND', ['input', 'agentId']));
  });
});

describe('reviews of an agent', () => {
  let agents: Agent[];
  beforeAll(async () => {
    agents = [await createAgent(app.prisma), await createAgent(app.prisma)];
    const createdAt = new Date('2026-01-01T00:00:00Z');
    for (const [index, agent] of agents.entries()) {
      for (let number = 1; number <= 5 - index; number += 1) {
        const { id: authorId } = await createUser(app.prisma, `reader-${number}`);
        // All at the same moment: only the keys tell them apart.
        await app.prisma.review.create({ data: { agentId: agent.id, authorId, rating: number, createdAt } });
      }
    }
  });

  const page = (agent: Agent, args: string) =>
    app.execute(
      `query ($id: ID!) { node(id: $id) { ... on Agent { reviews(${args}) {
        totalCount nodes { rating } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } } }`,
      { id: idOf('Agent', agent) },
    );

  test.each([
    ['first', 'after', 'endCursor', 'hasNextPage', [5, 4, 3, 2, 1]],
    ['last', 'before', 'startCursor', 'hasPreviousPage', [2, 1, 4, 3, 5]],
  ])('"%s" with "%s" meets each once, equal moments too', async (size, from, cursor, more, expected) => {
    const met: number[] = [];
    let place = '';
    for (let goOn = true; goOn;) {
      const { data, errors } = await page(agents[0]!, `${size}: 2 ${place}`);
      expect(errors).toEqual([]);
      const { nodes, pageInfo, totalCount } = data.node.reviews;
      expect(totalCount).toBe(5);
      met.push(...nodes.map(({ rating }: { rating: number }) => rating));
      place = `${from}: "${pageInfo[cursor]}"`;
      goOn = pageInfo[more];
    }
    expect(met).toEqual(expected);
  });

  test('each agent has its own, whoever shares the page', async () => {
    const { data } = await app.execute(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { reviews(first: 2) { totalCount nodes { rating } } } } }`,
      { ids: agents.map((agent) => idOf('Agent', agent)) },
    );
    expect(data.nodes).toEqual([
      { reviews: { totalCount: 5, nodes: [{ rating: 5 }, { rating: 4 }] } },
      { reviews: { totalCount: 4, nodes: [{ rating: 4 }, { rating: 3 }] } },
    ]);
  });

  test('a review is a node until its agent is deleted', async () => {
    const agent = await createAgent(app.prisma, { author: 'bob' });
    const { data } = await review(agent, {}, ann);
    const ask = () =>
      app.execute(`query ($id: ID!) { node(id: $id) { __typename id } }`, { id: data.reviewAgent.review.id });
    expect((await ask()).data.node).toEqual({ __typename: 'Review', id: data.reviewAgent.review.id });
    await mutate(app, 'deleteAgent', { input: { agentId: idOf('Agent', agent) }, select: '__typename', token: bob });
    expect((await ask()).data.node).toBeNull();
  });
});
