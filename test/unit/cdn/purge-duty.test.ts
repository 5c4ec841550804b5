import { beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../src/cache/dependency.js';
import { ALL_ANSWERS, CdnKeys } from '../../../src/cdn/cdn-keys.js';
import { LOOK_MS, PurgeDuty, WATCH_MS } from '../../../src/cdn/purge-duty.js';
import { type HandClock, createHandClock } from '../../support/hand-clock.js';

const keys = new CdnKeys(Buffer.alloc(32));
const CHANGES: readonly Change[] = [{ tag: 'Agent:1', columns: ['name'] }];
const KEYS = keys.ofChanges(CHANGES);

let clock: HandClock;
let members: () => Promise<readonly string[]>;
let purged: (readonly string[])[];

function dutyOf(member: string, isSole = false): PurgeDuty {
  const queue = { purge: (asked: readonly string[]) => void purged.push(asked) };
  const duty = new PurgeDuty({ queue, keys, members: () => members(), isSole, clock });
  if (!isSole) duty.take({ kind: 'joined', member });
  return duty;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    clock.advance(10);
    await settled();
  }
}

beforeEach(() => {
  clock = createHandClock();
  purged = [];
  members = async () => ['c', 'a', 'b'];
});

describe('a change', () => {
  it('of ours is purged when it is committed, and not when it is announced', async () => {
    const duty = dutyOf('b');
    duty.take({ kind: 'learnt', changes: CHANGES, writer: 'b' });
    await pass(WATCH_MS);
    expect(purged).toEqual([]);
    duty.take({ kind: 'written', changes: CHANGES });
    expect(purged).toEqual([KEYS]);
  });

  it('that another announced is left to it for as long as it lives', async () => {
    dutyOf('a').take({ kind: 'learnt', changes: CHANGES, writer: 'c' });
    await pass(2 * WATCH_MS);
    expect(purged).toEqual([]);
  });

  it('whose writer died is purged by the first of those who are left, and by no other', async () => {
    for (const member of ['a', 'b']) dutyOf(member).take({ kind: 'learnt', changes: CHANGES, writer: 'c' });
    await pass(4_000);
    members = async () => ['a', 'b'];
    await pass(2 * WATCH_MS);
    expect(purged).toEqual([KEYS]);
  });

  it('that came past the API is purged by the first member, and by no other', async () => {
    for (const member of ['a', 'b', 'c']) dutyOf(member).take({ kind: 'learnt', changes: CHANGES, writer: null });
    await pass(2 * WATCH_MS);
    expect(purged).toEqual([KEYS]);
  });

  it('is purged by the next if the first dies before it may have been', async () => {
    dutyOf('b').take({ kind: 'learnt', changes: CHANGES, writer: null });
    await pass(WATCH_MS - 2 * LOOK_MS);
    expect(purged).toEqual([]);
    members = async () => ['b', 'c'];
    await pass(LOOK_MS + 10);
    expect(purged).toEqual([KEYS]);
  });

  it.each([
    ['cannot be read', () => Promise.reject(new Error('away'))],
    ['take for ever', () => new Promise<never>(() => undefined)],
    ['are none', async () => []],
  ])('is purged by everyone when the members %s', async (_what, read) => {
    members = read;
    for (const member of ['a', 'b']) dutyOf(member).take({ kind: 'learnt', changes: CHANGES, writer: 'c' });
    await pass(3 * LOOK_MS);
    expect(purged).toEqual([KEYS, KEYS]);
  });

  it('is purged at once where there are no others', () => {
    dutyOf('', true).take({ kind: 'learnt', changes: CHANGES, writer: null });
    expect(purged).toEqual([KEYS]);
  });
});

it.each([
  [{ kind: 'epoch', epoch: 'new' }],
  [{ kind: 'expelled', member: 'b' }],
  [{ kind: 'missed' }],
  [{ kind: 'fault', fault: 'a trigger is missing' }],
  [{ kind: 'fault', fault: null }],
] as const)('everything is purged when something may have been missed: %o', (report) => {
  dutyOf('b').take(report);
  expect(purged).toEqual([[ALL_ANSWERS]]);
});

it('what is watched stays bounded, and loses nothing', async () => {
  const duty = dutyOf('b');
  for (let id = 0; id < 9_000; id += 1)
    duty.take({ kind: 'learnt', changes: [{ tag: `Agent:${id}`, columns: ['name'] }], writer: 'c' });
  members = async () => ['b'];
  await pass(2 * LOOK_MS);
  expect(purged.flat()).toContain(ALL_ANSWERS);
  expect(purged.flat().length).toBeLessThan(10_000);
});

it('an invalidation of everything purges everything', () => {
  dutyOf('', true).take({ kind: 'learnt', changes: [{ tag: '!', columns: ['*'] }], writer: null });
  expect(purged).toEqual([[ALL_ANSWERS]]);
});
