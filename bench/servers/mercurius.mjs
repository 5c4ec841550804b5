/* Mercurius on Fastify, with its compiler and its cache, which is in Redis where the environment names one. */
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import mercurius from 'mercurius';
import cache from 'mercurius-cache';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';
import { tellAddress } from './tell-address.mjs';

const { REDIS_URL } = process.env;
const storage = REDIS_URL && { type: 'redis', options: { client: new Redis(REDIS_URL) } };
const app = Fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
await app.register(cache, { ttl: MAX_AGE, policy: { Query: { agents: true } }, ...(storage && { storage }) });
await app.listen({ port: 0, host: '127.0.0.1' });
tellAddress(app.server);
