/* What is asked, and of whom. */
const FIELDS = 'slug name tagline category pricing installCount rating author { username displayName }';
const agents = (first) => `{ agents(first: ${first}) { nodes { ${FIELDS} } } }`;
const JSON_TYPE = { 'content-type': 'application/json' };

const post = (query, headers = {}) => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify({ query }),
});
const get = (query, headers = {}) => ({ method: 'GET', headers, query });

/** The names of servers whose answers are hits of a cache in memory. */
const EVERYONE = ['larder', 'larder-fleet', 'mercurius', 'apollo', 'yoga'];
const OURSELVES = ['larder', 'larder-fleet'];

export const SLICE = agents(50);

/**
 * `goal`: the least that the limit's CPU, divided by Larder's, is to be.
 * `withToken`: sends the bearer token of somebody. `tagged`: with the entity tag of the answer.
 */
/* Questions that nobody has asked before: each `n` makes another. */
const page = (n) => ({
  query: `query Page($after: String) { agents(first: 10, after: $after) { nodes { ${FIELDS} } } }`,
  variables: { after: `page ${n}` },
});
/* Ten of the agents, in an order that nobody has asked for before. */
const some = (n) => ({
  query: `query Some($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { ${FIELDS} } } }`,
  variables: { ids: Array.from({ length: 10 }, (_, place) => idOf(1 + (Math.floor(n * PRIMES[place]) % AGENTS))) },
});
const AGENTS = 100;
/* The first three count n in base 97, so that no order comes twice in 900,000. */
const PRIMES = [1, 1 / 97, 1 / 9_409, 7, 11, 13, 17, 19, 23, 29];
const idOf = (id) => Buffer.from(`Agent:${id}`).toString('base64');
const PEERS_OVER_POSTGRES = ['mercurius-postgres', 'apollo-postgres', 'yoga-postgres'];

export const CASES = [
  { name: 'hit, 1 agent', request: post(agents(1)), servers: EVERYONE, goal: { larder: 0.85, 'larder-fleet': 0.8 } },
  { name: 'hit, 50 agents', request: post(agents(50)), servers: EVERYONE, goal: { larder: 0.85, 'larder-fleet': 0.8 } },
  { name: 'hit by GET, 1 agent', request: get(agents(1)), servers: ['larder'], goal: { larder: 0.85 } },
  {
    name: 'hit with a token, 1 agent',
    request: post(agents(1)),
    withToken: true,
    servers: OURSELVES,
    goal: { larder: 0.7 },
  },
  {
    name: 'hit of a viewer’s own',
    request: post('{ viewer { username displayName } }'),
    withToken: true,
    servers: OURSELVES,
    goal: { larder: 0.7 },
  },
  {
    name: 'hit, 50 agents, br',
    request: post(agents(50), { 'accept-encoding': 'br' }),
    servers: ['larder'],
    goal: { larder: 0.7 },
  },
  { name: '304, 50 agents', request: get(agents(50)), tagged: true, servers: ['larder'], goal: { larder: 0.85 } },
  {
    name: 'miss, 10 agents from memory',
    anew: page,
    servers: ['larder-slice', 'larder-untracked', 'mercurius', 'apollo', 'yoga'],
    mostOf: { peer: 'mercurius', ratio: 1 },
    goal: {},
  },
  {
    name: 'miss over PostgreSQL, 10 agents with authors',
    anew: some,
    servers: ['larder', ...PEERS_OVER_POSTGRES],
    mostOf: { peer: 'mercurius-postgres', ratio: 1 },
    goal: {},
  },
];
