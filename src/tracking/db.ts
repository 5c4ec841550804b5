/**
 * The way to the data for one request, or inside one transaction. Loaders hang on it, so what they remember lives
 * exactly as long. A write begins with a new one (inside the transaction) and ends with a new one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Prisma } from '../platform/prisma/client.js';

const writing = new AsyncLocalStorage<Db>();

export class Db {
  readonly #client: Prisma.TransactionClient;

  constructor(client: Prisma.TransactionClient) {
    this.#client = client;
  }

  /**
   * The Prisma client. Throws inside `write()` on any Db but the transaction's own: a read or write beside the
   * transaction would not see it, would not be undone with it, and on the embedded database would wait for itself.
   */
  get prisma(): Prisma.TransactionClient {
    const transaction = writing.getStore();
    if (transaction && transaction !== this)
      throw new Error('Inside write() use the Db that it passes, not the one outside.');
    return this.#client;
  }

  /** Rows of a statement written by hand. Columns that bear a model's names come back with Prisma's types. */
  sql<Row>(statement: Prisma.Sql): Promise<Row[]> {
    return this.prisma.$queryRaw<Row[]>(statement);
  }
}

/** Runs `change` so that every other Db throws until it is done. */
export const inTransaction = <T>(tx: Db, change: (tx: Db) => Promise<T>): Promise<T> => writing.run(tx, change, tx);

/** @throws inside a transaction: another one would wait for it, on the embedded database for ever. */
export function assertOutsideTransaction(): void {
  if (writing.getStore()) throw new Error('write() inside write(): pass the Db of the outer one on instead.');
}
