/** What an instance makes of a transaction that is open for hours. */
import { beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import { Instance, type Report } from '../../src/cache/instance.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { Beat, Ledger } from '../../src/cache/ledger.js';
import { Seal } from '../../src/cache/seal.js';
import { type HandClock, createHandClock } from '../support/hand-clock.js';

const OPEN = 100;
const CHANGE: Change = { tag: 'Nft:1', columns: ['name'] };
/** More than is kept. */
const CHANGES = 200_001;

let knowledge: Knowledge;
let told: Report[];
let clock: HandClock;
/** What the ledger says next. */
let next: Pick<Beat, 'snapshot'> & Partial<Beat>;
let instance: Instance;
beforeEach(() => {
  knowledge = new Knowledge();
  told = [];
  clock = createHandClock();
  const beat = async (): Promise<Beat> => ({
    ...{ epoch: 'epoch', isMember: true, epochAgeMs: 60_000, events: [], gap: null, floor: 0, fault: null },
    ...next,
  });
  instance = new Instance({
    ledger: { beat } as Partial<Ledger> as Ledger,
    knowledge,
    bus: null,
    clock,
    seal: new Seal(new Uint8Array(32)),
    isSole: true,
    consistency: 'strict',
    newMemberId: () => 'member',
    report: (report) => told.push(report),
  });
});

const during = (xmax: number): Pick<Beat, 'snapshot'> => ({ snapshot: { xmin: OPEN, xmax, running: [OPEN] } });
const after = (xmax: number): Pick<Beat, 'snapshot'> => ({ snapshot: { xmin: xmax, xmax, running: [] } });
const toldOf = (kind: Report['kind']) => told.filter((report) => report.kind === kind);
const beatAfter = async (ms: number) => {
  clock.advance(ms);
  await instance.poll();
};

test('it is named, once, when more has changed meanwhile than is kept, and nothing was stored for five seconds', async () => {
  const changes = (count: number) => Array<Change>(count).fill(CHANGE);
  const sizes: number[] = [];
  next = { ...during(OPEN + 1), gap: OPEN };
  await beatAfter(0);
  for (const [index, count] of [CHANGES - 1, 1, 0].entries()) {
    const xid = OPEN + 1 + index;
    next = { ...during(xid + 1), events: [{ xid, changes: changes(count) }] };
    await beatAfter(10_000);
    sizes.push(knowledge.size);
  }
  expect(sizes).toEqual([CHANGES - 1, 0, 0]);
  expect(toldOf('hindered')).toEqual([{ kind: 'hindered', openXid: OPEN }]);
  await beatAfter(10_000);
  expect(toldOf('hindered')).toHaveLength(1);
  // What it holds is judged as before.
  expect(instance.isLive).toBe(true);
});

test('it is named where an instance has come after it, and what has changed since was too much to go through', async () => {
  next = { ...during(OPEN + 20_000), gap: OPEN + 20_000 };
  await beatAfter(0);
  next = during(OPEN + 20_001);
  await beatAfter(4_999);
  expect(toldOf('hindered')).toEqual([]);
  await beatAfter(1);
  expect(toldOf('hindered')).toEqual([{ kind: 'hindered', openXid: OPEN }]);
});

test('those that are over in a moment are not named, however many', async () => {
  next = { ...during(OPEN + 9), gap: OPEN + 9 };
  await beatAfter(0);
  for (let xid = OPEN + 1; xid < OPEN + 9; xid += 1) {
    next = { snapshot: { xmin: xid, xmax: OPEN + 9, running: [xid] } };
    await beatAfter(4_000);
  }
  next = after(OPEN + 9);
  await beatAfter(4_000);
  expect(toldOf('hindered')).toEqual([]);
});

test('where it began before the triggers were changed, that something was missed is told at the beginning and at the end, and not with each beat', async () => {
  next = { ...after(OPEN), gap: OPEN };
  await beatAfter(0);
  next = during(OPEN + 10);
  await beatAfter(500);
  expect(toldOf('missed')).toHaveLength(1);
  next = { ...during(OPEN + 20), gap: OPEN + 15 };
  for (let time = 0; time < 10; time += 1) await beatAfter(500);
  expect(toldOf('missed')).toHaveLength(2);
  next = after(OPEN + 20);
  for (let time = 0; time < 10; time += 1) await beatAfter(500);
  expect(toldOf('missed')).toHaveLength(3);
  next = { ...after(OPEN + 40), gap: OPEN + 40 };
  await beatAfter(500);
  expect(toldOf('missed')).toHaveLength(4);
});
