/** What a pool of connections has to do, for whoever counts it. */
import type pg from 'pg';

export class PoolWatch {
  readonly #pool: pg.Pool;
  readonly #listeners: ((ms: number) => void)[] = [];

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    const connect = pool.connect.bind(pool) as (...given: unknown[]) => unknown;
    // It has two forms: one answers by a callback, which query() uses, and one by a promise.
    pool.connect = ((callback?: (...answer: unknown[]) => void) => {
      const startedAt = performance.now();
      const tell = () => this.#tell(performance.now() - startedAt);
      if (!callback) return (connect() as Promise<unknown>).finally(tell);
      return connect((...answer: unknown[]) => {
        tell();
        callback(...answer);
      });
    }) as typeof pool.connect;
  }

  get total(): number {
    return this.#pool.totalCount;
  }

  get idle(): number {
    return this.#pool.idleCount;
  }

  get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** Calls `listener` each time somebody was given a connection, or was not in time. */
  onWait(listener: (ms: number) => void): void {
    this.#listeners.push(listener);
  }

  #tell(ms: number): void {
    for (const listener of this.#listeners) listener(ms);
  }
}
