/** Everything that /stats and /dashboard tell of an instance, at this moment. */
import type { Statistics } from '../statistics/statistics.js';
import { type Alert, alertsOf } from './alerts.js';
import type { Fleet, FleetMember } from './fleet.js';

export interface CacheState {
  /** Whether what is known may be trusted now. */
  readonly isLive: boolean;
  /** How long it has not been; 0 while it is. Milliseconds; null where it never was. */
  readonly lapsedForMs: number | null;
  /** Why nothing is cached, if nothing is: what is wrong with the capture of writes. */
  readonly fault: string | null;
  readonly epoch: string | null;
  /** Changes that are remembered. */
  readonly knownChanges: number;
  readonly memory: { readonly bytes: number; readonly maxBytes: number; readonly entries: number };
}

export interface RedisState {
  readonly state: string;
  /** Of the last look; null if it did not answer. */
  readonly pingMs: number | null;
}

interface PoolState {
  readonly connections: number;
  readonly idle: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

interface ReportParts {
  statistics: Statistics;
  fleet: Fleet;
  identity: {
    readonly version: string;
    readonly engine: string;
    readonly consistency: string;
    readonly startedAt: number;
    /** Its number among the workers that share the port, one that replaces another has a new one; null where there is but one process. */
    readonly worker: number | null;
    readonly workers: number;
  };
  /** The name of this instance among others, if it has one. */
  self: () => string | null;
  cache: () => CacheState | null;
  /** Since the ledger of writes was last heard of; null where there is none. */
  ledgerAgeMs: () => number | null;
  /** Connections to a PostgreSQL server; null with the embedded one. */
  pool: () => PoolState | null;
  breakers: () => readonly { readonly name: string; readonly state: string }[];
  /** Null without a Redis. */
  redis: () => RedisState | null;
  /** The 99th percentile since the last look; null before the first. */
  eventLoopDelayMs: () => number | null;
  wallMs: () => number;
}

export function reportOf(parts: ReportParts) {
  const { since, lastMinute, lastFiveMinutes, lastHour, ...figures } = parts.statistics.figures();
  const cache = parts.cache();
  const breakers = parts.breakers();
  const members: readonly FleetMember[] = parts.fleet.members;
  const eventLoopDelayMs = parts.eventLoopDelayMs();
  const alerts: Alert[] = alertsOf({
    ...{ mismatches: figures.mismatches, lapses: figures.lapses },
    ...{ lastFiveMinutes, lease: cache, breakers, members, eventLoopDelayMs },
    ledgerAgeMs: parts.ledgerAgeMs(),
  });
  const { startedAt, ...identity } = parts.identity;
  const at = parts.wallMs();
  return {
    at,
    instance: {
      id: parts.self(),
      ...identity,
      node: process.version,
      pid: process.pid,
      uptimeSeconds: Math.floor((at - startedAt) / 1_000),
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs,
    },
    alerts,
    cache: cache && { ...cache, ledgerAgeMs: parts.ledgerAgeMs() },
    pool: parts.pool(),
    redis: parts.redis(),
    breakers,
    fleet: members,
    traffic: { since, lastMinute, lastFiveMinutes, lastHour },
    ...figures,
  };
}

export type Report = ReturnType<typeof reportOf>;
