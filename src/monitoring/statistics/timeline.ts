/** Tallies of the last while, one for each step of time, in a ring: what is older is written over. */
import type { ObservedOperation } from '../observation.js';
import { type Summary, Tally } from './tally.js';

/** One step. `at`: its beginning, in milliseconds since 1970. */
export interface Point extends Summary {
  readonly at: number;
}

interface Step {
  /** The number of the step since 1970; -1 for one that was never used. */
  number: number;
  readonly tally: Tally;
}

export class Timeline {
  readonly #stepMs: number;
  readonly #steps: readonly Step[];
  readonly #wallMs: () => number;

  constructor({ stepMs, steps, wallMs }: { stepMs: number; steps: number; wallMs: () => number }) {
    this.#stepMs = stepMs;
    this.#wallMs = wallMs;
    this.#steps = Array.from({ length: steps }, () => ({ number: -1, tally: new Tally() }));
  }

  record(operation: ObservedOperation): void {
    this.#current().record(operation);
  }

  shed(): void {
    this.#current().shed();
  }

  purge(): void {
    this.#current().purge();
  }

  clear(): void {
    for (const step of this.#steps) step.number = -1;
  }

  /** The last `count` that have ended, the oldest first; empty ones included. `stepsEach` of the steps make one. */
  points(count: number, stepsEach: number): Point[] {
    const length = Math.min(count, Math.floor(this.#steps.length / stepsEach) - 1);
    const first = Math.floor(this.#number() / stepsEach) - length;
    return Array.from({ length }, (_, index) => {
      const number = (first + index) * stepsEach;
      return { at: number * this.#stepMs, ...this.#summary(number, stepsEach) };
    });
  }

  /** The last `count` steps, the current one included, as one. */
  sum(count: number): Summary {
    return this.#summary(this.#number() - count + 1, count);
  }

  #summary(first: number, count: number): Summary {
    const total = new Tally();
    for (let number = first; number < first + count; number += 1) {
      const tally = this.#find(number);
      if (tally) total.add(tally);
    }
    return total.summary();
  }

  #number(): number {
    return Math.floor(this.#wallMs() / this.#stepMs);
  }

  #find(number: number): Tally | null {
    const step = this.#steps[number % this.#steps.length]!;
    return step.number === number ? step.tally : null;
  }

  #current(): Tally {
    const number = this.#number();
    const step = this.#steps[number % this.#steps.length]!;
    if (step.number !== number) {
      step.number = number;
      step.tally.clear();
    }
    return step.tally;
  }
}
