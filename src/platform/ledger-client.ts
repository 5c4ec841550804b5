/**
 * The cache's own way to the database: one session beside the pool, so that a beat never waits for requests, with short time limits, so that an
 * instance that is cut off learns of it while its lease still runs.
 */
import type { PGlite } from '@electric-sql/pglite';
import type { Logger } from 'pino';
import { LedgerSession } from './ledger-session.js';
import { brief } from './logger.js';

/** On it triggers and write() say that there is news in the ledger. */
const CHANNEL = 'larder';

export interface LedgerClient {
  /** Runs one statement. Rejects while the database is away; the next call tries again. */
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /**
   * Calls `listener` when a writer that does not announce its writes itself has committed. What happens while the connection is away is not told:
   * read the ledger now and then all the same. The function that is returned ends it.
   */
  onNotification(listener: () => void): () => void;
  /** No other process can have this database open. */
  readonly isEmbedded: boolean;
}

/** Connects when it is first asked, and again after it was cut off. */
export function createServerLedgerClient(url: string, logger: Logger): LedgerClient & { close(): void } {
  const listeners = new Set<() => void>();
  let session: LedgerSession | null = null;
  let isClosed = false;

  const open = (): LedgerSession =>
    new LedgerSession({
      url,
      channel: CHANNEL,
      onNotification: () => listeners.forEach((listener) => listener()),
      onError: (error) => logger.warn(brief(error), 'the connection to the ledger was lost'),
    });

  return {
    isEmbedded: false,
    async query<Row>(sql: string, values: unknown[] = []) {
      if (isClosed) throw new Error('The connection to the ledger is closed.');
      if (!session || session.isLost) session = open();
      return session.query<Row>(sql, values);
    },
    onNotification(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      isClosed = true;
      session?.close();
    },
  };
}

/** The embedded database has one session for all. */
export function createEmbeddedLedgerClient(pglite: PGlite): LedgerClient {
  return {
    isEmbedded: true,
    query: async <Row>(sql: string, values?: unknown[]) => (await pglite.query<Row>(sql, values)).rows,
    onNotification(listener) {
      const listening = pglite.listen(CHANNEL, listener);
      return () => void listening.then((stop) => stop()).catch(() => undefined);
    },
  };
}
