/** An instance that has the database to itself, and a ledger that says what a test wants. */
import { Instance, type Report } from '../../src/cache/instance.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { Beat, Ledger } from '../../src/cache/ledger.js';
import { Seal } from '../../src/cache/seal.js';
import { createHandClock } from './hand-clock.js';

export const EPOCH = 'epoch';

export function createInstanceByHand() {
  const [knowledge, clock] = [new Knowledge(), createHandClock()];
  const told: Report[] = [];
  let next: Partial<Beat> = {};
  const beat = async (): Promise<Beat> => ({
    ...{ epoch: EPOCH, isMember: true, epochAgeMs: 60_000, events: [], gap: null, floor: 0, fault: null },
    snapshot: { xmin: 0, xmax: 0, running: [] },
    ...next,
  });
  const instance = new Instance({
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
  return {
    instance,
    knowledge,
    toldOf: (kind: Report['kind']) => told.filter((report) => report.kind === kind),
    /** @param says what the ledger says then. */
    async beatAfter(ms: number, says: Partial<Beat>) {
      next = says;
      clock.advance(ms);
      await instance.poll();
    },
  };
}
