/** Keeps a server that is dead or hangs from costing its askers time. */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Clock } from '../clock.js';
import { TimeLimitError } from '../time-limit.js';

/**
 * What a command is given. Milliseconds. After a failure the next is given half, then a quarter: whoever needs one answer after the other
 * has waited for less than twice this when the breaker opens.
 */
export const LIMIT_MS = 50;
/** So many failures in a row open the breaker. */
export const FAILURES = 3;
/** So long nothing is sent. Then one command finds out whether the server is back. Milliseconds. */
export const OPEN_MS = 1_000;

/** An answer that took longer is a late one. Milliseconds. */
export const LATE_MS = 20;
/** A server is slow when so many answers in a row were late: fewer may be due to a moment of this process. */
export const LATE_ANSWERS = 8;

type Send<T> = () => Promise<T>;

type GuardState = 'closed' | 'open' | 'half-open';

const STATES: Record<CircuitState, GuardState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

export class Guard {
  readonly #clock: Clock;
  readonly #failures = new ConsecutiveBreaker(FAILURES);
  readonly #breaker = circuitBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker: this.#failures });

  /** By the monotonic clock. */
  #backAt = -Infinity;
  /** Answers in a row. */
  #late = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#breaker.onReset(() => (this.#backAt = clock.monotonicMs()));
  }

  /** It was away, and others who ask it may not have found out yet that it is back. */
  get isJustBack(): boolean {
    return this.#clock.monotonicMs() - this.#backAt < OPEN_MS + LIMIT_MS;
  }

  get state(): GuardState {
    return STATES[this.#breaker.state];
  }

  /** The breaker is open: the next command will not be sent. */
  get isAway(): boolean {
    return this.#breaker.state !== CircuitState.Closed;
  }

  /** It answers in time for one command, and too late for one after the other. */
  get isSlow(): boolean {
    return this.#late >= LATE_ANSWERS;
  }

  /** Closes the breaker: the next command is sent. */
  reset(): void {
    this.#failures.state = 0;
    this.#late = 0;
    // A closed one would tell that it was open for a moment.
    if (this.isAway) this.#breaker.isolate().dispose();
  }

  /** Calls `listener` after each change of the state. */
  onChange(listener: () => void): void {
    this.#breaker.onStateChange(() => listener());
  }

  /** Calls `task` once, when a server that is away answers again, before anyone else sends it a command. */
  whenBack(task: () => void): void {
    const { dispose } = this.#breaker.onReset(() => {
      dispose();
      task();
    });
  }

  /**
   * What `command` comes to; undefined if it fails, takes too long, or is not tried. Never rejects. While the breaker is open it is
   * not tried, and nobody waits: `probe` is sent beside, as soon as it is time.
   */
  ask<T>(command: Send<T>, probe: Send<unknown>): Promise<T | undefined> {
    if (this.#breaker.state === CircuitState.Closed) return this.#send(command, LIMIT_MS / 2 ** this.#failures.state);
    // A call in the state half open would wait for the probe that is under way.
    if (this.#breaker.state === CircuitState.Open) void this.#send(probe, LIMIT_MS);
    return Promise.resolve(undefined);
  }

  async #send<T>(command: Send<T>, limitMs: number): Promise<T | undefined> {
    try {
      return await this.#breaker.execute(async () => {
        const { answer, tookMs } = await withinTurns(this.#clock, limitMs, command());
        this.#late = tookMs > LATE_MS ? this.#late + 1 : 0;
        return answer;
      });
    } catch {
      return undefined;
    }
  }
}

/** One guard for each server, and what is seen of all of them as one. */
export class Guards {
  readonly #clock: Clock;
  readonly #byServer = new Map<string, Guard>();
  readonly #listeners: ((state: GuardState) => void)[] = [];
  #told: GuardState = 'closed';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(server: string): Guard {
    const known = this.#byServer.get(server);
    if (known) return known;
    const guard = new Guard(this.#clock);
    guard.onChange(() => this.#tell());
    this.#byServer.set(server, guard);
    return guard;
  }

  /** Closed if all are. */
  get state(): GuardState {
    const states = Array.from(this.#byServer.values(), ({ state }) => state);
    return states.find((state) => state === 'open') ?? states.find((state) => state === 'half-open') ?? 'closed';
  }

  reset(): void {
    for (const guard of this.#byServer.values()) guard.reset();
  }

  /** Calls `listener` after each change of the state. */
  onChange(listener: (state: GuardState) => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#listeners.forEach((listener) => listener(state));
  }
}

/** Time is counted in turns of the event loop of so many milliseconds. */
const TURN_MS = 10;

/**
 * A time limit that runs only while we listen: of a turn in which the event loop was held up, by a thousand requests at once say, no more
 * than TURN_MS counts, and between two turns it reads what has arrived. A server is not to blame for answers that lie unread.
 * @returns undefined for what the server refuses; and how long it took, as counted here.
 */
function withinTurns<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
): Promise<{ answer: T | undefined; tookMs: number }> {
  return new Promise((resolve, reject) => {
    let left = ms;
    let cancel: () => void = () => undefined;
    const turn = () => {
      if (left <= 0) {
        reject(new TimeLimitError(`No answer within ${ms} ms.`));
        return;
      }
      const step = Math.min(left, TURN_MS);
      left -= step;
      cancel = clock.after(step, turn);
    };
    turn();
    work.then(
      (answer) => {
        cancel();
        resolve({ answer, tookMs: ms - left });
      },
      (error: unknown) => {
        cancel();
        if (isRefusal(error)) resolve({ answer: undefined, tookMs: ms - left });
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the client has rejected with, whatever it is
        else reject(error);
      },
    );
  });
}

/**
 * A server that says no (a value of another type, no memory left, a replica that may not write) is well enough to be asked other things, and
 * its answer took no time: that is no failure.
 */
const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
