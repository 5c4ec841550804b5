/* Mercurius on Fastify, with its compiler and its cache. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import cache from 'mercurius-cache';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';
import { tellAddress } from './tell-address.mjs';

const app = Fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
await app.register(cache, { ttl: MAX_AGE, policy: { Query: { agents: true } } });
await app.listen({ port: 0, host: '127.0.0.1' });
tellAddress(app.server);
