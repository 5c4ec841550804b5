/** What became of the requests of some time: counts, and how long they took. */
import type { ObservedOperation } from '../observation.js';
import { Histogram, type Quantiles, quantilesOf } from './histogram.js';

export interface Counts {
  readonly requests: number;
  /** Hits, by where they came from. */
  readonly memory: number;
  readonly remote: number;
  readonly stale: number;
  readonly miss: number;
  /** Mutations, and queries that the cache was not asked for. */
  readonly bypass: number;
  /** Requests that failed for reasons of ours, or were turned away unread. */
  readonly errors: number;
  /** Of them, those that were turned away unread, because there was too much to do. */
  readonly shed: number;
  /** Entries that writes ended. */
  readonly purged: number;
}

export interface Summary extends Counts, Quantiles {
  /** Of what was looked up; null where nothing was. */
  readonly hitRate: number | null;
}

export class Tally {
  readonly durations = new Histogram();
  #requests = 0;
  #memory = 0;
  #remote = 0;
  #stale = 0;
  #miss = 0;
  #bypass = 0;
  #errors = 0;
  #shed = 0;
  #purged = 0;

  record({ status, tier, durationMs, isFault }: ObservedOperation): void {
    this.#requests += 1;
    if (isFault) this.#errors += 1;
    if (status === 'HIT') {
      if (tier === 'remote') this.#remote += 1;
      else this.#memory += 1;
    } else if (status === 'MISS') this.#miss += 1;
    else if (status === 'STALE') this.#stale += 1;
    else if (status === 'BYPASS') this.#bypass += 1;
    this.durations.record(durationMs);
  }

  /** A request that was turned away unread. */
  shed(): void {
    this.#requests += 1;
    this.#errors += 1;
    this.#shed += 1;
  }

  purge(): void {
    this.#purged += 1;
  }

  add(other: Tally): void {
    this.#requests += other.#requests;
    this.#memory += other.#memory;
    this.#remote += other.#remote;
    this.#stale += other.#stale;
    this.#miss += other.#miss;
    this.#bypass += other.#bypass;
    this.#errors += other.#errors;
    this.#shed += other.#shed;
    this.#purged += other.#purged;
    this.durations.add(other.durations);
  }

  clear(): void {
    this.#requests = this.#memory = this.#remote = this.#stale = this.#miss = this.#bypass = this.#errors = 0;
    this.#shed = this.#purged = 0;
    this.durations.clear();
  }

  summary(): Summary {
    const hits = this.#memory + this.#remote + this.#stale;
    const lookedUp = hits + this.#miss;
    return {
      requests: this.#requests,
      memory: this.#memory,
      remote: this.#remote,
      stale: this.#stale,
      miss: this.#miss,
      bypass: this.#bypass,
      errors: this.#errors,
      shed: this.#shed,
      purged: this.#purged,
      hitRate: lookedUp === 0 ? null : hits / lookedUp,
      ...quantilesOf(this.durations),
    };
  }
}
