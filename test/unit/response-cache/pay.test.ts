import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { createCachedServer } from '../../support/cached-server.js';

const typeDefs = 'type Query { time: String! @cacheControl(maxAge: 100) }';

test('what was found is not told to who cannot pay, and nothing is said of the cache', async () => {
  let isSpent = false;
  let executions = 0;
  const refusal = new GraphQLError('spent', { extensions: { http: { status: 429, headers: { 'retry-after': '7' } } } });
  const server = createCachedServer({
    typeDefs,
    resolvers: { Query: { time: () => String((executions += 1)) } },
    pay: async () => (isSpent ? refusal : null),
  });
  await server.ask('{ time }');
  isSpent = true;
  const { status, headers, json, cache, cacheStatus } = await server.ask('{ time }');
  expect([status, json()]).toEqual([429, { errors: [{ message: 'spent' }] }]);
  expect([headers.get('retry-after'), headers.get('etag'), cache, cacheStatus]).toEqual(['7', null, null, null]);
  isSpent = false;
  expect([(await server.ask('{ time }')).cache, executions]).toEqual(['HIT', 1]);
});
