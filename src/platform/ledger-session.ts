/** One connection to the ledger, from its opening until it is lost. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { sessionSettings } from './session-settings.js';

/** A lease runs for two seconds and is renewed every half: what takes longer than this comes too late to be of use. */
const CONNECT_TIMEOUT_MS = 1_000;
const STATEMENT_TIMEOUT_MS = 1_000;
/** For a server that does not even say that it took too long. */
const SILENCE_TIMEOUT_MS = 1_500;

interface LedgerSessionOptions {
  url: string;
  /** The channel to listen on. */
  channel: string;
  onNotification: () => void;
  /** The server ended it. */
  onError: (error: Error) => void;
}

export class LedgerSession {
  readonly #client: pg.Client;
  readonly #connected: Promise<void>;
  #turn: Promise<unknown>;
  #isLost = false;

  constructor({ url, channel, onNotification, onError }: LedgerSessionOptions) {
    this.#client = new pg.Client({
      ...sessionSettings(url, [
        ...['timezone=UTC', `statement_timeout=${STATEMENT_TIMEOUT_MS}`],
        // Who joined before a crash must have joined after it too. To compile a beat takes a thousand times as long as to run it.
        ...['synchronous_commit=on', 'jit=off'],
      ]),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: SILENCE_TIMEOUT_MS,
    });
    this.#client.on('notification', onNotification);
    this.#client.on('error', (error) => {
      if (!this.#isLost) onError(error);
      this.close();
    });
    this.#connected = this.#connect(channel);
    this.#turn = this.#connected.catch(() => undefined);
  }

  /** Nothing more can be asked here. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** One statement after another. Those that still wait when the connection is lost fail with it, instead of waiting for another one. */
  query<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    const answer = this.#turn.then(() => this.#ask<Row>(sql, values));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** Without waiting: a server that does not answer does not say good-bye either. */
  close(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    void this.#client.end().catch(() => undefined);
    this.#client.connection.stream.destroy();
  }

  async #connect(channel: string): Promise<void> {
    try {
      await this.#client.connect();
      await this.#client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #ask<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    await this.#connected;
    if (this.#isLost) throw new Error('The connection to the ledger was lost.');
    try {
      return (await this.#client.query({ name: nameOf(sql), text: sql, values })).rows as Row[];
    } catch (error) {
      // An answer of the server leaves the session as good as before. Without one, a statement may be left in it that nobody waits for.
      if (!(error instanceof pg.DatabaseError)) this.close();
      throw error;
    }
  }
}

/** Of a prepared statement: there are few, and to plan one takes longer than to run it. */
const nameOf = (sql: string): string => createHash('md5').update(sql).digest('hex');
