/** Members whose beat stands still: their process died, or is cut off. They are expelled before a write has to wait for them. */
import type { Clock } from './clock.js';
import { OUTLASTED_MS } from './lease.js';
import type { Ledger, Member } from './ledger.js';

interface Sighting {
  beat: number;
  /** When this beat was seen first, after it was read. Monotonic milliseconds. */
  since: number;
}

export class SilentMembers {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  #sightings = new Map<string, Sighting>();

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Looks at the members, and expels those whose lease is over for certain: none has beaten since it was seen that long ago. @returns how many are left. */
  async expel(): Promise<number> {
    const { members } = await this.#ledger.members();
    const now = this.#clock.monotonicMs();
    this.#sightings = new Map(members.map((member) => [member.id, this.#sightingOf(member, now)]));
    for (const [id, { beat, since }] of this.#sightings)
      if (now - since >= OUTLASTED_MS) {
        await this.#ledger.expel(id, beat);
        this.#sightings.delete(id);
      }
    return this.#sightings.size;
  }

  #sightingOf({ id, beat }: Member, now: number): Sighting {
    const known = this.#sightings.get(id);
    return known?.beat === beat ? known : { beat, since: now };
  }
}
