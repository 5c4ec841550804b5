import { expect, test } from 'vitest';
import { Observations } from '../../../src/monitoring/observation.js';
import { alertsOf } from '../../../src/monitoring/dashboard/alerts.js';
import { Statistics } from '../../../src/monitoring/statistics/statistics.js';
import { missed, observed } from '../../support/observed.js';

const statistics = () => {
  const kept = new Statistics(() => Date.UTC(2026, 0, 1));
  const observations = new Observations();
  kept.listenTo(observations);
  return { kept, observations };
};

const idsOf = (kept: Statistics, more: Partial<Parameters<typeof alertsOf>[0]> = {}) => {
  const calm = { lease: null, ledgerAgeMs: null, breakers: [], members: [], eventLoopDelayMs: null };
  return alertsOf({ ...calm, ...kept.figures(), ...more }).map(({ id }) => id);
};

test('a wrong hit and a lapse alert until the figures are reset', () => {
  const { kept, observations } = statistics();
  observations.emit('check', { verdict: 'same' });
  expect(idsOf(kept)).toEqual([]);
  observations.emit('check', { verdict: 'mismatch' });
  observations.emit('instance', { kind: 'lapsed', forMs: 1 });
  expect(idsOf(kept)).toEqual(['mismatch', 'lapses']);
  kept.reset();
  expect(idsOf(kept)).toEqual([]);
});

test('a low hit rate and slow answers alert, once there are enough requests to say so', () => {
  const { kept, observations } = statistics();
  for (let index = 0; index < 49; index += 1) observations.emit('operation', missed({ durationMs: 300 }));
  expect(idsOf(kept)).toEqual([]);
  observations.emit('operation', observed());
  expect(idsOf(kept)).toEqual(['hit-rate', 'latency']);
});

test('a fault, a silent instance, an open breaker and a late ledger each alert', () => {
  const { kept } = statistics();
  const lease = { isLive: true, lapsedForMs: 0, fault: null };
  expect(idsOf(kept, { lease, ledgerAgeMs: 1_600 })).toEqual(['lag']);
  expect(idsOf(kept, { lease: { ...lease, isLive: false } })).toEqual(['lease']);
  expect(idsOf(kept, { lease: { ...lease, fault: 'a trigger is missing' } })).toEqual(['fault']);
  expect(idsOf(kept, { breakers: [{ name: 'redis', state: 'open' }] })).toEqual(['breaker-redis']);
  expect(idsOf(kept, { breakers: [{ name: 'token-hosts', state: 'open' }] })).toEqual([]);
  expect(idsOf(kept, { members: [{ id: 'a', isSilent: true }] })).toEqual(['silent-a']);
});

test('one request that was turned away for strain alerts, with advice, and counts among those that failed', () => {
  const { kept, observations } = statistics();
  observations.emit('refused', { kind: 'rate-limited' });
  expect(idsOf(kept)).toEqual([]);
  observations.emit('refused', { kind: 'shed' });
  expect(idsOf(kept)).toEqual(['shed']);
  expect(kept.figures().lastMinute).toMatchObject({ requests: 1, errors: 1, shed: 1 });
  for (let index = 0; index < 50; index += 1) observations.emit('refused', { kind: 'shed' });
  expect(idsOf(kept)).toEqual(['shed', 'errors']);
});
