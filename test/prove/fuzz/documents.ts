/** Documents that are wrong: right ones whose words were left out, doubled, exchanged, or replaced by those of others. */
import type { Random } from '../../../src/data/seed/random.js';

const RIGHT = [
  '{ __typename }',
  'query ($x: String!) { search(text: $x) { __typename ... on Agent { name } } }',
  'query ($x: ID!) { node(id: $x) { id ... on Collection { name nfts(first: 2) { nodes { tokenId } } } } }',
  'query ($x: [ID!]!) { nodes(ids: $x) { id } }',
  '{ agents(first: 3, orderBy: RATING, filter: { category: "research", search: "a" }) { nodes { ...A } pageInfo { endCursor } } } fragment A on Agent { slug name author { username } }',
  '{ agents(after: "x") { totalCount } }',
  'query Q($first: Int = 2) { collections(first: $first) { nodes { name owners(first: 1) { nodes { quantity } } } } }',
  '{ trendingAgents { name } featuredAgents { name } agentCategories { category agentCount } }',
  'query ($x: String) { templates(filter: { search: $x }) { nodes { name steps { title agent { slug } } } } }',
  'query ($x: String!) { agent(slug: $x) @include(if: true) { reviews(first: 1) { nodes { rating } } } }',
  'mutation { createWalletNonce { nonce } }',
  'mutation ($x: UpdateAgentInput!) { updateAgent(input: $x) { agent { id } } }',
  '{ viewer { username workspaces { slug } } }',
  '{ __schema { types { name fields { name } } } }',
  'subscription { x }',
  'fragment F on Query { ...F } { ...F }',
];

const WORD = /"(?:[^"\\]|\\.)*"|\w+|\.\.\.|[^\s\w]/g;
const ODD = ['{', '}', '(', ')', '"', '"""', '#', '$', '@x', '...', '\\u0000', '-0', '1e400', 'null', 'on', '💥'];
const MAX_CHANGES = 4;
const NESTED = [5, 50, 3_000];

export function drawDocument(random: Random): string {
  if (random.chance(0.3)) return random.pick(RIGHT);
  const words = random.pick(RIGHT).match(WORD) ?? [];
  for (let left = random.int(1, MAX_CHANGES); left > 0; left -= 1) change(random, words);
  const text = words.join(' ');
  return random.chance(0.03) ? `${'{a'.repeat(random.pick(NESTED))}${text}` : text;
}

function change(random: Random, words: string[]): void {
  const at = random.int(0, words.length);
  const other = random.pick(RIGHT).match(WORD) ?? [];
  switch (random.int(0, 4)) {
    case 0:
      words.splice(at, random.int(1, 3));
      return;
    case 1:
      words.splice(at, 0, ...words.slice(at, at + random.int(1, 5)));
      return;
    case 2:
      words.splice(at, 0, random.pick(ODD));
      return;
    case 3:
      words.splice(at, 1, random.pick(other));
      return;
    default:
      words.splice(at, random.int(0, 3), ...other.slice(random.int(0, other.length)));
  }
}
