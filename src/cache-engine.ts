/** Puts the response cache together, as CACHE_ENGINE wants it. */
import { randomUUID } from 'node:crypto';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { Logger } from 'pino';
import { type CacheControl, createCacheControl } from './cache-control.js';
import { Cache } from './cache/cache.js';
import { systemClock as clock } from './cache/clock.js';
import type { Entry } from './cache/entry.js';
import { Instance, type Report } from './cache/instance.js';
import { Knowledge } from './cache/knowledge.js';
import { createPostgresLedger } from './cache/postgres/ledger.js';
import { readSecret } from './cache/postgres/secret.js';
import { Guards } from './cache/redis/guard.js';
import type { Ledger } from './cache/ledger.js';
import { createRedisBus } from './cache/redis/redis-bus.js';
import { createRedisTier } from './cache/redis/redis-tier.js';
import { Seal } from './cache/seal.js';
import type { Cdn } from './cdn/cdn.js';
import { ALL_ANSWERS, CdnKeys } from './cdn/cdn-keys.js';
import { CdnMarks } from './cdn/cdn-marks.js';
import { openCdn } from './cdn/open-cdn.js';
import type { PurgeNote } from './cdn/purge-queue.js';
import { type Purging, isFailureOfCdn, startPurging } from './cdn/purging.js';
import type { Config } from './config.js';
import type { RequestContext } from './graphql/context.js';
import { rootCause } from './graphql/error-codes.js';
import type { Breakers } from './platform/breaker.js';
import { isDatabaseAway, isLasting } from './platform/database-errors.js';
import { DatabaseWork } from './platform/database-work.js';
import type { Database } from './platform/database.js';
import { brief } from './platform/logger.js';
import { OperatorError } from './platform/operator-error.js';
import { reasonOf, withPatience } from './platform/patience.js';
import type { RedisConnection } from './platform/redis.js';
import { beginSpan, spanned } from './platform/spans.js';
import { Answers } from './response-cache/answers.js';
import { createEnvelopEngine } from './response-cache/envelop/engine.js';
import { createTagger } from './response-cache/front/entity-tag.js';
import { Front, type FrontParts } from './response-cache/front/front.js';
import type { FrontHit } from './response-cache/front/hits.js';
import { Handover } from './response-cache/front/handover.js';
import { KnownRequests } from './response-cache/front/known-requests.js';
import type { FrontAnswer } from './response-cache/front/misses.js';
import { Sendables } from './response-cache/front/sendable.js';
import { Shortcut, type ShortcutParts } from './response-cache/front/shortcut.js';
import { type ResponseCacheOptions, useResponseCache } from './response-cache/use-response-cache.js';
import { allModels } from './tracking/models.js';
import { type Publisher, createPublisher } from './tracking/publisher.js';
import { captureTriggers } from './tracking/triggers.js';

export interface CacheEngine {
  /** Makes the plugin of the server; null: nothing is cached. */
  readonly plugin: ((pay: Pay) => Plugin<RequestContext>) | null;
  /** Puts what answers hits by itself before the server; null if nothing does. */
  readonly before: ((behind: Behind) => Pick<Front<DatabaseWork>, 'handle' | 'answerOn' | 'workOf' | 'paidFor'>) | null;
  /** To be told of all writes. */
  readonly publisher: Publisher | null;
  /** For operators; null if nothing can be said or done. */
  readonly control: CacheControl | null;
  /** What is known of requests, and whether what is stored is good still; null if nothing is stored here. */
  readonly held: { known: KnownRequests; isValid: (entry: Entry) => boolean } | null;
  /** What it holds in memory; null if nothing. */
  readonly memory: (() => { bytes: number; entries: number }) | null;
  /** Executions under way that others may share; null if none may be. */
  readonly flights: (() => number) | null;
  /** Since the ledger was last read, in milliseconds; null if none is. */
  readonly ledgerAgeMs: (() => number) | null;
  /** Learns of all writes that were committed before. */
  poll(): Promise<void>;
  /** Serves nothing from the cache any more, and lets the other instances know. */
  stop(): Promise<void>;
}

type Pay = ResponseCacheOptions<YogaInitialContext & RequestContext>['pay'];

/** The server behind the front. */
export type Behind = Pick<FrontParts<DatabaseWork>, 'handle' | 'recall' | 'admit' | 'requestId'> &
  Pick<ShortcutParts<DatabaseWork>, 'visit' | 'record' | 'prepare'> & {
    /** False while whatever is no hit is refused. */
    hasRoom: () => boolean;
  };

interface Connections {
  database: Database;
  redis: RedisConnection | null;
  /** Those of the cache are added to it. */
  breakers: Breakers;
}

/** Whoever wants to know what the cache does. */
export interface Watch {
  onHit: (hit: FrontHit) => void;
  onAnswer: (answer: FrontAnswer<DatabaseWork>) => void;
  told: ResponseCacheOptions<YogaInitialContext & RequestContext>['told'];
  instance: (report: Report) => void;
}

/** Of the memory that is given. */
const ENTRIES_SHARE = 0.6;
/** Texts of requests. */
const KNOWN_SHARE = 0.1;
/** What was sent lately, as it goes over the wire. */
const SENDABLES_SHARE = 0.3;

/**
 * Resolves when it works, or has tried to: an instance that cannot join caches nothing, and tries again.
 * @throws OperatorError if the key that all instances share cannot be read for as long as the database is waited for.
 */
export async function startCacheEngine(
  config: Config,
  connections: Connections,
  logger: Logger,
  watch: Watch,
): Promise<CacheEngine> {
  switch (config.cache.engine) {
    case 'larder':
      return await startLarder(config, connections, logger, watch);
    case 'envelop':
      return startEnvelop(config, connections);
    case 'off':
      return { plugin: null, publisher: null, before: null, control: null, ...IDLE };
  }
}

const IDLE = {
  held: null,
  memory: null,
  flights: null,
  ledgerAgeMs: null,
  poll: async () => undefined,
  stop: async () => undefined,
};

function startEnvelop({ cache }: Config, { redis }: Connections): CacheEngine {
  const { plugin, settle } = createEnvelopEngine<YogaInitialContext & RequestContext>(redis, cache.memoryBytes);
  return {
    plugin: () => plugin,
    publisher: { announce: async () => ({ settle, doubt: settle, withdraw: () => undefined }) },
    before: null,
    control: null,
    ...IDLE,
  };
}

async function startLarder(
  config: Config,
  { database, redis, breakers }: Connections,
  logger: Logger,
  watch: Watch,
): Promise<CacheEngine> {
  const { memoryBytes, consistency, lifetimes } = config.cache;
  const shareOf = (share: number) => Math.floor(memoryBytes * share);
  const knowledge = new Knowledge();
  const tell = tellOperator(logger);
  const secret = await secretOf(config.database, database.ledger, logger);
  const seal = new Seal(secret);
  const isSole = database.ledger.isEmbedded;
  const ledger = createPostgresLedger(database.ledger, { capture: captureTriggers(allModels) });
  const keys = new CdnKeys(secret);
  const cdn = config.cdn && openCdn(config.cdn);
  const purging = cdn && purgingOf(cdn, { keys, ledger, isSole, breakers, logger });
  const instance: Instance = new Instance({
    ledger,
    knowledge,
    bus: redis && createRedisBus({ connection: redis, clock }),
    clock,
    seal,
    isSole,
    consistency,
    newMemberId: randomUUID,
    report(report) {
      tell(report);
      watch.instance(report);
      purging?.take(report);
    },
  });
  const remote =
    redis && createRedisTier({ connection: redis, clock, guards: breakers.add('redis', new Guards(clock)) });
  const maxBytes = shareOf(ENTRIES_SHARE);
  const cache = new Cache({ knowledge, instance, clock, seal, remote, maxBytes });
  const known = new KnownRequests(shareOf(KNOWN_SHARE));
  const isLive = () => instance.isLive;
  const marks = cdn && new CdnMarks({ cdn, keys, maxAge: config.cdn!.maxAge, isLive });
  const caching = { tagOf: createTagger(secret, marks ? (entry) => marks.keysOf(entry) : undefined), cdn: marks };
  const sendables = new Sendables(shareOf(SENDABLES_SHARE), caching);
  const wallMs = () => clock.wallMs();
  const isAway = (error: unknown) => isDatabaseAway(rootCause(error));
  const answers = new Answers({ cache: withSpans(cache), isAway, wallMs });
  const handover = new Handover(known);
  const deafen = database.ledger.onNotification(() => void instance.poll());
  await instance.start();
  return {
    plugin: (pay) =>
      useResponseCache<YogaInitialContext & RequestContext>({
        answers,
        lifetimes,
        mayWish: (identity) => !config.production || identity?.role === 'ADMIN',
        caching,
        handover,
        pay,
        told: watch.told,
      }),
    before: (behind) =>
      new Front({
        ...behind,
        peek: (key) => cache.peek(key, behind.hasRoom),
        known,
        handover,
        // Traces are begun by the server.
        shortcut: config.monitoring.traces
          ? { take: () => null }
          : new Shortcut({ ...behind, answers, handover, newWork: () => new DatabaseWork() }),
        sendables,
        caching,
        wallMs,
        monotonicMs: () => clock.monotonicMs(),
        onHit: watch.onHit,
        onAnswer: watch.onAnswer,
        onFault: (error) => logger.error({ err: error }, 'a request could not be answered'),
      }),
    publisher: createPublisher(instance),
    held: { known, isValid: (entry) => cache.isGood(entry) },
    memory: () => ({ bytes: cache.memory.bytes + sendables.bytes, entries: cache.memory.count }),
    flights: () => cache.flights,
    ledgerAgeMs: () => instance.sinceBeatMs,
    control: createCacheControl({ cache, instance, knowledge, ledger, remote, maxBytes }),
    poll: () => instance.poll(),
    async stop() {
      deafen();
      // Before it leaves: others see to what is left after that.
      await purging?.stop();
      await instance.stop();
    },
  };
}

/** The first that is asked by the session of the ledger, which a server with very many connections may refuse for a moment. */
async function secretOf(place: Config['database'], client: Database['ledger'], logger: Logger): Promise<Uint8Array> {
  const waitSeconds = place.kind === 'server' ? place.waitSeconds : 0;
  const secret = await withPatience(() => readSecret(client), {
    waitSeconds,
    mayPass: (error) => !isLasting(error),
    onWait: (reason) => logger.warn(`waiting for the database to give the cache a session of its own (${reason})`),
  }).catch((error: unknown) => {
    throw new OperatorError(
      `The cache cannot read its key from the database (${reasonOf(error)}). It has a session of its own beside the pool of each process: check max_connections of PostgreSQL, and DATABASE_URL.`,
      { cause: error },
    );
  });
  if (secret) return secret;
  throw new OperatorError(
    'The table cache_secret is empty: put its row back from a backup, or insert one with "INSERT INTO cache_secret DEFAULT VALUES".',
  );
}

/** A fill is a part of the trace of whoever began it, as all is that it asks the database. */
const withSpans = (cache: Cache): Pick<Cache, 'respond'> => ({
  respond: (key, load, wants) =>
    cache.respond(
      key,
      () =>
        spanned(
          beginSpan('internal', () => ['fill', {}]),
          load,
        ),
      wants,
    ),
});

interface Purgers {
  keys: CdnKeys;
  ledger: Ledger;
  isSole: boolean;
  breakers: Breakers;
  logger: Logger;
}

const purgingOf = (cdn: Cdn, { keys, ledger, isSole, breakers, logger }: Purgers): Purging =>
  startPurging({
    cdn,
    keys,
    breaker: breakers.create('cdn', { isFailure: isFailureOfCdn }),
    clock,
    isSole,
    members: async () => (await ledger.members()).members.map(({ id }) => id),
    tell: tellOfPurges(logger),
  });

function tellOfPurges(logger: Logger): (note: PurgeNote) => void {
  return (note) => {
    switch (note.kind) {
      case 'failing':
        logger.warn(brief(note.error as Error), 'the CDN cannot be purged, and may show old answers until it can');
        return;
      case 'overflow':
        logger.warn('too much waits to be purged from the CDN: all answers are purged instead');
        return;
      case 'working':
        logger.info('the CDN is purged again');
        return;
      case 'left':
        logger.warn(
          { keys: note.keys },
          `the end comes before all is purged from the CDN, which may show old answers: purge the key "${ALL_ANSWERS}" by hand, or start an instance, which does`,
        );
    }
  };
}

/** A database that is away fails two beats a second: one line in this time says it. Milliseconds. */
const TELL_AGAIN_MS = 30_000;

function tellOperator(logger: Logger): (report: Report) => void {
  let toldAt = -Infinity;
  return (report) => {
    switch (report.kind) {
      case 'fault':
        if (report.fault === null) logger.info('writes are captured again, and responses cached');
        else logger.error(`Nothing is cached. ${report.fault}`);
        return;
      case 'expelled':
        logger.warn('another instance took this one for dead: it was not heard of for two seconds. It joins again');
        return;
      case 'beat-failed':
        if (clock.monotonicMs() - toldAt < TELL_AGAIN_MS) return;
        toldAt = clock.monotonicMs();
        logger.warn(
          brief(report.error as Error),
          'the ledger of writes cannot be read; nothing is served from the cache until it can',
        );
        return;
      case 'hindered':
        logger.warn(
          `transaction ${report.openXid} is open, and it is not known all that has changed since it began: until it ends, nothing new is cached. Look for it in pg_stat_activity (backend_xid) and pg_prepared_xacts`,
        );
        return;
      case 'learnt':
      case 'members':
        return;
      default:
        logger.debug(report, 'cache');
    }
  };
}
