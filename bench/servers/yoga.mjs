/* GraphQL Yoga with its response cache, which is in Redis where the environment names one. */
import { createServer } from 'node:http';
import { createRedisCache } from '@envelop/response-cache-redis';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createSchema, createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';
import { tellAddress } from './tell-address.mjs';

const { REDIS_URL } = process.env;
const cache = REDIS_URL && createRedisCache({ redis: new Redis(REDIS_URL) });
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  logging: false,
  graphiql: false,
  plugins: [useResponseCache({ session: () => null, ttl: MAX_AGE * 1_000, ...(cache && { cache }) })],
});
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => tellAddress(server));
