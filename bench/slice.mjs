/* A slice of the marketplace that peers serve: the same schema, with what Larder answered as their data, in memory. */
import { readFileSync } from 'node:fs';

export const typeDefs = /* GraphQL */ `
  type Query {
    agents(first: Int!): AgentConnection!
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

const agents = JSON.parse(readFileSync(process.env.SLICE_FILE, 'utf8'));

export const resolvers = {
  Query: { agents: (_root, { first }) => ({ nodes: agents.slice(0, first) }) },
};

/** Seconds. */
export const MAX_AGE = 300;
