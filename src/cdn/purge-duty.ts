/**
 * Which instance has what purged. Whoever made a change through the API does; what came by other ways falls to the member whose id comes first. The others
 * remember it until they may trust that it was done: if the one on duty leaves or dies before, the next takes over. When in doubt two do it, never none.
 *
 * What an instance cannot have learnt (what was written before it started, while it was taken for dead, while triggers were missing, in another epoch) may concern any
 * answer: then it has all of them purged. So an instance that came too late to learn of a change is no gap either.
 */
import type { Clock } from '../cache/clock.js';
import type { Report } from '../cache/instance.js';
import { D_MS } from '../cache/lease.js';
import { within } from '../cache/time-limit.js';
import { ALL_ANSWERS, type CdnKey, type CdnKeys } from './cdn-keys.js';
import { AGAIN_MS, MAX_KEYS } from './purge-queue.js';

/** Until others have heard of a change, too. Milliseconds. */
const FIRST_LOOK_MS = 20;
/** How often it is seen to that whoever is on duty lives. Milliseconds. */
export const LOOK_MS = 2_000;
/** A member that died is expelled within twice its lease; and both purges have been. Milliseconds. */
export const WATCH_MS = 7_000 + AGAIN_MS;

interface PurgeDutyParts {
  queue: { purge(keys: readonly CdnKey[]): void };
  keys: CdnKeys;
  /** The ids of all instances. May reject, or take for ever. */
  members: () => Promise<readonly string[]>;
  /** There are no others. */
  isSole: boolean;
  clock: Clock;
}

/** What another has to purge. */
interface Watched {
  readonly keys: readonly CdnKey[];
  /** Null: not known yet. */
  onDuty: string | null;
  since: number;
}

export class PurgeDuty {
  readonly #parts: PurgeDutyParts;
  #ourselves: string | null = null;
  #watched: Watched[] = [];
  #isLooking = false;
  #cancelTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(parts: PurgeDutyParts) {
    this.#parts = parts;
  }

  /** Never throws. */
  readonly take = (report: Report): void => {
    switch (report.kind) {
      case 'joined':
        this.#ourselves = report.member;
        return;
      case 'epoch':
      case 'expelled':
      case 'fault':
      case 'missed':
        this.#parts.queue.purge([ALL_ANSWERS]);
        return;
      case 'written':
        this.#parts.queue.purge(this.#parts.keys.ofChanges(report.changes));
        return;
      case 'learnt':
        // What we have announced ourselves is purged when it is committed.
        if (report.writer === null || report.writer !== this.#ourselves)
          this.#hear(this.#parts.keys.ofChanges(report.changes), report.writer);
        return;
      default:
    }
  };

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  #hear(keys: readonly CdnKey[], writer: string | null): void {
    if (this.#isStopped) return;
    if (this.#parts.isSole) {
      this.#parts.queue.purge(keys);
      return;
    }
    this.#watched.push({ keys, onDuty: writer, since: this.#parts.clock.monotonicMs() });
    if (this.#watched.reduce((size, watched) => size + watched.keys.length, 0) > MAX_KEYS)
      this.#watched = [{ keys: [ALL_ANSWERS], onDuty: null, since: this.#parts.clock.monotonicMs() }];
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#isLooking || this.#isStopped || this.#watched.length === 0) return;
    this.#cancelTimer();
    const isNew = this.#watched.some(({ onDuty }) => onDuty === null);
    this.#cancelTimer = this.#parts.clock.after(isNew ? FIRST_LOOK_MS : LOOK_MS, () => {
      this.#isLooking = true;
      void this.#look().finally(() => {
        this.#isLooking = false;
        this.#lookSoon();
      });
    });
  }

  async #look(): Promise<void> {
    const looked = this.#watched;
    this.#watched = [];
    const { clock, members: read } = this.#parts;
    const members = await within(clock, D_MS, read()).catch(() => null);
    const now = clock.monotonicMs();
    this.#watched.unshift(...looked.filter((watched) => this.#isForAnother(watched, members, now)));
  }

  /** Purges what nobody else will. */
  #isForAnother(watched: Watched, members: readonly string[] | null, now: number): boolean {
    const isThere = watched.onDuty !== null && members?.includes(watched.onDuty);
    if (!isThere) {
      const [first] = [...(members ?? [])].sort();
      // Without a look at the members nobody can be relied upon.
      if (first === undefined || first === this.#ourselves) {
        this.#parts.queue.purge(watched.keys);
        return false;
      }
      watched.onDuty = first;
      watched.since = now;
    }
    return now - watched.since < WATCH_MS;
  }
}
