import { ApolloClient, HttpLink, InMemoryCache, type TypedDocumentNode, gql } from '@apollo/client/core';
import { relayStylePagination } from '@apollo/client/utilities';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgents } from '../../support/agents.js';
import { type TestApp, startApp } from '../../support/app.js';
import { type Listening, listen } from '../../support/listen.js';

let app: TestApp;
let server: Listening;
let client: ApolloClient;

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'envelop' } });
  await createAgents(app.prisma, 5);
  server = await listen(app);
  client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { agents: relayStylePagination(['orderBy']) } } } }),
    link: new HttpLink({
      uri: `${server.url}/graphql`,
      headers: { authorization: `Bearer ${await app.token('reader')}` },
    }),
  });
});
afterAll(async () => {
  client.stop();
  await server.close();
  await app.close();
});

interface Agents {
  agents: {
    edges: { node: { id: string; name: string; reviewCount: number; rating: number } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

const AGENTS: TypedDocumentNode<Agents, { after?: string | undefined }> = gql`
  query Agents($after: String) {
    agents(first: 2, after: $after, orderBy: NAME) {
      edges {
        node {
          id
          name
          reviewCount
          rating
        }
      }
      pageInfo {
        hasNextPage
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
        rating
      }
    }
  }
`;

it('Apollo Client queries, pages on with its Relay policy, and sees a mutation in its cache', async () => {
  const agents = client.watchQuery({ query: AGENTS });
  const edges = () => agents.getCurrentResult().data?.agents?.edges ?? [];
  const names = () => edges().map((edge) => edge.node?.name);
  const firstNode = () => edges()[0]?.node;
  const subscription = agents.subscribe({});

  const { data: first } = await client.query({ query: AGENTS });
  expect(first?.agents.edges.map(({ node }) => node.name)).toEqual(['Agent 01', 'Agent 02']);

  await agents.fetchMore({ variables: { after: first?.agents.pageInfo.endCursor } });
  await expect.poll(names).toEqual(['Agent 01', 'Agent 02', 'Agent 03', 'Agent 04']);

  const agentId = first?.agents.edges[0]?.node.id;
  await client.mutate({ mutation: REVIEW, variables: { input: { agentId, rating: 4, comment: 'Reads well' } } });
  await expect.poll(firstNode).toMatchObject({ reviewCount: 1, rating: 4 });

  const { data: fresh } = await client.query({ query: AGENTS, fetchPolicy: 'network-only' });
  expect(fresh?.agents.edges[0]?.node).toMatchObject({ reviewCount: 1, rating: 4 });
  subscription.unsubscribe();
});
