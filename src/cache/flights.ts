/**
 * One execution for many callers: a flight per key.
 *
 * Whoever comes while one is under way waits for it. What it brings is taken by those who came before it began, for it has read everything since; by
 * others only if `isAcceptable` says so at the moment when it has landed. Who may not take it waits for the next flight, or leads it: of a thousand
 * callers whose flight was overtaken by a write, one executes again.
 */
import type { Clock } from './clock.js';
import { within } from './time-limit.js';

/** Nobody waits longer than this for somebody else's execution. Milliseconds. */
const PATIENCE_MS = 5_000;

interface Flight<Result> {
  /** Its number in the order of arrivals and departures. */
  readonly departed: number;
  /** By the monotonic clock. */
  readonly departedAt: number;
  readonly flying: Promise<Result>;
  /** Null when it failed, or was given up. Never rejects. Made for the first who waits: most flights have nobody else aboard. */
  landed: Promise<Result | null> | null;
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
    return this.#flights.size;
  }

  isUnderWay(key: string): boolean {
    return this.#find(key) !== null;
  }

  /**
   * The result of a flight for `key`, or of `execute`.
   * @param isShareable whether a result is anybody's who asks for `key` at all.
   * @param isAcceptable whether a shareable result of a flight that had begun before the caller came is valid for it now.
   * @throws what `execute` throws for this caller; never what it threw for another one.
   */
  async fly(
    key: string,
    execute: () => Promise<Result>,
    isShareable: (result: Result) => boolean,
    isAcceptable: (result: Result) => Promise<boolean> | boolean,
  ): Promise<Shared<Result>> {
    const arrived = (this.#moments += 1);
    for (;;) {
      const flight = this.#find(key);
      if (!flight) return { result: await this.#lead(key, execute), isJoined: false };
      const result = await this.#landing(flight);
      // Failed, or nobody else's business: others who wait need not wait for us as well.
      if (result === null || !isShareable(result)) return { result: await execute(), isJoined: false };
      if (flight.departed > arrived || (await isAcceptable(result))) return { result, isJoined: true };
    }
  }

  /** One that was given up is none any more. */
  #find(key: string): Flight<Result> | null {
    const flight = this.#flights.get(key);
    return flight && this.#patienceWith(flight) > 0 ? flight : null;
  }

  #patienceWith({ departedAt }: Flight<Result>): number {
    return departedAt + PATIENCE_MS - this.#clock.monotonicMs();
  }

  #landing(flight: Flight<Result>): Promise<Result | null> {
    return (flight.landed ??= within(this.#clock, this.#patienceWith(flight), flight.flying).catch(() => null));
  }

  #lead(key: string, execute: () => Promise<Result>): Promise<Result> {
    const departedAt = this.#clock.monotonicMs();
    const flying = execute();
    const flight: Flight<Result> = { departed: (this.#moments += 1), departedAt, flying, landed: null };
    this.#flights.set(key, flight);
    const end = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    // Before those who wait for it go on: they must not find it again.
    flying.then(end, end);
    return flying;
  }
}
