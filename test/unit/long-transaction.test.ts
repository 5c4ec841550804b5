/** What an instance makes of a transaction that is open for hours. */
import { expect, test } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import { Instance, type Report } from '../../src/cache/instance.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { Beat, Ledger } from '../../src/cache/ledger.js';
import { Seal } from '../../src/cache/seal.js';
import { createHandClock } from '../support/hand-clock.js';

const OPEN = 100;
const CHANGE: Change = { tag: 'Nft:1', columns: ['name'] };
/** More than is kept. */
const CHANGES = 200_001;

test('it is named when more has changed meanwhile than is kept, each time', async () => {
  const knowledge = new Knowledge();
  const told: Report[] = [];
  let xmax = OPEN + 1;
  /** What one transaction has changed that has ended since the last beat. */
  let changes = 0;
  const beat = async (): Promise<Beat> => {
    const xid = xmax;
    xmax += 1;
    return {
      epoch: 'epoch',
      snapshot: { xmin: OPEN, xmax, running: [OPEN] },
      isMember: true,
      epochAgeMs: 60_000,
      events: [{ xid, changes: Array<Change>(changes).fill(CHANGE) }],
      gap: xid === OPEN + 1 ? OPEN : null,
      floor: 0,
      fault: null,
    };
  };
  const instance = new Instance({
    ledger: { beat } as Partial<Ledger> as Ledger,
    knowledge,
    bus: null,
    clock: createHandClock(),
    seal: new Seal(new Uint8Array(32)),
    isSole: true,
    consistency: 'strict',
    newMemberId: () => 'member',
    report: (report) => told.push(report),
  });
  const sizes: number[] = [];
  for (changes of [CHANGES - 1, 1, 0, CHANGES]) {
    await instance.poll();
    sizes.push(knowledge.size);
  }
  expect(sizes).toEqual([CHANGES - 1, 0, 0, 0]);
  expect(told.filter(({ kind }) => kind === 'forgot')).toEqual(Array(2).fill({ kind: 'forgot', openXid: OPEN }));
  // What it holds is judged as before.
  expect(instance.isLive).toBe(true);
});
