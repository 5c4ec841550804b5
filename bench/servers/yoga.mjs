/* GraphQL Yoga with its response cache. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';
import { tellAddress } from './tell-address.mjs';

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  logging: false,
  graphiql: false,
  plugins: [useResponseCache({ session: () => null, ttl: MAX_AGE * 1_000 })],
});
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => tellAddress(server));
