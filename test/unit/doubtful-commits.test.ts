/** A commit whose answer was lost: it may be seen at once, later, or never. */
import { expect, test } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import { EPOCH, createInstanceByHand } from '../support/instance-by-hand.js';

const XID = 10;
const changes: readonly Change[] = [{ tag: 'Agent:1', columns: ['name'] }];
const written = { kind: 'written', changes };
const before = { snapshot: { xmin: XID, xmax: XID + 1, running: [XID] } };
const after = { snapshot: { xmin: XID + 1, xmax: XID + 1, running: [] } };

test.each([
  ['is seen later counts as written, at once and when it is seen', [{ xid: XID, changes }], 2],
  ['never comes counts as written at once', [], 1],
])('one that %s', async (_what, events, times) => {
  const { instance, knowledge, toldOf, beatAfter } = createInstanceByHand();
  await beatAfter(0, { ...before, gap: 0 });
  await instance.announce({ xid: XID, epoch: EPOCH, changes }).doubt();
  expect(knowledge.size).toBe(1);
  await beatAfter(500, before);
  expect(toldOf('written')).toEqual([written]);
  for (let time = 0; time < 2; time += 1) await beatAfter(500, { ...after, events: time === 0 ? events : [] });
  expect(toldOf('written')).toEqual(Array(times).fill(written));
});
