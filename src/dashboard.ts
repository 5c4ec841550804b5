/** Puts `/stats` and `/dashboard` together. A part of the composition root. */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { CacheControl } from './cache-control.js';
import type { Config } from './config.js';
import type { Identities } from './graphql/identities.js';
import { askedAtOnce } from './monitoring/asked-at-once.js';
import { Fleet } from './monitoring/dashboard/fleet.js';
import { LiveStream } from './monitoring/dashboard/live-stream.js';
import { mayLook, withOperatorPages } from './monitoring/dashboard/operator-pages.js';
import { type RedisState, reportOf } from './monitoring/dashboard/report.js';
import type { Statistics } from './monitoring/statistics/statistics.js';
import type { Breakers } from './platform/breaker.js';
import type { PoolWatch } from './platform/pool-watch.js';
import type { RedisConnection } from './platform/redis.js';

interface DashboardParts {
  config: Config;
  control: CacheControl | null;
  statistics: Statistics;
  breakers: Breakers;
  redis: RedisConnection | null;
  pool: PoolWatch | null;
  /** Since the ledger was last heard of; null without one. */
  ledgerAgeMs: (() => number) | null;
  identities: Identities;
  wallMs: () => number;
}

const POINTS = { seconds: 300, tens: 360 };

export function createDashboard(parts: DashboardParts) {
  const { config, control, statistics, breakers, redis, pool, ledgerAgeMs, identities, wallMs } = parts;
  const self = () => control?.self() ?? null;
  const fleet = new Fleet({
    ask: async () => (await control?.members()) ?? [],
    self,
    monotonicMs: () => performance.now(),
  });
  const redisLook = redis && lookAfter(redis);
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  const report = () =>
    reportOf({
      statistics,
      fleet,
      self,
      identity: {
        version: VERSION,
        engine: config.cache.engine,
        consistency: config.cache.consistency,
        startedAt,
        // Whoever asks reaches any of them.
        worker: cluster.worker?.id ?? null,
        workers: config.workers,
      },
      cache: () => control?.facts() ?? null,
      ledgerAgeMs: () => finite(ledgerAgeMs?.()),
      pool: () => pool && { connections: pool.total, idle: pool.idle, waiting: pool.waiting },
      breakers: () => breakers.states(),
      redis: () => redisLook?.state() ?? null,
      eventLoopDelayMs: () => delayOf(loop),
      wallMs,
    });
  const startedAt = wallMs();
  const doors = {
    identify: (authorization: string | null) => identities.identify(authorization),
    trustsLoopback: !config.production,
  };
  const look = async () => {
    await Promise.all([fleet.look(), redisLook?.look()]);
  };
  const stream = new LiveStream({
    history: () =>
      JSON.stringify({
        seconds: statistics.points('second', POINTS.seconds),
        tens: statistics.points('ten-seconds', POINTS.tens),
      }),
    tick: () => JSON.stringify({ ...report(), point: statistics.points('second', 1)[0] }),
    look: () => void look(),
    mayListen: (request: IncomingMessage) => mayLook(request, doors),
  });
  return {
    wrap: (handle: Parameters<typeof withOperatorPages>[0]) =>
      withOperatorPages(handle, {
        ...doors,
        stream,
        async stats() {
          await look();
          return `${JSON.stringify(report(), null, 2)}\n`;
        },
      }),
    close() {
      stream.close();
      loop.disable();
    },
  };
}

const { version: VERSION } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Infinity and NaN have no place in JSON. */
const finite = (ms: number | undefined): number | null =>
  ms !== undefined && Number.isFinite(ms) ? Math.round(ms) : null;

/** Of the timer that measures, which comes so late where nothing delays it. */
const RESOLUTION_MS = 20;

/** In nanoseconds, and NaN before anything was measured. Begins anew with each look. */
function delayOf(loop: IntervalHistogram): number | null {
  const ns = loop.percentile(99);
  loop.reset();
  return Number.isFinite(ns) && ns > 0 ? Math.max(0, Math.round(ns / 1e4) / 100 - RESOLUTION_MS) : null;
}

/** Never waits for a server that hangs: what was seen last is told. */
function lookAfter(redis: RedisConnection): { look: () => Promise<void>; state: () => RedisState } {
  let pingMs: number | null = null;
  return {
    state: () => ({ state: redis.status, pingMs }),
    look: askedAtOnce(async () => {
      const from = performance.now();
      const answered = await redis.ping().then(
        () => true,
        () => false,
      );
      pingMs = answered ? Math.round((performance.now() - from) * 100) / 100 : null;
    }),
  };
}
