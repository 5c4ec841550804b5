/* The marketplace over PostgreSQL, with its schema and its loaders, as a peer serves it that has a cache in memory: PEER = apollo | mercurius | yoga. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { createContextFactory } from '../../src/graphql/context-factory.ts';
import { Identities } from '../../src/graphql/identities.ts';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.ts';
import { findOrCreateAccount } from '../../src/marketplace/users/account.ts';
import { createTokenVerifier } from '../../src/platform/auth.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { MIGRATIONS } from '../../src/platform/migrations.ts';
import { allowWrites } from '../../src/tracking/write.ts';
import { executed } from './executions.mjs';
import { tellAddress } from './tell-address.mjs';

/** Seconds. */
const MAX_AGE = 300;
/** Each cache has room for all that is asked: two of them keep a thousand answers unless told otherwise. */
const MOST = 100_000;

/** `KEEP_AUTHORS=on`: a cache that keeps fields has the authors, too. Where misses are measured that would be half of the answer. */
const { AUTH_SECRET = '', DATABASE_URL = '', BENCH_PACKAGE = '', PEER = '', KEEP_AUTHORS = 'off' } = process.env;
const peers = createRequire(BENCH_PACKAGE);
const load = async (name) => import(pathToFileURL(peers.resolve(name)).href);

const database = await openDatabase(
  { kind: 'server', url: DATABASE_URL, poolSize: 10, waitSeconds: 30 },
  { migrations: MIGRATIONS, logger: pino({ level: 'silent' }) },
);
const keys = { kind: 'secret', secret: AUTH_SECRET };
const createContext = createContextFactory({
  prisma: database.prisma,
  // Loaders ask for all keys of a request; what other requests want is Larder's to gather.
  rows: { readRows: database.readRows, readKeyed: null },
  transact: database.transact,
  identities: new Identities(createTokenVerifier({ keys, issuer: null, audience: null }), Date.now),
  signInDomains: [],
  publisher: null,
  account: findOrCreateAccount,
  workOf: () => null,
  wallMs: Date.now,
  operatorFor: () => {
    throw new Error('nobody operates');
  },
  source: null,
});

/** What the resolvers are given. */
async function open(authorization = null) {
  const context = await createContext({ request: { headers: new Map([['authorization', authorization]]) } });
  return context.open('query');
}

const schema = buildMarketplaceSchema();
wrap(schema.getQueryType(), () => executed());
// Peers open a context before they know what is asked, and some copy it.
wrap(schema.getMutationType(), (context) => allowWrites(context, { transact: database.transact, publisher: null }));

/** `before` is called with the context before any field of the type is resolved. */
function wrap(type, before) {
  for (const field of Object.values(type.getFields())) {
    const { resolve } = field;
    field.resolve = (root, args, context, info) => {
      before(context);
      return resolve(root, args, context, info);
    };
  }
}

const SERVE = {
  /** Nothing that is written ends an answer: the cache knows lifetimes alone. */
  async apollo() {
    const { ApolloServer } = await load('@apollo/server');
    const { ApolloServerPluginCacheControl } = await load('@apollo/server/plugin/cacheControl');
    const responseCache = await load('@apollo/server-plugin-response-cache');
    const { startStandaloneServer } = await load('@apollo/server/standalone');
    const plugin = responseCache.default?.default ?? responseCache.default;
    const server = new ApolloServer({
      schema,
      cache: 'bounded',
      csrfPrevention: false,
      plugins: [ApolloServerPluginCacheControl({ defaultMaxAge: MAX_AGE }), plugin()],
    });
    const context = ({ req }) => open(req.headers.authorization);
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' }, context });
    console.log(`answers at ${url.replace(/\/$/, '')}/graphql`);
  },
  /** Keeps what fields resolve to; what ends it is written by hand, as here for the mutation that the bench sends. */
  async mercurius() {
    const { default: Fastify } = await load('fastify');
    const { default: mercurius } = await load('mercurius');
    const { default: cache } = await load('mercurius-cache');
    const app = Fastify();
    await app.register(mercurius, { schema, context: ({ headers }) => open(headers.authorization), jit: 1 });
    await app.register(cache, {
      ttl: MAX_AGE,
      storage: { type: 'memory', options: { size: MOST, invalidation: true } },
      policy: {
        Query: {
          agent: { references: (_asked, _key, agent) => (agent ? [`agent:${agent.id}`] : []) },
          agents: { references: ({ arg }) => [`agents:${arg.filter?.category ?? ''}`] },
          collections: true,
          templates: true,
        },
        ...(KEEP_AUTHORS === 'on' && {
          Agent: { author: { key: ({ self, fields }) => `${self.authorId} ${fields}` } },
        }),
        Mutation: {
          installAgent: {
            ttl: 0,
            skip: () => true,
            // Where an agent stands in its lists changes with it.
            invalidate: (_self, _args, _context, _info, { agent }) => [
              `agent:${agent.id}`,
              `agents:${agent.category}`,
              'agents:',
            ],
          },
        },
      },
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    tellAddress(app.server);
  },
  /** Ends the answers that hold an object, by type and id, which a mutation returns. */
  async yoga() {
    const { createYoga } = await load('graphql-yoga');
    const { createInMemoryCache, useResponseCache } = await load('@graphql-yoga/plugin-response-cache');
    const cache = createInMemoryCache({ max: MOST });
    const plugins = [useResponseCache({ session: () => null, ttl: MAX_AGE * 1e3, cache })];
    const context = ({ request }) => open(request.headers.get('authorization') ?? undefined);
    const yoga = createYoga({ schema, context, logging: false, graphiql: false, plugins });
    const server = createServer(yoga);
    server.listen(0, '127.0.0.1', () => tellAddress(server));
  },
};

await SERVE[PEER]();
