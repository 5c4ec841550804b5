/**
 * Keeps a server beside us that fails from costing its askers time: after some failures it is not asked any more for a while. One registry holds
 * all breakers of the process, for whoever shows their states or closes them by hand.
 */
import { BrokenCircuitError, CircuitState, type IBreaker, circuitBreaker, handleAll } from 'cockatiel';

/** So many failures within the window open a breaker. */
export const FAILURES = 5;
export const WINDOW_MS = 60_000;
/** So long nothing is asked. Then one caller at a time finds out whether the server is back. */
export const OPEN_MS = 60_000;
/** So many answers, one after the other, close it again. */
export const SUCCESSES = 2;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What the registry knows of a breaker, whatever it counts. */
export interface Switch {
  /** `open` until somebody asks after its time: nothing happens by itself. */
  readonly state: BreakerState;
  /** What was thrown by the last that failed, where that is known. */
  readonly lastFailure?: unknown;
  /** Closes it, as if nothing had happened. */
  reset(): void;
  /** Calls `listener` after each change of the state. */
  onChange(listener: (state: BreakerState) => void): void;
}

/** The server was not asked, and not waited for. */
export class BreakerOpenError extends Error {
  override name = 'BreakerOpenError';

  constructor(breaker: string) {
    super(`${breaker} failed too often of late, and is not asked for a while.`);
  }
}

interface BreakerOptions {
  /** Whether an error speaks of a server that is not well; one that says no is. Left out: each does. */
  isFailure?: (error: unknown) => boolean;
}

type Outcome<T> = { value: T } | { refusal: unknown };

export class Breaker implements Switch {
  readonly #name: string;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #listeners: ((state: BreakerState) => void)[] = [];
  #tally = new Tally();
  #policy = this.#createPolicy();
  #told: BreakerState = 'closed';
  #isProbing = false;
  #lastFailure: unknown;

  constructor(name: string, { isFailure = () => true }: BreakerOptions = {}) {
    this.#name = name;
    this.#isFailure = isFailure;
  }

  get state(): BreakerState {
    if (this.#policy.state === CircuitState.Open) return 'open';
    return this.#policy.state === CircuitState.Closed && !this.#tally.isProving ? 'closed' : 'half-open';
  }

  get lastFailure(): unknown {
    return this.#lastFailure;
  }

  /** @throws BreakerOpenError at once while it is open, or somebody else finds out; else whatever `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.state === 'closed') return await this.#ask(work);
    if (this.#isProbing) throw new BreakerOpenError(this.#name);
    this.#isProbing = true;
    try {
      return await this.#ask(work);
    } finally {
      this.#isProbing = false;
      this.#tell();
    }
  }

  reset(): void {
    // Whoever is still asking reports to the policy that is left behind.
    this.#tally = new Tally();
    this.#policy = this.#createPolicy();
    this.#tell();
  }

  onChange(listener: (state: BreakerState) => void): void {
    this.#listeners.push(listener);
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    const outcome = await this.#policy
      .execute(async (): Promise<Outcome<T>> => {
        try {
          return { value: await work() };
        } catch (error) {
          // An answer, though not the one that was hoped for.
          if (!this.#isFailure(error)) return { refusal: error };
          this.#lastFailure = error;
          throw error;
        }
      })
      .catch((error: unknown) => {
        throw error instanceof BrokenCircuitError ? new BreakerOpenError(this.#name) : error;
      });
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.value;
  }

  #createPolicy() {
    const policy = circuitBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker: this.#tally });
    policy.onStateChange(() => this.#tell());
    return policy;
  }

  #tell(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#listeners.forEach((listener) => listener(state));
  }
}

/** Counts failures by time. After the first answer of a server that was away, cockatiel closes; here it has to prove itself further. */
class Tally implements IBreaker {
  /** When there were failures, the oldest first. Milliseconds since 1970, as cockatiel counts. */
  state: number[] = [];
  #missing = 0;

  get isProving(): boolean {
    return this.#missing > 0;
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) this.#missing = SUCCESSES - 1;
    else if (this.#missing > 0) this.#missing -= 1;
  }

  failure(): boolean {
    if (this.isProving) {
      this.#missing = 0;
      return true;
    }
    const now = Date.now();
    this.state = [...this.state.filter((at) => at > now - WINDOW_MS), now];
    return this.state.length >= FAILURES;
  }
}

interface BreakerChange {
  readonly name: string;
  readonly state: BreakerState;
  /** What the last failure says; null if that is not known. */
  readonly reason: string | null;
}

/** The breakers of this process by name. Names are few and known beforehand: they become labels of metrics. */
export class Breakers {
  readonly #byName = new Map<string, Switch>();
  readonly #listeners: ((change: BreakerChange) => void)[] = [];

  create(name: string, options?: BreakerOptions): Breaker {
    return this.add(name, new Breaker(name, options));
  }

  add<B extends Switch>(name: string, breaker: B): B {
    if (this.#byName.has(name)) throw new Error(`There is a breaker "${name}" already.`);
    this.#byName.set(name, breaker);
    breaker.onChange((state) => {
      const { lastFailure } = breaker;
      const reason = lastFailure instanceof Error ? lastFailure.message : null;
      this.#listeners.forEach((listener) => listener({ name, state, reason }));
    });
    return breaker;
  }

  /** By name, in the order in which they came. */
  states(): { name: string; state: BreakerState }[] {
    return Array.from(this.#byName, ([name, { state }]) => ({ name, state }));
  }

  /** Closes all. Returns the names of those that were not closed. */
  reset(): string[] {
    const names = this.states().flatMap(({ name, state }) => (state === 'closed' ? [] : [name]));
    for (const breaker of this.#byName.values()) breaker.reset();
    return names;
  }

  onChange(listener: (change: BreakerChange) => void): void {
    this.#listeners.push(listener);
  }
}
