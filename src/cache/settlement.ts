/** Waiting until every other instance knows of a commit, or can trust nothing that is older. */
import type { Clock } from './clock.js';
import type { CacheEvent } from './event.js';
import { OUTLASTED_MS, D_MS } from './lease.js';
import type { Ledger, Membership } from './ledger.js';
import { isVisible } from './snapshot.js';
import { within } from './time-limit.js';

/** A transaction with its changes, as it sees itself just before its commit. */
export interface Commit extends CacheEvent {
  readonly epoch: string;
}

interface Parts {
  ledger: Ledger;
  clock: Clock;
  /** Nobody waits for their own word. */
  isOurselves: (member: string) => boolean;
}

/** The members are read again after so long at first, then after twice as long each time, up to the last. Milliseconds. */
const FIRST_PAUSE_MS = 2;
const LAST_PAUSE_MS = 50;
/** Whoever has not acknowledged after so long may not have been told: its bus, or ours, is away without anyone having noticed yet. Milliseconds. */
const WAKE_AFTER_MS = 15;

export class Settlement {
  readonly #commit: Commit;
  readonly #parts: Parts;
  readonly #acknowledged = new Set<string>();
  #wake: () => void = () => undefined;

  constructor(commit: Commit, parts: Parts) {
    this.#commit = commit;
    this.#parts = parts;
  }

  acknowledge(member: string): void {
    this.#acknowledged.add(member);
    this.#wake();
  }

  /**
   * After the commit. Resolves when all members have acknowledged it, show it in their positions or have left; at the latest when the lease of any that did not is
   * over. Those are expelled, so that the next one need not wait for them. Never rejects.
   * @param epochSettledAt when leases of an older epoch are over, by our monotonic clock; null if this epoch is not known to us.
   */
  async everyoneKnows(epochSettledAt: number | null): Promise<void> {
    const { clock, ledger } = this.#parts;
    const cancel = clock.after(WAKE_AFTER_MS, () => void within(clock, D_MS, ledger.wake()).catch(() => undefined));
    await this.#waitForAll(epochSettledAt);
    cancel();
  }

  async #waitForAll(epochSettledAt: number | null): Promise<void> {
    const { clock } = this.#parts;
    let deadline = clock.monotonicMs() + OUTLASTED_MS;
    let first: Membership | null = null;
    let seen: Membership | null = null;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      seen = (await this.#look()) ?? seen;
      // Counted from here, and not from the commit: a member may have renewed its lease between the two.
      if (first === null && seen !== null) deadline = clock.monotonicMs() + OUTLASTED_MS;
      first ??= seen;
      const until = Math.min(clock.monotonicMs() + pause, deadline);
      while (!this.#isKnownTo(seen, epochSettledAt) && clock.monotonicMs() < until) await this.#pause(until);
      if (this.#isKnownTo(seen, epochSettledAt)) return;
      if (clock.monotonicMs() >= deadline) break;
    }
    await this.#expelSilent(first, seen);
  }

  #isKnownTo(seen: Membership | null, epochSettledAt: number | null): boolean {
    // Under another epoch the table was cleared: to be absent from it means nothing.
    if (seen === null || seen.epoch !== this.#commit.epoch || epochSettledAt === null) return false;
    if (this.#parts.clock.monotonicMs() < epochSettledAt) return false;
    return seen.members.every((member) => this.#knows(member));
  }

  #knows({ id, position }: Membership['members'][number]): boolean {
    if (this.#parts.isOurselves(id) || this.#acknowledged.has(id)) return true;
    return position !== null && isVisible(this.#commit.xid, position);
  }

  async #look(): Promise<Membership | null> {
    const { clock, ledger } = this.#parts;
    return await within(clock, D_MS, ledger.members()).catch(() => null);
  }

  /** Until then, or until somebody acknowledges. */
  #pause(until: number): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#parts;
      const cancel = clock.after(until - clock.monotonicMs(), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Only those who have not beaten since: whoever has may have a new lease. The ledger compares once more. */
  async #expelSilent(first: Membership | null, last: Membership | null): Promise<void> {
    const { clock, ledger } = this.#parts;
    const silent = (last?.members ?? []).filter(
      (member) =>
        !this.#knows(member) && first?.members.some(({ id, beat }) => id === member.id && beat === member.beat),
    );
    for (const { id, beat } of silent) await within(clock, D_MS, ledger.expel(id, beat)).catch(() => undefined);
  }
}
