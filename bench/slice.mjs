/* A slice of the marketplace that is served from memory: by peers, and by Larder's cache without its database. The data is what Larder has answered. */
import { readFileSync } from 'node:fs';
import { executed } from './servers/executions.mjs';

export const typeDefs = /* GraphQL */ `
  type Query {
    agents(first: Int!, after: String): AgentConnection!
  }
  type AgentConnection {
    nodes: [Agent!]!
  }
  type Agent {
    slug: String!
    name: String!
    tagline: String!
    category: String!
    pricing: String!
    installCount: Int!
    rating: Float
    author: User!
  }
  type User {
    username: String!
    displayName: String
  }
`;

export const agents = JSON.parse(readFileSync(process.env.SLICE_FILE, 'utf8'));

/* Every page is the first: `after` makes questions that nobody has asked before. */
export const resolvers = {
  Query: {
    agents(_root, { first }) {
      executed();
      return { nodes: agents.slice(0, first) };
    },
  },
};

/** Seconds. */
export const MAX_AGE = 300;
