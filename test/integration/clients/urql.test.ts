import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgents } from '../../support/agents.js';
import { type TestApp, startApp } from '../../support/app.js';
import { type Listening, listen } from '../../support/listen.js';

let app: TestApp;
let server: Listening;
let client: Client;

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'envelop' } });
  await createAgents(app.prisma, 5);
  server = await listen(app);
  const authorization = `Bearer ${await app.token('reader')}`;
  client = new Client({
    url: `${server.url}/graphql`,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization } },
    preferGetMethod: true,
  });
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Agents {
  agents: { nodes: { id: string; name: string; reviewCount: number }[]; pageInfo: { endCursor: string } };
}

const AGENTS = gql<Agents, { after?: string }>`
  query Agents($after: String) {
    agents(first: 2, after: $after, orderBy: NAME) {
      nodes {
        id
        name
        reviewCount
      }
      pageInfo {
        endCursor
      }
    }
  }
`;

const REVIEW = gql`
  mutation Review($input: ReviewAgentInput!) {
    reviewAgent(input: $input) {
      agent {
        id
        reviewCount
      }
    }
  }
`;

it('urql queries by GET, pages on, and fetches again what a mutation made stale', async () => {
  const first = await client.query(AGENTS, {}).toPromise();
  expect(first.error).toBeUndefined();
  expect(first.data?.agents.nodes.map(({ name }) => name)).toEqual(['Agent 01', 'Agent 02']);

  const after = first.data?.agents.pageInfo.endCursor ?? '';
  const second = await client.query(AGENTS, { after }).toPromise();
  expect(second.data?.agents.nodes.map(({ name }) => name)).toEqual(['Agent 03', 'Agent 04']);

  const refetched = new Promise<number | undefined>((resolve) => {
    client.query(AGENTS, {}).subscribe(({ data, stale }) => {
      const reviewCount = data?.agents.nodes[0]?.reviewCount;
      if (!stale && reviewCount !== 0) resolve(reviewCount);
    });
  });
  const input = { agentId: first.data?.agents.nodes[0]?.id, rating: 4, comment: 'Reads well' };
  const reviewed = await client.mutation(REVIEW, { input }).toPromise();
  expect(reviewed.error).toBeUndefined();
  expect(await refetched).toBe(1);
});
