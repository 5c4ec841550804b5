/* Apollo Server with its response cache, which is in Redis where the environment names one. */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import { startStandaloneServer } from '@apollo/server/standalone';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';

const { REDIS_URL } = process.env;
const server = new ApolloServer({
  typeDefs,
  resolvers,
  cache: REDIS_URL ? new KeyvAdapter(new Keyv({ store: new KeyvRedis(REDIS_URL) })) : 'bounded',
  csrfPrevention: false,
  plugins: [
    ApolloServerPluginCacheControl({ defaultMaxAge: MAX_AGE }),
    responseCachePlugin.default?.() ?? responseCachePlugin(),
  ],
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
console.log(`answers at ${url.replace(/\/$/, '')}/graphql`);
