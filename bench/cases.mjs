/* The requests that are measured by themselves, and who is sent them. */
import { EXAMPLES } from '../src/graphiql/examples.ts';
import { placesBefore } from './first-pages.mjs';

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

/** Ten agents, after some place of the list. */
export const page = (after) => ({
  query: `query Page($after: String) { agents(first: 10, after: $after) { nodes { ${FIELDS} } } }`,
  variables: { after },
});
/** Ten of the agents, in an order that nobody has asked for before: each `n` makes another. */
export const some = (n) => ({
  query: `query Some($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { ${FIELDS} } } }`,
  variables: { ids: Array.from({ length: 10 }, (_, place) => idOf(1 + (Math.floor(n * PRIMES[place]) % AGENTS))) },
});
const AGENTS = 100;
/** The first three count n in base 97, so that no order comes twice in 900,000. */
const PRIMES = [1, 1 / 97, 1 / 9_409, 7, 11, 13, 17, 19, 23, 29];
const idOf = (id) => Buffer.from(`Agent:${id}`).toString('base64');
const PEERS = ['mercurius', 'apollo', 'yoga'];
export const PEERS_OVER_POSTGRES = PEERS.map((peer) => `${peer}-postgres`);

/** An example of GraphiQL, whose root list begins before its first row: each time at another place, so that all caches have to execute it. */
function example(list, order) {
  const root = `\n  ${list}(`;
  const { query, variables } = EXAMPLES.find(({ query }) => query.includes(root));
  const paged = query.replace(/^(query \w+) \{/m, '$1($after: String) {').replace(root, `${root}after: $after, `);
  return async ({ url }) => {
    const nextPlace = await placesBefore(url, `${list}(orderBy: ${order})`);
    return () => ({ query: paged, variables: { ...variables, after: nextPlace() } });
  };
}

/** Over PostgreSQL, for us and for peers with our loaders. */
const examplesMissed = [
  ['collections', 'SIZE'],
  ['agents', 'RATING'],
  ['templates', 'POPULAR'],
].map(([list, order]) => ({
  name: `miss over PostgreSQL, the example of ${list}`,
  anewAt: example(list, order),
  servers: ['larder', ...PEERS_OVER_POSTGRES],
  atMost: { server: 'larder', ratio: 1, isLess: true, of: PEERS_OVER_POSTGRES },
  part: 0.06,
  // More would wait for a connection of the pool for longer than they are given.
  connections: 16,
}));

/**
 * `goal`: the least that the limit's CPU, divided by a server's, is to be.
 * `atMost`: what a server's CPU may be at most, divided by the least of those beside it; `isLess`: it must be less than that.
 * `withToken`: sends the bearer token of somebody. `tagged`: with the entity tag of the answer. `anew`: each request differs; `anewAt`: by what a
 * server says.
 * `part`: of the requests of a round, where each takes long; `connections`: not as many as the others.
 */
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
  {
    name: '304, 50 agents',
    request: get(agents(50)),
    tagged: true,
    servers: OURSELVES,
    goal: { larder: 0.85 },
  },
  {
    name: 'hit, monitored and limited',
    request: post(agents(1)),
    servers: ['larder-guarded', 'larder-untold'],
    atMost: { server: 'larder-guarded', ratio: 1.1, of: ['larder-untold'] },
  },
  {
    name: 'miss, 10 agents from memory',
    anew: (n) => page(`page ${n}`),
    servers: ['larder-slice', 'larder-untracked', ...PEERS],
    atMost: { server: 'larder-slice', ratio: 1, of: ['mercurius'] },
    part: 0.5,
  },
  {
    name: 'miss over PostgreSQL, 10 agents with authors',
    anew: some,
    servers: ['larder', ...PEERS_OVER_POSTGRES],
    atMost: { server: 'larder', ratio: 1, isLess: true, of: PEERS_OVER_POSTGRES },
    part: 0.25,
  },
  ...examplesMissed,
];
