/** The instances as the ledger knows them, and which of them is silent: its beat stands still for longer than a lease lasts. */
import { askedAtOnce } from '../asked-at-once.js';

export interface FleetMember {
  readonly id: string;
  readonly isThis: boolean;
  readonly beat: number;
  readonly isSilent: boolean;
}

interface Membership {
  readonly id: string;
  readonly beat: number;
}

const SILENT_MS = 2_100;

export class Fleet {
  readonly #ask: () => Promise<readonly Membership[]>;
  readonly #self: () => string | null;
  readonly #monotonicMs: () => number;
  readonly #seen = new Map<string, { beat: number; since: number }>();
  #members: readonly FleetMember[] = [];

  constructor(parts: {
    ask: () => Promise<readonly Membership[]>;
    self: () => string | null;
    monotonicMs: () => number;
  }) {
    this.#ask = parts.ask;
    this.#self = parts.self;
    this.#monotonicMs = parts.monotonicMs;
  }

  get members(): readonly FleetMember[] {
    return this.#members;
  }

  /** Looks again. Never rejects: what cannot be asked is as it was. */
  readonly look = askedAtOnce(() =>
    this.#ask()
      .then((members) => this.#take(members))
      .catch(() => undefined),
  );

  #take(members: readonly Membership[]): void {
    const now = this.#monotonicMs();
    for (const id of this.#seen.keys()) if (!members.some((member) => member.id === id)) this.#seen.delete(id);
    this.#members = [...members]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, beat }) => {
        const known = this.#seen.get(id);
        const sighting = known?.beat === beat ? known : { beat, since: now };
        this.#seen.set(id, sighting);
        return { id, beat, isThis: id === this.#self(), isSilent: now - sighting.since > SILENT_MS };
      });
  }
}
