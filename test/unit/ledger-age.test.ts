/** How long ago an instance has read the ledger, as alerts are told. */
import { expect, test } from 'vitest';
import { Instance, type Report } from '../../src/cache/instance.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { Beat, Ledger } from '../../src/cache/ledger.js';
import { Seal } from '../../src/cache/seal.js';
import { createHandClock } from '../support/hand-clock.js';

const BEAT: Beat = {
  epoch: 'epoch',
  snapshot: { xmin: 100, xmax: 100, running: [] },
  isMember: true,
  epochAgeMs: 60_000,
  events: [],
  gap: null,
  floor: 0,
  fault: null,
};

test('an instance that has never read the ledger grows older from its start, by a number that JSON has', async () => {
  const clock = createHandClock();
  const told: Report[] = [];
  let isAway = true;
  const beat = async () => (isAway ? Promise.reject(new Error('It is away.')) : BEAT);
  const instance = new Instance({
    ledger: { beat } as Partial<Ledger> as Ledger,
    knowledge: new Knowledge(),
    bus: null,
    clock,
    seal: new Seal(new Uint8Array(32)),
    isSole: true,
    consistency: 'strict',
    newMemberId: () => 'member',
    report: (report) => told.push(report),
  });
  await instance.poll();
  expect(told).toMatchObject([{ kind: 'beat-failed' }]);
  clock.advance(6_000);
  // How a worker tells the first process of its metrics.
  expect(JSON.parse(JSON.stringify(instance.sinceBeatMs))).toBe(6_000);
  isAway = false;
  await instance.poll();
  expect(instance.sinceBeatMs).toBe(0);
});
