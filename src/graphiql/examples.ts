/**
 * What GraphiQL opens with: one tab for each part of the marketplace, which runs on the demo data as it stands
 * (test/integration/examples.test.ts runs them all).
 */
import { encodeGlobalID } from '@pothos/plugin-relay';

interface Example {
  query: string;
  variables?: Record<string, unknown>;
  /** Wants a token in the headers. */
  signedIn?: true;
}

const collections = `# Collections, their rarest tokens, and who holds them.
# Each level costs one SQL statement, whatever the pages.
query Collections {
  collections(first: 5, orderBy: SIZE) {
    totalCount
    nodes {
      name
      chain
      floorPrice
      nftCount
      ownerCount
      nfts(first: 3, orderBy: RARITY) {
        nodes {
          name
          rarityRank
          owner { address user { username } }
        }
      }
      traits { traitType values { value count } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const nfts = `# The tokens of a collection by trait, with their history.
query Tokens($traits: [TraitFilter!]) {
  search(text: "such drgn", types: [COLLECTION], first: 1) {
    ... on Collection {
      name
      nfts(first: 5, filter: { traits: $traits }, orderBy: RARITY) {
        totalCount
        nodes {
          tokenId
          name
          attributes { traitType value }
          ownerAt(time: "2026-06-01T00:00:00Z") { address }
          transfers(first: 3) { nodes { time from { address } to { address } quantity } }
        }
      }
      activity(first: 5) { nodes { time nft { name } to { address user { username } } } }
    }
  }
}
`;

const users = `# A person, their wallets, and what they collect.
query Person {
  user(username: "demo") {
    displayName
    fid
    avatarUrl
    wallets { address collections(first: 3) { nodes { tokenCount collection { name } } } }
    collections(first: 5) { totalCount nodes { tokenCount collection { name symbol } } }
  }
}
`;

const agents = `# What trends, what is featured, and what people say of it.
query Agents {
  trendingAgents(first: 3) { name tagline installCount }
  agents(first: 3, orderBy: RATING, filter: { pricing: FREE }) {
    totalCount
    nodes {
      name
      rating
      reviews(first: 2) { nodes { rating comment author { username } } }
      templates(first: 2) { nodes { name } }
    }
  }
  agentCategories { category name agentCount }
}
`;

const templates = `# Workflows to start from, and the agents that do the work.
query Templates {
  templates(first: 3, filter: { complexity: BEGINNER }) {
    nodes {
      name
      useCount
      steps { position title agent { name } }
      agents { name installCount }
    }
  }
}
`;

const search = `# Names may be misspelt.
query Search($text: String!) {
  search(text: $text, first: 8) {
    __typename
    ... on Collection { name nftCount }
    ... on Nft { name collection { name } }
    ... on Agent { name tagline }
    ... on Template { name complexity }
    ... on User { username displayName }
  }
}
`;

const workspaces = `# What only you see. Needs a token: npm run token -- --user demo
query Mine {
  viewer {
    username
    workspaces {
      id
      name
      members(first: 5) { nodes { role user { username } } }
      installations(first: 5) { nodes { createdAt agent { id name viewerHasInstalled } } }
    }
  }
}
`;

const install = `# Installs an agent. Needs a token: npm run token -- --user demo
# Again: no error, and counted once. The ids are those of "Mine".
mutation Install($input: InstallAgentInput!) {
  installAgent(input: $input) {
    agent { name installCount viewerHasInstalled }
    workspace { name installations(first: 3) { totalCount } }
    installation { createdAt installedBy { username } }
  }
}
`;

/** Of the first one that was made. */
const id = (type: string) => encodeGlobalID(type, 1);

export const EXAMPLES: readonly Example[] = [
  { query: collections },
  { query: nfts, variables: { traits: [] } },
  { query: users },
  { query: agents },
  { query: templates },
  { query: search, variables: { text: 'such drgn' } },
  { query: workspaces, signedIn: true },
  // The first workspace of the demo data is the demo user's.
  { query: install, variables: { input: { agentId: id('Agent'), workspaceId: id('Workspace') } }, signedIn: true },
];
