import { Reads } from '../tracking/reads.js';

/** What the execution of a query notes for whoever would keep its answer: what it read, and until when it holds if it read the clock. */
export class Recording {
  readonly reads = new Reads();
  #until: number | null = null;

  /** The answer holds until then at the latest. Milliseconds since 1970. */
  endAt(ms: number): void {
    this.#until = Math.min(ms, this.#until ?? ms);
  }

  /** Null: the clock was not read. */
  get until(): number | null {
    return this.#until;
  }
}
