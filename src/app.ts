/** The composition root: builds everything from a config and opened connections. No I/O on import, none but the caller's. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import { startCacheEngine } from './cache-engine.js';
import type { SharedCount } from './admission/budgets.js';
import { createAdmission } from './admission/create-admission.js';
import { DirectVisits } from './admission/direct-visits.js';
import { OperationCosts } from './admission/operation-cost.js';
import { createRedisCount } from './admission/redis-count.js';
import { MAX_BODY_BYTES, sheddingOn, withShedding } from './admission/shed.js';
import { useAdmission } from './admission/use-admission.js';
import { systemClock } from './cache/clock.js';
import { Guards } from './cache/redis/guard.js';
import { type Upkeep, startUpkeep } from './cache-upkeep.js';
import type { Config } from './config.js';
import { createDashboard } from './dashboard.js';
import { ERROR_CODES, notSetUp } from './errors.js';
import { graphiqlOptions } from './graphiql/options.js';
import { renderPage } from './graphiql/page.js';
import { useAnswersForAll } from './graphql/answers-for-all.js';
import type { Context, RequestContext, Viewer } from './graphql/context.js';
import { useCompiledQueries } from './graphql/execution/use-compiled-queries.js';
import { CompiledQueries } from './graphql/execution/compiled-queries.js';
import { type ContextParts, createContextFactory, record } from './graphql/context-factory.js';
import { Identities } from './graphql/identities.js';
import { createKnownDocuments } from './graphql/known-documents.js';
import { PAGE } from './graphql/list.js';
import { mayReadMetrics } from './graphql/metrics-readers.js';
import { useDocumentLimits } from './graphql/document-limits.js';
import { useErrorCodes } from './graphql/error-codes.js';
import { useExplainedRefusals } from './graphql/explained-refusals.js';
import { requestNames, useRequestId } from './graphql/request-id.js';
import { useRequestParameters } from './graphql/request-parameters.js';
import { neverRejecting } from './graphql/never-rejecting.js';
import { useNoStore } from './graphql/no-store.js';
import { corsFor, useVaryByOrigin } from './graphql/other-sites.js';
import { createPersistedOperations } from './graphql/persisted-operations.js';
import { withAddress } from './graphql/request-target.js';
import { useSafeMethods, withSafeMethods } from './graphql/safe-methods.js';
import { isForApi, useServedPaths } from './graphql/served-paths.js';
import { useResolverContext } from './graphql/resolver-context.js';
import { useTimeLimit, withinTime } from './graphql/time-limit.js';
import { useTraces } from './graphql/use-traces.js';
import { readTrustedDocuments } from './graphql/trusted-documents.js';
import { buildMarketplaceSchema } from './marketplace/schema.js';
import { findOrCreateAccount } from './marketplace/users/account.js';
import { DASHBOARD_DOCUMENTS } from './monitoring/dashboard/documents.js';
import { startRefreshes } from './indexer/start.js';
import { useHealth } from './monitoring/health.js';
import { Metrics } from './monitoring/metrics/metrics.js';
import { metricsPage } from './monitoring/metrics/of-all-workers.js';
import { useMetrics } from './monitoring/metrics/use-metrics.js';
import { logOperations } from './monitoring/operation-log.js';
import { logTroubles } from './monitoring/trouble-log.js';
import { Statistics } from './monitoring/statistics/statistics.js';
import { createObserver } from './observer.js';
import { createOperators } from './operator.js';
import { createTokenVerifier } from './platform/auth.js';
import { Breakers } from './platform/breaker.js';
import type { Database } from './platform/database.js';
import { createGatheredRows } from './platform/gathered-rows.js';
import type { RedisConnection } from './platform/redis.js';
import { traceCommands } from './platform/redis-spans.js';
import { noStore } from './response-cache/http-caching.js';
import { mayBeHit } from './response-cache/front/plain-requests.js';
import { isReplay } from './response-cache/replays.js';
import { UNTRIED } from './sockets/connection.js';
import { Sockets } from './sockets/sockets.js';
import { endUnread } from './sockets/unread-answers.js';

export interface Connections {
  database: Database;
  redis: RedisConnection | null;
}

export async function createApp(config: Config, { database, redis }: Connections, logger: Logger) {
  let draining = false;
  const schema = buildMarketplaceSchema();
  const queries = new CompiledQueries(schema);
  const wallMs = () => Date.now();
  const nameRequest = requestNames(config.http.takesRequestIds);
  const identities = new Identities(createTokenVerifier(config.auth), wallMs);
  const breakers = new Breakers();
  let upkeep: Upkeep | null = null;
  const { observations, observer, watch } = createObserver(logger, (hit) => upkeep?.offer(hit));
  logOperations(observations, logger, { hits: config.monitoring.logHits, slowMs: config.monitoring.slowMs });
  logTroubles(observations, logger, systemClock);
  breakers.onChange((breaker) => observations.emit('breaker', breaker));
  const { traces } = config.monitoring;
  const tracing = traces && (await import('./platform/open-telemetry.js')).startTracing(traces, logger);
  if (tracing && redis) traceCommands(redis);
  const cache = await startCacheEngine(config, { database, redis, breakers }, logger, watch);
  const statistics = new Statistics(wallMs);
  statistics.listenTo(observations);
  const askDatabase = () => database.prisma.$queryRaw`SELECT 1`;
  const operatorFor = createOperators({
    control: cache.control,
    statistics,
    breakers,
    askDatabase,
    warm: () => upkeep?.warm() ?? Promise.reject(notSetUp('Nothing is cached here that could be warmed.')),
    monotonicMs: () => performance.now(),
    wallMs,
    logger,
  });
  const metrics = new Metrics({
    memory: cache.memory,
    flights: cache.flights,
    ledgerAgeMs: cache.ledgerAgeMs,
    breakers: () => breakers.states(),
    pool: database.pool,
    redis: redis && (() => redis.ping()),
    errorCodes: Object.keys(ERROR_CODES),
  });
  metrics.listenTo(observations);
  const { admission, stop: stopAdmission } = createAdmission({
    ...config.limits,
    shared: redis && countIn(redis, breakers.add('rate-limits', new Guards(systemClock))),
    monotonicMs: () => systemClock.monotonicMs(),
    onRefusal: (kind) => observations.emit('refused', { kind }),
  });
  const dashboard = createDashboard({
    config,
    control: cache.control,
    statistics,
    breakers,
    redis,
    pool: database.pool,
    ledgerAgeMs: cache.ledgerAgeMs,
    identities,
    wallMs,
  });
  const refreshes = startRefreshes(config.indexer, { database, publisher: cache.publisher, breakers, logger });
  const costs = new OperationCosts(schema, PAGE);
  const visits = new DirectVisits(admission, costs);
  const contextParts: ContextParts = {
    prisma: database.prisma,
    rows: { readRows: database.readRows, readKeyed: createGatheredRows(database.readRows) },
    transact: database.transact,
    identities,
    signInDomains: config.auth.signInDomains,
    account: findOrCreateAccount,
    workOf: (request) => front?.workOf(request) ?? null,
    wallMs,
    publisher: cache.publisher,
    operatorFor,
    source: refreshes,
  };
  const admitting = useAdmission({
    admission,
    costs,
    identify: (authorization) => identities.identify(authorization),
    isOurs: isReplay,
    paidFor: (request) => front?.paidFor(request) ?? null,
    onCost: (request, cost) => observer.noteCost(request, cost),
  });
  const persisted = createPersistedOperations({
    trusted: new Map([...DASHBOARD_DOCUMENTS, ...readTrustedDocuments(config.operations, schema)]),
    onlyTrusted: config.operations.onlyTrusted,
    isOurs: isReplay,
    nameOf: (authorization) => identities.recall(authorization)?.subject ?? null,
    addressOf: ({ req }) => admission.addressOf(req as IncomingMessage | undefined),
  });
  const documents = createKnownDocuments();
  const yoga = createYoga<object, RequestContext>({
    schema,
    context: createContextFactory(contextParts),
    // Where only known documents are answered it could show nothing.
    graphiql:
      config.http.graphiql &&
      !config.operations.onlyTrusted &&
      ((request, context) => isForApi(request, context) && graphiqlOptions),
    renderGraphiQL: renderPage,
    landingPage: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    // useErrorCodes masks, for all errors and not only for those of execution.
    maskedErrors: false,
    logging: false,
    // useHealth answers. Yoga's own check cannot be turned off, but no URL ends with a blank.
    healthCheckEndpoint: ' ',
    cors: corsFor(config.http.corsOrigins),
    parserAndValidationCache: documents.caches,
    plugins: [
      useRequestId(nameRequest),
      useVaryByOrigin(config.http.corsOrigins),
      useServedPaths(),
      observer.first,
      useExplainedRefusals(),
      useRequestParameters(),
      persisted.plugin,
      useDocumentLimits({ introspection: config.http.introspection }),
      documents.plugin,
      useSafeMethods(),
      useHealth({
        database: () => database.ledger.query('SELECT 1'),
        migrations: () => database.schemaState(),
        pool: database.pool && askDatabase,
        redis: redis && (() => redis.ping()),
        draining: () => draining,
      }),
      useMetrics({
        text: metricsPage(metrics.registry),
        contentType: metrics.registry.contentType,
        mayRead: mayReadMetrics(config, identities),
      }),
      useCompiledQueries(queries),
      useTimeLimit(),
      useResolverContext(),
      admitting.beforeCache,
      ...(cache.plugin ? [cache.plugin(admitting.payFound)] : []),
      admitting.afterCache,
      useErrorCodes(logger, (request) => observer.noteFault(request)),
      useNoStore(noStore(config.cdn)),
      ...(config.cdn ? [useAnswersForAll()] : []),
      observer.last,
      ...(tracing ? [useTraces({ tracing, isOurs: isReplay, takesParents: config.http.takesRequestIds })] : []),
    ],
  });
  const server = withShedding(
    neverRejecting(withAddress(withSafeMethods(yoga), nameRequest), logger),
    admission,
    nameRequest,
  );
  // Before the shedding: when there is too much to do, somebody wants to see why.
  const handle = neverRejecting(dashboard.wrap(server), logger);
  const front = cache.before?.({
    handle,
    recall: (authorization) => identities.recall(authorization),
    admit: (viewer, request) => admission.hit(viewer as Viewer | null, request),
    hasRoom: () => !admission.isFull,
    requestId: nameRequest,
    visit: (viewer, request, query) => visits.begin(viewer as Viewer | null, request, query),
    record: (viewer, work) => record(contextParts, viewer as Viewer | null, work),
    prepare(query) {
      const execute = queries.prepare(query);
      return execute && ((context) => withinTime(() => execute(context), context as Context));
    },
  });
  const sockets = new Sockets({
    isOurs: mayBeHit,
    answerOn(wire) {
      const refuse = sheddingOn(wire, admission, nameRequest);
      if (front) return front.answerOn(wire, refuse);
      return (request, _text, socket) => (refuse(request, socket) ? null : UNTRIED);
    },
    wallMs,
  });
  upkeep =
    cache.held &&
    (await startUpkeep({
      config,
      held: cache.held,
      client: database.ledger,
      fetch: async (request) => await yoga.fetch(request),
      poll: () => cache.poll(),
      documentOf: (hash) => persisted.find(hash),
      observations,
      logger,
    }));
  return {
    fetch: yoga.fetch,
    observations,
    upkeep,
    handle: front?.handle ?? ((request: IncomingMessage, response: ServerResponse) => void handle(request, response)),
    /** Lets a server whose requests come to `handle` answer or refuse most of them before it has parsed them, and ends connections of clients that read nothing. */
    attach(server: Server) {
      sockets.attach(server);
      endUnread(server);
    },
    /** Requests that are being answered, and that no server knows of. */
    get underway() {
      return sockets.underway;
    },
    /** From now on `/health/ready` tells the balancer to go elsewhere. */
    drain() {
      draining = true;
      sockets.close();
      dashboard.close();
    },
    /** Lets the other instances know that this one is gone. After its last answer, before the connections are closed. */
    async stop() {
      stopAdmission();
      dashboard.close();
      await upkeep?.stop();
      await refreshes?.stop();
      await cache.stop();
      await tracing?.stop();
    },
    /** Resolves when the cache has learnt of every write until now, which it does by itself soon enough. */
    poll: () => cache.poll(),
  };
}

/** One guard for all of Redis: a count that is late is of no use, and each instance can count alone. */
const countIn = (redis: RedisConnection, guards: Guards): SharedCount =>
  createRedisCount(redis, (command) => guards.of('').ask(command, () => redis.ping()));
