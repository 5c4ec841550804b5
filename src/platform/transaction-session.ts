/** A connection of the pool as long as it is in a transaction. */
import type pg from 'pg';

/** Milliseconds. What comes later in a transaction is not sent: others may wait for what it has locked. */
export const LONGEST_MS = 15_000;

class TooLongError extends Error {
  override name = 'TooLongError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`A transaction took longer than ${LONGEST_MS / 1_000} s, and was given up.`);
  }
}

/** What nobody has waited for must not be written after it, or in that of somebody else. */
export class Session {
  readonly #connection: pg.PoolClient;
  readonly #end = performance.now() + LONGEST_MS;
  #isOver = false;

  constructor(connection: pg.PoolClient) {
    this.#connection = connection;
  }

  /** Milliseconds, at least one. */
  get left(): number {
    return Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  async query<Row extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    this.assertOpen();
    return await this.#connection.query<Row>(config);
  }

  /** @throws if it is over, or takes too long. */
  assertOpen(): void {
    if (this.#isOver) throw new OverError();
    if (performance.now() >= this.#end) throw new TooLongError();
  }

  end(): void {
    this.#isOver = true;
  }
}

class OverError extends Error {
  override name = 'OverError';

  constructor() {
    super('This transaction is over: await all that is asked in it.');
  }
}
