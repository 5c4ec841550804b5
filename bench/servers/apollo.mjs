/* Apollo Server with its response cache. */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import { startStandaloneServer } from '@apollo/server/standalone';
import { MAX_AGE, resolvers, typeDefs } from '../slice.mjs';

const server = new ApolloServer({
  typeDefs,
  resolvers,
  cache: 'bounded',
  csrfPrevention: false,
  plugins: [
    ApolloServerPluginCacheControl({ defaultMaxAge: MAX_AGE }),
    responseCachePlugin.default?.() ?? responseCachePlugin(),
  ],
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
console.log(`answers at ${url.replace(/\/$/, '')}/graphql`);
