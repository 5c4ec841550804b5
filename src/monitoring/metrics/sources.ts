/** What is asked when somebody scrapes. */
import { Gauge, type Registry } from 'prom-client';
import { answersInTime } from '../answer-in-time.js';
import { askedAtOnce } from '../asked-at-once.js';
import { QuickHistogram } from './quick-histogram.js';

export interface Sources {
  /** Null where nothing is cached in memory. */
  memory: (() => { bytes: number; entries: number }) | null;
  /** Executions under way that others may share; null where none may be. */
  flights: (() => number) | null;
  /** Milliseconds since the ledger was last heard of; null without one. */
  ledgerAgeMs: (() => number) | null;
  breakers: () => readonly { name: string; state: string }[];
  /** Null for an embedded database. */
  pool: PoolSource | null;
  /** Null without a Redis. */
  redis: (() => Promise<unknown>) | null;
}

export interface PoolSource {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  /** Calls `listener` each time somebody was given a connection. */
  onWait(listener: (ms: number) => void): void;
}

const STATES = ['closed', 'open', 'half-open'];
const REDIS_LIMIT_MS = 500;
/** Seconds. */
const POOL_WAITS = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export function addSources(registry: Registry, { memory, flights, ledgerAgeMs, breakers, pool, redis }: Sources): void {
  const registers = [registry];
  if (memory) {
    gauge('memory_bytes', 'Bytes of entries in memory', () => memory().bytes);
    gauge('memory_entries', 'Entries in memory', () => memory().entries);
  }
  if (flights) gauge('flights', 'Executions under way that others may share', flights);
  if (ledgerAgeMs) gauge('ledger_age_seconds', 'Since the ledger was last read', () => ledgerAgeMs() / 1_000);
  new Gauge({
    name: 'larder_breaker_state',
    help: '1 for the state that a breaker is in',
    labelNames: ['breaker', 'state'],
    registers,
    collect() {
      for (const { name, state } of breakers())
        for (const known of STATES) this.set({ breaker: name, state: known }, known === state ? 1 : 0);
    },
  });
  if (redis) addRedis(redis);
  if (pool) addPool(pool);

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `larder_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  function addRedis(ping: () => Promise<unknown>): void {
    // Both are collected at once.
    const asked = askedAtOnce(async () => {
      const startedAt = performance.now();
      const isUp = await answersInTime(ping, REDIS_LIMIT_MS);
      return { isUp: isUp ? 1 : 0, seconds: (performance.now() - startedAt) / 1_000 };
    });
    new Gauge({
      name: 'larder_redis_up',
      help: 'Whether Redis answers',
      registers,
      async collect() {
        this.set((await asked()).isUp);
      },
    });
    new Gauge({
      name: 'larder_redis_latency_seconds',
      help: 'Of a PING, just now',
      registers,
      async collect() {
        this.set((await asked()).seconds);
      },
    });
  }

  function addPool(source: PoolSource): void {
    gauge('pool_connections', 'Connections to the database', () => source.total);
    gauge('pool_idle', 'Connections that nobody uses', () => source.idle);
    gauge('pool_waiting', 'Requests that wait for a connection', () => source.waiting);
    const waits = new QuickHistogram(registry, {
      name: 'larder_pool_wait_seconds',
      help: 'How long statements waited for a connection',
      label: null,
      buckets: POOL_WAITS,
    });
    source.onWait((ms) => waits.observe(ms / 1_000));
  }
}
