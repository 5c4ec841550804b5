/**
 * One execution for many callers: a flight per key.
 *
 * Whoever comes while one is under way waits for it. What it brings is taken by those who came before it began, for it has read everything since; by
 * others only if `isAcceptable` says so at the moment when it has landed. Who may not take it waits for the next flight, or leads it: of a thousand
 * callers whose flight was overtaken by a write, one executes again. So it is with those who have waited too long, once: what is slow because the database is would
 * only become slower if all of them executed it.
 */
import type { Clock } from './clock.js';

/** Nobody waits longer than this for somebody else's execution. Milliseconds. */
const PATIENCE_MS = 5_000;

/** Why a flight has brought nothing. */
const FAILED = Symbol('failed');
const OVERDUE = Symbol('overdue');

type Landing<Result> = Result | typeof FAILED | typeof OVERDUE;

interface Flight<Result> {
  /** Its number in the order of arrivals and departures. */
  readonly departed: number;
  /** From then on nobody waits for it. Milliseconds, by the monotonic clock. */
  readonly dueAt: number;
  /** Never rejects. */
  readonly landed: Promise<Landing<Result>>;
  /** Somebody waits for it. */
  join(): void;
}

export interface Shared<Result> {
  readonly result: Result;
  /** Whether somebody else has executed. */
  readonly isJoined: boolean;
}

export class Flights<Result> {
  readonly #clock: Clock;
  readonly #flights = new Map<string, Flight<Result>>();
  #moments = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    for (const key of this.#flights.keys()) this.#find(key);
    return this.#flights.size;
  }

  isUnderWay(key: string): boolean {
    return this.#find(key) !== null;
  }

  /**
   * The result of a flight for `key`, or of `execute`.
   * @param isShareable whether a result is anybody's who asks for `key` at all.
   * @param isAcceptable whether a shareable result of a flight that had begun before the caller came is valid for it now.
   * @param lookAgain what may have come otherwise while the caller waited; null if nothing has.
   * @throws what `execute` throws for this caller; never what it threw for another one.
   */
  async fly(
    key: string,
    execute: () => Promise<Result>,
    isShareable: (result: Result) => boolean,
    isAcceptable: (result: Result) => Promise<boolean> | boolean,
    lookAgain: () => Result | null = () => null,
  ): Promise<Shared<Result>> {
    const arrived = (this.#moments += 1);
    for (let hasGivenUp = false; ;) {
      const flight = this.#find(key);
      if (!flight) return { result: await this.#lead(key, execute), isJoined: false };
      flight.join();
      const result = await flight.landed;
      if (result === OVERDUE) {
        const found = lookAgain();
        if (found !== null) return { result: found, isJoined: true };
        if (!hasGivenUp) {
          hasGivenUp = true;
          continue;
        }
      }
      // Failed, overdue again, or nobody else's business: others who wait need not wait for us as well.
      if (result === FAILED || result === OVERDUE || !isShareable(result))
        return { result: await execute(), isJoined: false };
      if (flight.departed > arrived || (await isAcceptable(result))) return { result, isJoined: true };
    }
  }

  /** Null: there is none, or none that anybody may wait for. */
  #find(key: string): Flight<Result> | null {
    const flight = this.#flights.get(key);
    if (!flight) return null;
    if (this.#clock.monotonicMs() < flight.dueAt) return flight;
    this.#flights.delete(key);
    return null;
  }

  #lead(key: string, execute: () => Promise<Result>): Promise<Result> {
    const flying = execute();
    const dueAt = this.#clock.monotonicMs() + PATIENCE_MS;
    let cancel: (() => void) | null = null;
    let land!: (landing: Landing<Result>) => void;
    const landed = new Promise<Landing<Result>>((resolve) => {
      land = (landing) => {
        cancel?.();
        // Before those who wait for it go on: they must not find it again.
        if (this.#flights.get(key)?.landed === landed) this.#flights.delete(key);
        resolve(landing);
      };
    });
    // Most are never joined, and a timer for each would cost more than all else of them.
    const join = (): void => {
      cancel ??= this.#clock.after(Math.max(0, dueAt - this.#clock.monotonicMs()), () => land(OVERDUE));
    };
    flying.then(land, () => land(FAILED));
    this.#flights.set(key, { departed: (this.#moments += 1), dueAt, landed, join });
    return flying;
  }
}
