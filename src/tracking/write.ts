/** `write()`: the only door for writes. */
import { setTimeout as wait } from 'node:timers/promises';
import { Prisma, type PrismaClient } from '../platform/prisma/client.js';
import { Db, assertOutsideTransaction, inTransaction } from './db.js';

/** What write() needs of a request: the client that opens transactions, and the place for the Db that follows. */
export interface Writer {
  readonly client: PrismaClient;
  db: Db;
  /** Told of each commit before anyone is answered. Must not fail: the write is done. */
  readonly committed: () => Promise<void>;
}

/** A transaction that lost against others is repeated this often before the caller learns of it. */
const ATTEMPTS = 5;
/** Milliseconds: until a connection is free, and until the transaction must have ended. */
const TIMES = { maxWait: 10_000, timeout: 15_000 };

/**
 * Runs `change` in one transaction and returns its result after the commit. All of it is written or none.
 *
 * A transaction that ended in a deadlock or a serialization failure is repeated from the start, with fresh loaders, so
 * `change` must have no effects outside the database. Afterwards `writer.db` is a new one: what the request reads from
 * then on sees the write.
 *
 * @throws whatever `change` throws, after the roll-back.
 */
export async function write<T>(writer: Writer, change: (tx: Db) => Promise<T>): Promise<T> {
  assertOutsideTransaction();
  const result = await commit(writer, change);
  await writer.committed();
  return result;
}

async function commit<T>(writer: Writer, change: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writer.client.$transaction((client) => inTransaction(new Db(client), change), TIMES);
    } catch (error) {
      if (attempt === ATTEMPTS || !lostAgainstOthers(error)) throw error;
      await wait(Math.random() * 10 * 2 ** attempt);
    } finally {
      writer.db = new Db(writer.client);
    }
  }
}

/** PostgreSQL: 40001 serialization_failure, 40P01 deadlock_detected. Prisma: P2034 for both, P2010 for raw statements. */
function lostAgainstOthers(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2034' || /\b(40001|40P01)\b/.test(JSON.stringify(error.meta ?? {}));
}
