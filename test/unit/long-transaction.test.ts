/** What an instance makes of a transaction that is open for hours. */
import { beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import { createInstanceByHand } from '../support/instance-by-hand.js';

const OPEN = 100;
const CHANGE: Change = { tag: 'Nft:1', columns: ['name'] };
/** More than is kept. */
const CHANGES = 200_001;

let by: ReturnType<typeof createInstanceByHand>;
beforeEach(() => {
  by = createInstanceByHand();
});

const during = (xmax: number) => ({ snapshot: { xmin: OPEN, xmax, running: [OPEN] } });
const after = (xmax: number) => ({ snapshot: { xmin: xmax, xmax, running: [] } });

test('it is named, once, when more has changed meanwhile than is kept, and nothing was stored for five seconds', async () => {
  const changes = (count: number) => Array<Change>(count).fill(CHANGE);
  const sizes: number[] = [];
  await by.beatAfter(0, { ...during(OPEN + 1), gap: OPEN });
  for (const [index, count] of [CHANGES - 1, 1, 0].entries()) {
    const xid = OPEN + 1 + index;
    await by.beatAfter(10_000, { ...during(xid + 1), events: [{ xid, changes: changes(count) }] });
    sizes.push(by.knowledge.size);
  }
  expect(sizes).toEqual([CHANGES - 1, 0, 0]);
  expect(by.toldOf('hindered')).toEqual([{ kind: 'hindered', openXid: OPEN }]);
  await by.beatAfter(10_000, during(OPEN + 4));
  expect(by.toldOf('hindered')).toHaveLength(1);
  // What it holds is judged as before.
  expect(by.instance.isLive).toBe(true);
});

test('it is named where an instance has come after it, and what has changed since was too much to go through', async () => {
  await by.beatAfter(0, { ...during(OPEN + 20_000), gap: OPEN + 20_000 });
  await by.beatAfter(4_999, during(OPEN + 20_001));
  expect(by.toldOf('hindered')).toEqual([]);
  await by.beatAfter(1, during(OPEN + 20_001));
  expect(by.toldOf('hindered')).toEqual([{ kind: 'hindered', openXid: OPEN }]);
});

test('those that are over in a moment are not named, however many', async () => {
  await by.beatAfter(0, { ...during(OPEN + 9), gap: OPEN + 9 });
  for (let xid = OPEN + 1; xid < OPEN + 9; xid += 1) {
    await by.beatAfter(4_000, { snapshot: { xmin: xid, xmax: OPEN + 9, running: [xid] } });
  }
  await by.beatAfter(4_000, after(OPEN + 9));
  expect(by.toldOf('hindered')).toEqual([]);
});

test('where it began before the triggers were changed, that something was missed is told at the beginning and at the end, and not with each beat', async () => {
  await by.beatAfter(0, { ...after(OPEN), gap: OPEN });
  await by.beatAfter(500, during(OPEN + 10));
  expect(by.toldOf('missed')).toHaveLength(1);
  for (let time = 0; time < 10; time += 1) await by.beatAfter(500, { ...during(OPEN + 20), gap: OPEN + 15 });
  expect(by.toldOf('missed')).toHaveLength(2);
  for (let time = 0; time < 10; time += 1) await by.beatAfter(500, after(OPEN + 20));
  expect(by.toldOf('missed')).toHaveLength(3);
  await by.beatAfter(500, { ...after(OPEN + 40), gap: OPEN + 40 });
  expect(by.toldOf('missed')).toHaveLength(4);
});
