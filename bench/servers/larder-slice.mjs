/* Larder's cache, front and compiled queries over the slice: all but the marketplace and its database. What is read is noted as it is there. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { Cache } from '../../src/cache/cache.ts';
import { systemClock as clock } from '../../src/cache/clock.ts';
import { Knowledge } from '../../src/cache/knowledge.ts';
import { Seal } from '../../src/cache/seal.ts';
import { CompiledQueries } from '../../src/graphql/execution/compiled-queries.ts';
import { useCompiledQueries } from '../../src/graphql/execution/use-compiled-queries.ts';
import { Recording } from '../../src/graphql/recording.ts';
import { requestNames } from '../../src/graphql/request-id.ts';
import { useResolverContext } from '../../src/graphql/resolver-context.ts';
import { Answers } from '../../src/response-cache/answers.ts';
import { createTagger } from '../../src/response-cache/front/entity-tag.ts';
import { Front } from '../../src/response-cache/front/front.ts';
import { Handover } from '../../src/response-cache/front/handover.ts';
import { KnownRequests } from '../../src/response-cache/front/known-requests.ts';
import { Sendables } from '../../src/response-cache/front/sendable.ts';
import { Shortcut } from '../../src/response-cache/front/shortcut.ts';
import { mayBeHit } from '../../src/response-cache/front/plain-requests.ts';
import { useResponseCache } from '../../src/response-cache/use-response-cache.ts';
import { Sockets } from '../../src/sockets/sockets.ts';
import { modelNamed } from '../../src/tracking/models.ts';
import { observeRows } from '../../src/tracking/observed-rows.ts';
import { readingOfRows } from '../../src/tracking/reading.ts';
import { MAX_AGE, agents, typeDefs } from '../slice.mjs';
import { tellAddress } from './tell-address.mjs';

const MEBIBYTE = 1024 * 1024;
const [agentModel, userModel] = [modelNamed('Agent'), modelNamed('User')];
/** `TRACKING=off` shows what tracking costs. */
const isTracked = process.env['TRACKING'] !== 'off';
const rows = agents.map((agent, index) => ({
  ...agent,
  id: index + 1,
  author: { ...agent.author, id: index + 1 },
}));

const schema = createSchema({
  typeDefs: [
    'directive @cacheControl(maxAge: Int) on FIELD_DEFINITION',
    typeDefs.replace(/(agents\(.*AgentConnection!)/, `$1 @cacheControl(maxAge: ${MAX_AGE})`),
  ],
  resolvers: {
    Query: {
      agents(_root, { first }, { recording }) {
        const found = rows.slice(0, first);
        if (!recording || !isTracked) return { nodes: found };
        for (const { tag, columns } of readingOfRows(agentModel, {}, ['trendScore']))
          recording.reads.depend(tag, columns);
        return { nodes: observeRows(recording.reads, agentModel, found) };
      },
    },
    Agent: {
      author({ author }, _args, { recording }) {
        return recording && isTracked ? observeRows(recording.reads, userModel, [author])[0] : author;
      },
    },
  },
});

const knowledge = new Knowledge();
knowledge.begin('epoch');
knowledge.missedBelow(0);
const position = { epoch: 'epoch', snapshot: { xmin: 100, xmax: 100, running: [] } };
const instance = {
  isLive: true,
  lapsedForMs: 0,
  poll: () => Promise.resolve(),
  position: () => Promise.resolve(position),
};
const secret = new Uint8Array(32);
const cache = new Cache({
  knowledge,
  instance,
  clock,
  seal: new Seal(secret),
  remote: null,
  maxBytes: 40 * MEBIBYTE,
});
const wallMs = () => clock.wallMs();
const answers = new Answers({ cache, isAway: () => false, wallMs });
const known = new KnownRequests(6 * MEBIBYTE);
const handover = new Handover(known);
const caching = { tagOf: createTagger(secret), cdn: null };
const queries = new CompiledQueries(schema);
const record = () => {
  const recording = new Recording();
  return { context: { recording }, recording };
};

const yoga = createYoga({
  schema,
  logging: false,
  graphiql: false,
  context: () => ({ identity: null, open: () => ({ recording: null }), record }),
  plugins: [
    useCompiledQueries(queries),
    useResolverContext(),
    useResponseCache({
      answers,
      lifetimes: {},
      mayWish: () => false,
      caching,
      handover,
      pay: async () => null,
      told: () => void 0,
    }),
  ],
});

const front = new Front({
  peek: (key) => cache.peek(key),
  known,
  handover,
  shortcut: new Shortcut({
    answers,
    handover,
    visit: () => ({ cost: null, pay: () => Promise.resolve(true), headers: () => [], end: () => void 0 }),
    record,
    prepare: (query) => queries.prepare(query),
    newWork: () => null,
  }),
  sendables: new Sendables(18 * MEBIBYTE, caching),
  caching,
  recall: () => null,
  admit: () => true,
  requestId: requestNames(false),
  wallMs,
  monotonicMs: () => clock.monotonicMs(),
  onHit: () => void 0,
  onAnswer: () => void 0,
  onFault: (error) => console.error(error),
  handle: async (request, response) => {
    await yoga(request, response);
  },
});
const server = createServer(front.handle);
new Sockets({
  isOurs: mayBeHit,
  answerOn: (wire) => front.answerOn(wire, () => false),
  wallMs,
}).attach(server);
server.listen(0, '127.0.0.1', () => tellAddress(server));
