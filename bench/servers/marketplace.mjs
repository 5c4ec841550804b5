/* The marketplace over PostgreSQL, with its schema and its loaders, as a peer serves it that has a cache in memory: PEER = apollo | mercurius | yoga. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { createContextFactory } from '../../src/graphql/context-factory.ts';
import { Identities } from '../../src/graphql/identities.ts';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { MIGRATIONS } from '../../src/platform/migrations.ts';
import { tellAddress } from './tell-address.mjs';

/** Seconds. */
const MAX_AGE = 300;

const { DATABASE_URL = '', BENCH_PACKAGE = '', PEER = '' } = process.env;
const peers = createRequire(BENCH_PACKAGE);
const load = async (name) => import(pathToFileURL(peers.resolve(name)).href);

const database = await openDatabase(
  { kind: 'server', url: DATABASE_URL, poolSize: 10, waitSeconds: 30 },
  { migrations: MIGRATIONS, logger: pino({ level: 'silent' }) },
);
const refuse = () => Promise.reject(new Error('nobody signs in'));
const createContext = createContextFactory({
  prisma: database.prisma,
  readRows: database.readRows,
  identities: new Identities(refuse, Date.now),
  signInDomains: [],
  publisher: null,
  account: refuse,
  wallMs: Date.now,
  operatorFor: () => {
    throw new Error('nobody operates');
  },
  source: null,
});
const stranger = { request: new Request('http://127.0.0.1/') };
const open = async () => (await createContext(stranger)).open('query');

const schema = buildMarketplaceSchema();

const SERVE = {
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
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' }, context: open });
    console.log(`answers at ${url.replace(/\/$/, '')}/graphql`);
  },
  async mercurius() {
    const { default: Fastify } = await load('fastify');
    const { default: mercurius } = await load('mercurius');
    const { default: cache } = await load('mercurius-cache');
    const app = Fastify();
    await app.register(mercurius, { schema, context: open, jit: 1 });
    await app.register(cache, { ttl: MAX_AGE, policy: { Query: { agents: true, agent: true } } });
    await app.listen({ port: 0, host: '127.0.0.1' });
    tellAddress(app.server);
  },
  async yoga() {
    const { createYoga } = await load('graphql-yoga');
    const { useResponseCache } = await load('@graphql-yoga/plugin-response-cache');
    const plugins = [useResponseCache({ session: () => null, ttl: MAX_AGE * 1e3 })];
    const yoga = createYoga({ schema, context: open, logging: false, graphiql: false, plugins });
    const server = createServer(yoga);
    server.listen(0, '127.0.0.1', () => tellAddress(server));
  },
};

await SERVE[PEER]();
