/** What every ledger promises, whatever keeps it: PostgreSQL, PGlite, the simulator's. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../src/cache/dependency.js';
import type { Beat, Ledger } from '../../src/cache/ledger.js';
import { isVisible } from '../../src/cache/snapshot.js';

/** A transaction that has written its changes and is under way. */
export interface OpenTransaction {
  readonly xid: number;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** A ledger, and hands on what it stands in. */
export interface LedgerStage {
  readonly ledger: Ledger;
  /** Commits a transaction for each, one after another. @returns their xids. */
  write(transactions: readonly (readonly Change[])[]): Promise<number[]>;
  begin(changes: readonly Change[]): Promise<OpenTransaction>;
  /** The database becomes another: it crashed, was restored, or was started anew. */
  loseEpoch(): Promise<void>;
  close(): Promise<void>;
}

const change = (tag: string): Change => ({ tag, columns: ['name'] });

const tagsOf = ({ events }: Beat): string[] => events.flatMap(({ changes }) => changes.map(({ tag }) => tag)).sort();

/** More than the largest first reading. */
const TOO_MANY = 10_001;

/** Long before any test is over. */
const KEEP_ALL_MS = 3_600_000;
const HORIZON = { interval: 20, timeout: 15_000 };

/** @param sessions With `one`, nothing can be under way while the ledger is asked. */
export function ledgerContract(
  name: string,
  makeStage: () => Promise<LedgerStage>,
  sessions: 'one' | 'many' = 'many',
): void {
  describe(`${name}: a ledger`, () => {
    let stage: LedgerStage;
    let ledger: Ledger;
    beforeEach(async () => {
      stage = await makeStage();
      ({ ledger } = stage);
    });
    afterEach(() => stage.close());

    const join = async (member: string): Promise<Beat> => {
      await ledger.join(member);
      await ledger.beat(member, null);
      await ledger.join(member);
      return ledger.beat(member, null);
    };

    describe('reading on', () => {
      test('gives a first beat all events from the floor on', async () => {
        const before = await join('a');
        const [xid] = await stage.write([[change('Agent:1')]]);
        const beat = await ledger.beat('a', null);
        expect(beat).toMatchObject({ isMember: true, gap: beat.floor, fault: null, epoch: before.epoch });
        expect(beat.events).toContainEqual(expect.objectContaining({ xid, changes: [change('Agent:1')] }));
        // A ledger that has a clock says how long ago that was, by that clock.
        for (const { ageMs = 0 } of beat.events) expect(ageMs).toBeGreaterThanOrEqual(0);
        expect(isVisible(xid!, beat.snapshot)).toBe(true);
      });

      test('gives each event once to who says how far it has read, with all its changes', async () => {
        const first = await join('a');
        const changes = [change('Agent:1'), { tag: 'Agent[slug="a b, ]"]', columns: ['*'] }, change('Agent')];
        const [xid] = await stage.write([changes]);
        const second = await ledger.beat('a', first);
        expect(second).toMatchObject({ gap: null, events: [{ xid, changes }] });
        expect(await ledger.beat('a', second)).toMatchObject({ gap: null, events: [] });
      });

      test('needs no member', async () => {
        const first = await ledger.beat(null, null);
        await stage.write([[change('Agent:1')], [change('Agent:2')]]);
        const second = await ledger.beat(null, first);
        expect(second).toMatchObject({ isMember: true, gap: null });
        expect(tagsOf(second)).toEqual(['Agent:1', 'Agent:2']);
      });

      test('leaves out what is too much to go through, and says from where on it is complete', async () => {
        const first = await join('a');
        const all = await stage.write(Array.from({ length: TOO_MANY }, (_, id) => [change(`Agent:${id}`)]));
        for (const known of [first, null]) {
          const beat = await ledger.beat('a', known);
          // A transaction of another database that is open since before leaves nothing to be given.
          expect([beat.snapshot.xmin, beat.snapshot.xmax]).toContain(beat.gap);
          expect(beat.events.map(({ xid }) => xid)).toEqual(all.filter((xid) => xid >= beat.gap!));
        }
      });
    });

    if (sessions === 'many')
      describe('a transaction that is under way', () => {
        test('is given when it has been committed, however many later ones were read before', async () => {
          const first = await join('a');
          const late = await stage.begin([change('Agent:1')]);
          await stage.write([[change('Agent:2')]]);
          const second = await ledger.beat('a', first);
          expect(tagsOf(second)).toEqual(['Agent:2']);
          expect(isVisible(late.xid, second.snapshot)).toBe(false);
          await late.commit();
          const third = await ledger.beat('a', second);
          expect(third.events).toMatchObject([{ xid: late.xid, changes: [change('Agent:1')] }]);
          expect(isVisible(late.xid, third.snapshot)).toBe(true);
        });

        test('leaves out all that was written since, if it is too much, and is given itself when it ends', async () => {
          const first = await join('a');
          const late = await stage.begin([change('Agent:1')]);
          await stage.write(Array.from({ length: TOO_MANY }, (_, id) => [change(`Agent:${id}`)]));
          const second = await ledger.beat('a', first);
          expect(second).toMatchObject({ gap: second.snapshot.xmax, events: [] });
          await late.commit();
          expect((await ledger.beat('a', second)).events).toMatchObject([
            { xid: late.xid, changes: [change('Agent:1')] },
          ]);
        });

        test('is never given when it was rolled back', async () => {
          const first = await join('a');
          const undone = await stage.begin([change('Agent:1')]);
          const second = await ledger.beat('a', first);
          await undone.rollBack();
          expect((await ledger.beat('a', second)).events).toEqual([]);
          expect((await ledger.beat('a', null)).events).toEqual([]);
        });

        test('is not pruned past', async () => {
          const late = await stage.begin([change('Agent:1')]);
          const first = await join('a');
          await stage.write([[change('Agent:2')]]);
          await ledger.prune(0);
          const second = await ledger.beat('a', first);
          expect(second.floor).toBeLessThanOrEqual(late.xid);
          expect(second).toMatchObject({ gap: null });
          await late.commit();
          expect(tagsOf(await ledger.beat('a', second))).toEqual(['Agent:1']);
        });
      });

    describe('a member', () => {
      test('is seen by all with its beats and how far it has read', async () => {
        const first = await join('a');
        await ledger.beat('a', first);
        const { epoch, members } = await ledger.members();
        expect(epoch).toBe(first.epoch);
        expect(members).toEqual([{ id: 'a', beat: expect.any(Number), position: first.snapshot }]);
        await ledger.beat('a', first);
        expect((await ledger.members()).members[0]!.beat).toBe(members[0]!.beat + 1);
      });

      test('that has not joined, has left or was expelled is told so', async () => {
        expect(await ledger.beat('stranger', null)).toMatchObject({ isMember: false });
        const known = await join('a');
        await ledger.leave('a');
        expect(await ledger.beat('a', known)).toMatchObject({ isMember: false });
        expect((await ledger.members()).members).toEqual([]);
      });

      test('is expelled only while its beat stands still', async () => {
        const known = await join('a');
        const [seen] = (await ledger.members()).members;
        await ledger.beat('a', known);
        await ledger.expel('a', seen!.beat);
        expect(await ledger.beat('a', known)).toMatchObject({ isMember: true });
        const [now] = (await ledger.members()).members;
        await ledger.expel('a', now!.beat);
        expect(await ledger.beat('a', known)).toMatchObject({ isMember: false });
      });
    });

    describe('pruning', () => {
      test('keeps what is younger than asked for', async () => {
        const first = await join('a');
        await stage.write([[change('Agent:1')]]);
        await ledger.prune(KEEP_ALL_MS);
        const beat = await ledger.beat('a', first);
        expect(beat).toMatchObject({ gap: null });
        expect(tagsOf(beat)).toEqual(['Agent:1']);
      });

      test('raises the floor above all that it deletes, and whoever has not read that far is told', async () => {
        const first = await join('a');
        const [xid] = await stage.write([[change('Agent:1')]]);
        // A server has one horizon for all its databases: transactions of other tests hold it back for as long as they last.
        const pruned = async () => {
          await ledger.prune(0);
          return (await ledger.beat(null, null)).floor;
        };
        await expect.poll(pruned, HORIZON).toBeGreaterThan(xid!);
        const beat = await ledger.beat('a', first);
        expect(beat).toMatchObject({ gap: beat.floor, events: [] });
        await ledger.prune(0);
        expect(await ledger.beat('a', beat)).toMatchObject({ gap: null });
      });
    });

    describe('a new epoch', () => {
      test('begins when the database has become another: members are gone, and positions count no more', async () => {
        const old = await join('a');
        await stage.write([[change('Agent:1')]]);
        await stage.loseEpoch();
        const told = await ledger.beat('a', old);
        expect(told).toMatchObject({ isMember: false });
        expect(told.epoch).not.toBe(old.epoch);
        await ledger.join('a');
        const beat = await ledger.beat('a', old);
        expect(beat).toMatchObject({ isMember: true, epoch: told.epoch, gap: beat.floor });
        expect((await ledger.members()).members).toEqual([{ id: 'a', beat: expect.any(Number), position: null }]);
      });

      test('is young', async () => {
        await ledger.beat(null, null);
        await stage.loseEpoch();
        const { epochAgeMs } = await ledger.beat(null, null);
        expect(epochAgeMs).toBeGreaterThanOrEqual(0);
        expect(epochAgeMs).toBeLessThan(10_000);
      });

      test('is made by whatever is asked first, and by one of several that ask at once', async () => {
        await join('a');
        await stage.loseEpoch();
        const [position, membership, beat, other] = await Promise.all([
          ledger.position(),
          ledger.members(),
          ledger.beat(null, null),
          ledger.beat(null, null),
        ]);
        expect(new Set([position.epoch, membership.epoch, beat.epoch, other.epoch])).toHaveProperty('size', 1);
        expect(membership.members).toEqual([]);
      });

      test('still gives what is written in it', async () => {
        await join('a');
        await stage.loseEpoch();
        const first = await ledger.beat(null, null);
        await stage.write([[change('Agent:1')]]);
        expect(tagsOf(await ledger.beat(null, first))).toEqual(['Agent:1']);
      });
    });

    test('a position shows all that was committed before it was asked for', async () => {
      const [xid] = await stage.write([[change('Agent:1')]]);
      const { snapshot, epoch } = await ledger.position();
      expect(isVisible(xid!, snapshot)).toBe(true);
      expect(epoch).toBe((await ledger.beat(null, null)).epoch);
    });
  });
}
