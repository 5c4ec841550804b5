import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../src/cache/body.js';
import type { Dependency } from '../../src/cache/dependency.js';
import type { Entry } from '../../src/cache/entry.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import { type Snapshot, parseSnapshot } from '../../src/cache/snapshot.js';

const entryOf = (dependencies: Dependency[], snapshot: Snapshot, epoch = 'e'): Entry => ({
  key: 'k',
  epoch,
  snapshot,
  dependencies,
  createdAt: 0,
  lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
  note: null,
  body: bodyOf('body'),
  bytes: 1,
});

function begun(): Knowledge {
  const knowledge = new Knowledge();
  knowledge.begin('e');
  knowledge.missedBelow(10);
  return knowledge;
}

const NAME = [{ tag: 'Agent:1', columns: ['name'] }];
const named = (xid: number, columns = ['name'], tag = 'Agent:1') => ({ xid, changes: [{ tag, columns }] });

describe('an entry', () => {
  it('is stale by a change that its snapshot does not show, and the change is named', () => {
    const knowledge = begun();
    knowledge.apply(named(20));
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('20:21:20')))).toEqual({
      kind: 'changed',
      xid: 20,
      change: { tag: 'Agent:1', columns: ['name'] },
    });
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('21:21:')))).toBeNull();
  });

  it('is stale by a transaction that began before others and ended after them', () => {
    const knowledge = begun();
    knowledge.apply(named(25));
    knowledge.apply(named(20));
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('20:26:20')))).toMatchObject({ xid: 20 });
  });

  it('does not mind columns that it has not looked at, and minds rows that come or go', () => {
    const knowledge = begun();
    knowledge.apply(named(20, ['tagline']));
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('20:20:')))).toBeNull();
    knowledge.apply(named(21, ['*']));
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('20:20:')))).toMatchObject({ xid: 21 });
  });

  it('that only looked at which rows there are does not mind what is in them', () => {
    const knowledge = begun();
    knowledge.apply(named(20, ['name'], 'Agent'));
    expect(knowledge.objectionTo(entryOf([{ tag: 'Agent', columns: ['*'] }], parseSnapshot('20:20:')))).toBeNull();
  });

  it.each(['Agent!', '!'])('minds a change of %s, whatever it looked at', (tag) => {
    const knowledge = begun();
    knowledge.apply(named(20, ['*'], tag));
    for (const own of ['Agent', 'Agent:1', 'Agent[category=research]'])
      expect(knowledge.objectionTo(entryOf([{ tag: own, columns: ['name'] }], parseSnapshot('20:20:')))).not.toBeNull();
    const other = entryOf([{ tag: 'Agents', columns: ['name'] }], parseSnapshot('20:20:'));
    expect(knowledge.objectionTo(other) === null).toBe(tag === 'Agent!');
  });

  it('of another epoch is never valid', () => {
    expect(begun().objectionTo(entryOf(NAME, parseSnapshot('20:20:'), 'other'))).toEqual({ kind: 'epoch' });
  });

  it('older than the horizon is not valid, for what was missed may concern it', () => {
    expect(begun().objectionTo(entryOf(NAME, parseSnapshot('9:20:9')))).toEqual({ kind: 'forgotten' });
  });
});

describe('an entry of memory', () => {
  it('is checked again against what has become known since, and only that', () => {
    const knowledge = begun();
    const checked = knowledge.hold(entryOf(NAME, parseSnapshot('20:20:')));
    knowledge.apply(named(20, ['tagline']));
    expect(knowledge.recheck(checked)).toBeNull();
    knowledge.apply(named(21));
    expect(knowledge.recheck(checked)).toMatchObject({ xid: 21 });
  });

  it('stays valid when changes are forgotten that it was checked against', () => {
    const knowledge = begun();
    const checked = knowledge.hold(entryOf(NAME, parseSnapshot('12:12:')));
    knowledge.apply(named(20, ['tagline']));
    expect(knowledge.recheck(checked)).toBeNull();
    knowledge.forgetBelow(30);
    expect(knowledge.size).toBe(0);
    expect(knowledge.recheck(checked)).toBeNull();
  });

  it('is not valid when changes were forgotten that it was not checked against', () => {
    const knowledge = begun();
    const checked = knowledge.hold(entryOf(NAME, parseSnapshot('12:12:')));
    knowledge.apply(named(20, ['tagline']));
    knowledge.forgetBelow(30);
    expect(knowledge.recheck(checked)).toEqual({ kind: 'forgotten' });
  });

  it('is not valid any more when events may have been missed, nor under a new epoch', () => {
    const knowledge = begun();
    const checked = knowledge.hold(entryOf(NAME, parseSnapshot('40:40:')));
    knowledge.missedBelow(30);
    expect(knowledge.recheck(checked)).toEqual({ kind: 'forgotten' });
    const again = knowledge.hold(entryOf(NAME, parseSnapshot('40:40:')));
    knowledge.begin('f');
    expect(knowledge.recheck(again)).toEqual({ kind: 'forgotten' });
  });
});

describe('a change', () => {
  it('that comes twice is news once', () => {
    const knowledge = begun();
    expect([knowledge.apply(named(20)), knowledge.apply(named(21)), knowledge.apply(named(20))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(knowledge.size).toBe(2);
  });

  it('with more columns than the bus told of is news again', () => {
    const knowledge = begun();
    knowledge.apply(named(20));
    expect(knowledge.apply(named(20, ['name', 'tagline']))).toBe(true);
  });

  it('that is known already survives the gap in which others were missed', () => {
    const knowledge = begun();
    knowledge.apply(named(50));
    knowledge.missedBelow(30);
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('40:40:')))).toMatchObject({ xid: 50 });
  });
});

describe('while a transaction is open for hours', () => {
  const OPEN = 20;
  const MAX_KNOWN = 200_000;
  const PER_BEAT = 500;
  const filledAt = (xmax: number) => entryOf(NAME, { xmin: OPEN, xmax, running: [OPEN] });

  /** Others commit one change each. */
  function write(knowledge: Knowledge, from: number, to: number) {
    for (let xid = from; xid < to; xid += 1) knowledge.apply(named(xid, ['name'], `Nft:${xid % 1_000}`));
  }

  it('no more is kept than there is room for, and what is executed is valid again when it has ended', () => {
    const knowledge = begun();
    const before = filledAt(21);
    expect(knowledge.objectionTo(before)).toBeNull();
    let [most, times] = [0, 0];
    for (let xid = 100; xid < 300_100; xid += PER_BEAT) {
      write(knowledge, xid, xid + PER_BEAT);
      most = Math.max(most, knowledge.size);
      const { size } = knowledge;
      knowledge.makeRoom(OPEN);
      if (knowledge.size < size) times += 1;
    }
    expect({ most, times }).toEqual({ most: MAX_KNOWN + PER_BEAT, times: 1 });
    for (const entry of [before, filledAt(300_100)])
      expect(knowledge.objectionTo(entry)).toEqual({ kind: 'forgotten' });
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('300100:300100:')))).toBeNull();
    knowledge.apply(named(300_100));
    expect(knowledge.objectionTo(entryOf(NAME, parseSnapshot('300100:300100:')))).toMatchObject({ xid: 300_100 });
  });

  it('an entry of memory that was checked against all that is forgotten is judged by what comes, others no more', () => {
    const knowledge = begun();
    const [asked, unasked] = [knowledge.hold(filledAt(21)), knowledge.hold(filledAt(21))];
    write(knowledge, 100, MAX_KNOWN + 101);
    expect(knowledge.recheck(asked)).toBeNull();
    knowledge.makeRoom(OPEN);
    expect([knowledge.size, knowledge.horizon]).toEqual([0, MAX_KNOWN + 101]);
    expect(knowledge.recheck(asked)).toBeNull();
    expect(knowledge.recheck(unasked)).toEqual({ kind: 'forgotten' });
    // It commits after all.
    knowledge.apply(named(OPEN));
    expect(knowledge.recheck(asked)).toMatchObject({ kind: 'changed', xid: OPEN });
  });

  it('the bus alone does not bring more than twice as much', () => {
    const knowledge = begun();
    write(knowledge, 100, 2 * MAX_KNOWN + 100);
    expect(knowledge.size).toBe(2 * MAX_KNOWN);
    write(knowledge, 2 * MAX_KNOWN + 100, 2 * MAX_KNOWN + 101);
    expect(knowledge.size).toBe(0);
    expect(knowledge.objectionTo(filledAt(21))).toEqual({ kind: 'forgotten' });
  });

  it('what lies below the horizon makes room first', () => {
    const knowledge = begun();
    write(knowledge, 100, MAX_KNOWN + 101);
    knowledge.missedBelow(MAX_KNOWN);
    knowledge.makeRoom(OPEN);
    expect([knowledge.size, knowledge.horizon]).toEqual([100, MAX_KNOWN + 1]);
  });
});
