/** `write()`: the only door for writes. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Announced } from '../cache/instance.js';
import { UnknownOutcomeError } from '../platform/database-errors.js';
import { Prisma } from '../platform/prisma/client.js';
import { Db, type Work } from './db.js';
import type { Publisher } from './publisher.js';

/** Where write() finds the data, and puts the Db that follows. */
export interface Writer {
  db: Db;
}

/** What a writer cannot reach by itself. */
interface Door {
  readonly transact: Transact;
  /** Told of each transaction. Null: nobody needs to know. */
  readonly publisher: Publisher | null;
}

interface Transaction {
  readonly prisma: Prisma.TransactionClient;
  readonly readRows: <Row>(statement: Prisma.Sql) => Promise<Row[]>;
}

/** Runs `change` in a transaction, and commits. Rejects after the roll-back. */
export type Transact<W extends Work = Work> = <T>(
  change: (tx: Transaction) => Promise<T>,
  work: W | null,
) => Promise<T>;

const doors = new WeakMap<Writer, Door>();

/** From now on `writer` may be passed to write(). */
export function allowWrites<W extends Writer>(writer: W, door: Door): W {
  doors.set(writer, door);
  return writer;
}

/** A transaction that lost against others is repeated this often before the caller learns of it. */
const ATTEMPTS = 5;

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
  const door = doors.get(writer);
  if (!door) throw new Error('Only mutations write: this context was made for something else.');
  writer.db.assertNotWriting();
  const { result, announced } = await commit(writer, door, change);
  await announced?.settle();
  return result;
}

interface Committed<T> {
  result: T;
  announced: Announced | null;
}

async function commit<T>(writer: Writer, door: Door, change: (tx: Db) => Promise<T>): Promise<Committed<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writer.db.whileWriting(() => transact(door, writer.db.work, change));
    } catch (error) {
      if (attempt === ATTEMPTS || !lostAgainstOthers(error)) throw error;
      await wait(Math.random() * 10 * 2 ** attempt);
    } finally {
      // A query that wrote goes on noting what it reads, but what it read and wrote in here cannot be described.
      writer.db.reads?.refuse(
        'This query wrote to the database (write()): an answer that is stored would not write again.',
      );
      writer.db = writer.db.anew();
    }
  }
}

async function transact<T>(
  { transact, publisher }: Door,
  work: Work | null,
  change: (tx: Db) => Promise<T>,
): Promise<Committed<T>> {
  let announced: Announced | null = null;
  try {
    const result = await transact(async ({ prisma, readRows }) => {
      const result = await change(new Db(prisma, null, { readRows, readKeyed: null }));
      announced = (await publisher?.announce(readRows)) ?? null;
      return result;
    }, work);
    return { result, announced };
  } catch (error) {
    // Perhaps it was committed, and whoever is told so looks whether it was.
    if (error instanceof UnknownOutcomeError) await (announced as Announced | null)?.doubt();
    else (announced as Announced | null)?.withdraw();
    throw error;
  }
}

/** PostgreSQL: 40001 serialization_failure, 40P01 deadlock_detected. Prisma: P2034 for both, P2010 for raw statements. */
function lostAgainstOthers(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return LOST.test(error.code ?? '');
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2034' || LOST.test(JSON.stringify(error.meta ?? {}));
}

const LOST = /\b(40001|40P01)\b/;
