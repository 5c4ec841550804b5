/** What is asked: the pages of a marketplace, those that many look at more often. */
import type { Asked } from './load.js';

const post = (query: string): Asked => ({ method: 'POST', path: '/graphql', body: JSON.stringify({ query }) });

const AGENT = 'slug name tagline category pricing installCount rating';

/** By how often they are asked in a round. */
const PAGES: readonly (readonly [times: number, query: string])[] = [
  [8, `{ trendingAgents { ${AGENT} } }`],
  [5, `{ featuredAgents { ${AGENT} author { username displayName } } }`],
  [4, '{ agentCategories { category agentCount } }'],
  [4, `{ agents(first: 20) { nodes { ${AGENT} author { username } } pageInfo { hasNextPage } } }`],
  [3, '{ collections(first: 12) { nodes { name imageUrl floorPrice nftCount ownerCount } } }'],
  [2, '{ templates(first: 20) { nodes { slug name complexity useCount author { username } } } }'],
  [1, `{ agents(first: 10, orderBy: RATING) { nodes { ${AGENT} reviewCount } } }`],
  [1, '{ collections(first: 4) { nodes { name nfts(first: 6) { nodes { tokenId name owner { address } } } } } }'],
];

export const MIX: readonly Asked[] = PAGES.flatMap(([times, query]) => Array<Asked>(times).fill(post(query)));
/** Each page once. */
export const ONCE: readonly Asked[] = PAGES.map(([, query]) => post(query));

/** So many operations that nobody has asked before, each of which costs one point. */
export const distinct = (number: number): Asked[] =>
  Array.from({ length: number }, (_, index) => post(`{ a${index}: agentCategories { category } }`));

export const LIVE: Asked = { method: 'GET', path: '/health/live' };
export const READY: Asked = { method: 'GET', path: '/health/ready' };
