/**
 * The ledger on the simulated PostgreSQL: what src/cache/postgres/ does in SQL, each statement with its snapshot and the moment of its effect. It prunes
 * with less consideration than that one, so that members do fall behind.
 */
import type { CacheEvent } from '../../src/cache/event.js';
import type { Beat, Ledger, Membership, Position } from '../../src/cache/ledger.js';
import { type Snapshot, isVisible } from '../../src/cache/snapshot.js';
import type { Link } from './link.js';
import type { Postgres } from './postgres.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import { type Boot, type Capture, SOUND } from './tables.js';

interface Parts {
  postgres: Postgres;
  link: Link;
  scheduler: Scheduler;
  random: Random;
  newEpoch: () => string;
  /** From the snapshot of a statement to its effect. Mean, milliseconds. */
  effectMs: number;
  /** More events than this are not sent. */
  maxEvents: number;
  notify: () => void;
}

interface BeatRow extends Omit<Beat, 'fault'> {
  readonly stamp: number;
  readonly coversCapture: boolean;
}

const plain = ({ xid, changes }: CacheEvent): CacheEvent => ({ xid, changes });

export function createLedger({
  postgres,
  link,
  scheduler,
  random,
  newEpoch,
  effectMs,
  maxEvents,
  notify,
}: Parts): Ledger {
  /** The stamp under which the triggers were found right. */
  let sound: number | null = null;

  const takeTime = (task: () => void): void => link.later(random.wait(effectMs), task);

  /** A transaction of one statement: `look` at its snapshot, `act` when it takes effect. */
  const write = <Seen, Result>(look: () => Seen, act: (seen: Seen) => Result): Promise<Result> =>
    link.call<Result>((reply) => {
      const seen = look();
      const xid = postgres.takeXid();
      takeTime(() => {
        const result = act(seen);
        postgres.endXid(xid);
        reply(result);
      });
    });

  const standingBoot = (): Boot | null => {
    const { boot } = postgres.tables;
    return boot?.identity === postgres.identity ? boot : null;
  };

  /** Runs it under an epoch that stands for this database; makes one first if there is none. */
  const inEpoch = (run: (boot: Boot) => void): void => {
    const boot = standingBoot();
    if (boot) run(boot);
    else takeTime(() => run(standingBoot() ?? makeEpoch()));
  };

  /** Events of another database may have ids that are still to come here; all others that had ended lie below the floor. */
  const makeEpoch = (): Boot => {
    const { tables } = postgres;
    const { xmin, xmax } = postgres.snapshot();
    tables.events = tables.events.filter(({ xid }) => xid < xmax);
    tables.members.clear();
    tables.floor = xmin;
    tables.floorCapture = tables.capture.stamp;
    return (tables.boot = { epoch: newEpoch(), identity: postgres.identity, madeAt: scheduler.now });
  };

  const readOn = (known: Position | null, { epoch, madeAt }: Boot): Omit<BeatRow, 'isMember'> => {
    const snapshot = postgres.snapshot();
    const from = known?.epoch === epoch ? known.snapshot : null;
    const { floor, floorCapture, capture } = postgres.tables;
    const epochAgeMs = scheduler.now - madeAt;
    return {
      epoch,
      snapshot,
      epochAgeMs,
      ...eventsSince(from, snapshot),
      floor,
      stamp: capture.stamp,
      coversCapture: capture.stamp === floorCapture,
    };
  };

  const eventsSince = (from: Snapshot | null, snapshot: Snapshot): Pick<Beat, 'events' | 'gap'> => {
    const { events, floor } = postgres.tables;
    const isComplete = from !== null && from.xmin >= floor;
    const unseen = events.filter(({ xid }) => (isComplete ? !isVisible(xid, from) : xid >= floor));
    if (unseen.length <= maxEvents) return { events: unseen.map(plain), gap: isComplete ? null : floor };
    const late = events.filter(({ xid }) => xid >= snapshot.xmin);
    return late.length <= maxEvents
      ? { events: late.map(plain), gap: snapshot.xmin }
      : { events: [], gap: snapshot.xmax };
  };

  const touch = (member: string, known: Position | null, epoch: string): boolean => {
    const { members } = postgres.tables;
    const before = members.get(member);
    if (!before) return false;
    const position = known?.epoch === epoch ? known.snapshot : null;
    members.set(member, { id: member, beat: before.beat + 1, position });
    return true;
  };

  const readBeat = (member: string | null, known: Position | null): Promise<BeatRow> =>
    link.call<BeatRow>((reply) =>
      inEpoch((boot) => {
        const read = readOn(known, boot);
        if (member === null) {
          reply({ ...read, isMember: true });
          return;
        }
        const xid = postgres.takeXid();
        takeTime(() => {
          const isMember = touch(member, known, boot.epoch);
          postgres.endXid(xid);
          reply({ ...read, isMember });
        });
      }),
    );

  /** @returns what is wrong with the triggers, as they were when `stamp` was read. */
  const faultAt = async ({
    stamp,
    coversCapture,
  }: Pick<BeatRow, 'stamp' | 'coversCapture'>): Promise<string | null> => {
    if (coversCapture && stamp === sound) return null;
    const capture = await link.call<Capture>((reply) => reply(postgres.tables.capture));
    if (capture.fault !== SOUND) return capture.fault;
    sound = capture.stamp;
    return coversCapture && stamp === sound ? null : 'The triggers have just been changed.';
  };

  /** What was stored before the triggers changed may lack what was written unseen. */
  const distrust = async (stamp: number): Promise<void> => {
    await write(
      () => postgres.snapshot().xmax,
      (xmax) => {
        const { tables } = postgres;
        if (tables.floorCapture === stamp) return;
        tables.floor = Math.max(tables.floor, xmax);
        tables.floorCapture = stamp;
      },
    );
  };

  return {
    async join(member) {
      await write(
        () => undefined,
        () => {
          const { members } = postgres.tables;
          if (!members.has(member)) members.set(member, { id: member, beat: 0, position: null });
        },
      );
    },

    async beat(member, known) {
      const { stamp, coversCapture, ...beat } = await readBeat(member, known);
      const fault = await faultAt({ stamp, coversCapture });
      if (!coversCapture) await distrust(stamp);
      return { ...beat, fault };
    },

    position: () =>
      link.call<Position>((reply) => inEpoch(({ epoch }) => reply({ epoch, snapshot: postgres.snapshot() }))),

    members: () =>
      link.call<Membership>((reply) =>
        inEpoch(({ epoch }) => reply({ epoch, members: [...postgres.tables.members.values()] })),
      ),

    async expel(member, beat) {
      await write(
        () => undefined,
        () => {
          const { members } = postgres.tables;
          if (members.get(member)?.beat === beat) members.delete(member);
        },
      );
    },

    async leave(member) {
      await write(
        () => undefined,
        () => void postgres.tables.members.delete(member),
      );
    },

    wake: () =>
      link.call<undefined>((reply) => {
        notify();
        reply(undefined);
      }),

    async prune(keepMs) {
      await write(
        () => floorFor(keepMs),
        (floor) => {
          const { tables } = postgres;
          tables.floor = Math.max(tables.floor, floor);
          tables.events = tables.events.filter(({ xid }) => xid >= floor);
        },
      );
    },
  };

  /** Right above the last event that is old, and whose transaction and all before it have ended; 0 if there is none. */
  function floorFor(keepMs: number): number {
    const { events } = postgres.tables;
    const young = events.filter(({ at }) => at >= scheduler.now - keepMs).map(({ xid }) => xid);
    const bound = Math.min(postgres.snapshot().xmin, ...young);
    return Math.max(0, ...events.filter(({ xid }) => xid < bound).map(({ xid }) => xid + 1));
  }
}
