/** What becomes of observations on the page that Prometheus reads, by value. */
import { readFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../src/errors.js';
import { Metrics } from '../../../src/monitoring/metrics/metrics.js';
import type { PoolSource } from '../../../src/monitoring/metrics/sources.js';
import { Observations } from '../../../src/monitoring/observation.js';

let observations: Observations;
let metrics: Metrics;
let breaker: 'closed' | 'open' | 'half-open';
let wait: (ms: number) => void;
let pings: (() => void)[];
beforeEach(() => {
  observations = new Observations();
  breaker = 'closed';
  pings = [];
  const pool: PoolSource = { total: 4, idle: 1, waiting: 2, onWait: (listener) => (wait = listener) };
  metrics = new Metrics({
    memory: () => ({ bytes: 12, entries: 3 }),
    flights: () => 5,
    ledgerAgeMs: () => 250,
    breakers: () => [{ name: 'indexer', state: breaker }],
    pool,
    redis: () => new Promise((_resolve, reject) => pings.push(() => reject(new Error('It is away.')))),
    errorCodes: Object.keys(ERROR_CODES),
  });
  metrics.listenTo(observations);
});

async function seriesOf(name: string): Promise<string[]> {
  const page = metrics.registry.metrics();
  await turn();
  for (const answer of pings.splice(0)) answer();
  const text = await page;
  return text.split('\n').filter((line) => line.startsWith(`larder_${name}`));
}

/** Of the expressions of alerts: what a rate or an increase is taken of, with each label that it demands and its values. */
function watchedIn(alerts: string) {
  return [...alerts.matchAll(/(?:rate|increase)\((\w+)\{([^}]*)\}/g)].flatMap(([, name, labels]) =>
    [...labels!.matchAll(/(\w+)=~?"([^"]*)"/g)].flatMap(([, label, values]) =>
      values!.split('|').map((value) => ({ name: name!, label: `${label}="${value}"` })),
    ),
  );
}

test('each series of which an alert takes an increase is there before anything has happened: born at 1, it would have none', async () => {
  const watched = watchedIn(await readFile(new URL('../../../ops/alerts.yml', import.meta.url), 'utf8'));
  expect(watched).toContainEqual({ name: 'larder_checks_total', label: 'verdict="mismatch"' });
  expect(watched.length).toBeGreaterThan(5);
  const fresh = await seriesOf('');
  const missing = watched.filter(
    ({ name, label }) =>
      !fresh.some((line) => line.startsWith(`${name}{`) && line.includes(label) && line.endsWith(' 0')),
  );
  expect(missing).toEqual([]);
});

test('a breaker has 1 for the state that it is in, and 0 for the others', async () => {
  const states = (closed: number, open: number, halfOpen: number) => [
    `larder_breaker_state{breaker="indexer",state="closed"} ${closed}`,
    `larder_breaker_state{breaker="indexer",state="open"} ${open}`,
    `larder_breaker_state{breaker="indexer",state="half-open"} ${halfOpen}`,
  ];
  expect(await seriesOf('breaker_state')).toEqual(states(1, 0, 0));
  breaker = 'open';
  expect(await seriesOf('breaker_state')).toEqual(states(0, 1, 0));
  breaker = 'half-open';
  expect(await seriesOf('breaker_state')).toEqual(states(0, 0, 1));
});

test('lapses, failed beats, epochs, members, faults and waits of this instance are counted', async () => {
  observations.emit('instance', { kind: 'lapsed', forMs: 10 });
  observations.emit('instance', { kind: 'lapsed', forMs: 10 });
  observations.emit('instance', { kind: 'beat-failed' });
  observations.emit('instance', { kind: 'epoch' });
  observations.emit('instance', { kind: 'members', count: 7 });
  observations.emit('instance', { kind: 'fault', fault: 'no triggers' });
  observations.emit('instance', { kind: 'settled', waitedMs: 20 });
  expect(await seriesOf('lease_lapses')).toEqual(['larder_lease_lapses_total 2']);
  expect(await seriesOf('failed_beats')).toEqual(['larder_failed_beats_total 1']);
  expect(await seriesOf('epochs')).toEqual(['larder_epochs_total 1']);
  expect(await seriesOf('members')).toEqual(['larder_members 7']);
  expect(await seriesOf('capture_fault')).toEqual(['larder_capture_fault 1']);
  expect(await seriesOf('mutation_wait_seconds_sum')).toEqual(['larder_mutation_wait_seconds_sum 0.02']);
  observations.emit('instance', { kind: 'fault', fault: null });
  expect(await seriesOf('capture_fault')).toEqual(['larder_capture_fault 0']);
});

test('who waited for a connection is counted by how long, beside what the pool has now', async () => {
  for (const ms of [0.05, 30, 2_000]) wait(ms);
  const waits = await seriesOf('pool_wait_seconds');
  expect(waits).toContain('larder_pool_wait_seconds_bucket{le="0.0001"} 1');
  expect(waits).toContain('larder_pool_wait_seconds_bucket{le="0.01"} 1');
  expect(waits).toContain('larder_pool_wait_seconds_bucket{le="0.05"} 2');
  expect(waits).toContain('larder_pool_wait_seconds_bucket{le="+Inf"} 3');
  expect(await seriesOf('pool_connections')).toEqual(['larder_pool_connections 4']);
  expect(await seriesOf('pool_idle')).toEqual(['larder_pool_idle 1']);
  expect(await seriesOf('pool_waiting')).toEqual(['larder_pool_waiting 2']);
});

test('a write has a lag where it was read late, and none where it was told before', async () => {
  observations.emit('change', { tags: ['Agent:1'], lagMs: 400 });
  observations.emit('change', { tags: ['Agent:2'] });
  expect(await seriesOf('changes_total')).toEqual(['larder_changes_total 2']);
  expect(await seriesOf('event_lag_seconds_count')).toEqual(['larder_event_lag_seconds_count 1']);
  expect(await seriesOf('event_lag_seconds_sum')).toEqual(['larder_event_lag_seconds_sum 0.4']);
});

test('refusals and checks are counted by what they were; the rest is asked for at each look', async () => {
  for (const kind of ['shed', 'rate-limited', 'shed'] as const) observations.emit('refused', { kind });
  for (const verdict of ['same', 'mismatch', 'unknown'] as const) observations.emit('check', { verdict });
  expect(await seriesOf('refused_total')).toEqual([
    'larder_refused_total{kind="rate-limited"} 1',
    'larder_refused_total{kind="shed"} 2',
  ]);
  expect(await seriesOf('checks_total')).toEqual(
    ['same', 'mismatch', 'unknown'].map((verdict) => `larder_checks_total{verdict="${verdict}"} 1`),
  );
  expect(await seriesOf('flights')).toEqual(['larder_flights 5']);
  expect(await seriesOf('ledger_age_seconds')).toEqual(['larder_ledger_age_seconds 0.25']);
  expect(await seriesOf('redis_up')).toEqual(['larder_redis_up 0']);
});

test('Redis is asked once for a page, which tells how long the answer took, the first page too', async () => {
  const page = metrics.registry.metrics();
  await turn();
  expect(pings).toHaveLength(1);
  pings[0]!();
  const [, seconds] = /^larder_redis_latency_seconds (.+)$/m.exec(await page)!;
  expect(Number(seconds)).toBeGreaterThan(0);
});
