/**
 * The time until which an instance may trust what it knows (Gray and Cheriton: Leases, SOSP 1989). It was given by the beat that began at
 * `from`, before it was sent: whoever counts D from the moment when that beat could be seen at the latest outlasts it, for
 * clocks that go wrong by less than RHO.
 */
import type { Clock } from './clock.js';

/** How long a lease lasts by the clock of those who wait for it to end. Milliseconds. */
export const D_MS = 2_000;
/** How often it is renewed. Milliseconds. */
export const RENEW_MS = D_MS / 4;
/** By how much a clock may be too fast or too slow, and room for the rest. */
export const RHO = 0.05;
/** After so long, no lease that was running before does so any more. Milliseconds. */
export const OUTLASTED_MS = D_MS * (1 + RHO);
/** A monotonic clock may stand still while its machine is suspended; the other clock tells. Milliseconds that the two may drift apart. */
const JUMP_MS = D_MS * RHO;

export class Lease {
  readonly #clock: Clock;
  #until = -Infinity;
  #drift = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isLive(): boolean {
    const now = this.#clock.monotonicMs();
    if (now >= this.#until) return false;
    return this.#until === Infinity || Math.abs(this.#clock.wallMs() - now - this.#drift) < JUMP_MS;
  }

  /** How long ago it ended; 0 while it is live, Infinity if there never was one. */
  get endedForMs(): number {
    return this.isLive ? 0 : Math.max(0, this.#clock.monotonicMs() - this.#until);
  }

  /** A moment to renew from, to be taken before the beat is sent. */
  moment(): { from: number; drift: number } {
    const from = this.#clock.monotonicMs();
    return { from, drift: this.#clock.wallMs() - from };
  }

  renew({ from, drift }: { from: number; drift: number }): void {
    this.#until = from + D_MS * (1 - RHO);
    this.#drift = drift;
  }

  /** For the process that has the database to itself: nobody else can write. */
  holdForEver(): void {
    this.#until = Infinity;
  }

  end(): void {
    this.#until = Math.min(this.#until, this.#clock.monotonicMs());
  }
}
