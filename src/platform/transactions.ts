/**
 * Transactions. On a PostgreSQL server the driver begins and ends them, and statements written by hand go to it; Prisma joins where somebody asks for it. A mutation
 * of nine statements, all of them written by hand, costs 0.4 of the CPU that it cost by Prisma's own (installAgent, Prisma 7.10, pg 8.23, Node 20, 2026-11-29).
 */
import type pg from 'pg';
import { type DatabaseWork, counted } from './database-work.js';
import { UnknownOutcomeError, isNotCommitted, isSilence } from './database-errors.js';
import { plainRows, prismaRows } from './plain-rows.js';
import type { Prisma, PrismaClient } from './prisma/client.js';
import { PrismaGuest } from './prisma-guest.js';
import { LONGEST_MS, Session } from './transaction-session.js';

/** Two ways into one transaction, which see the same. */
export interface Transaction {
  readonly readRows: <Row>(statement: Prisma.Sql) => Promise<Row[]>;
  readonly prisma: Prisma.TransactionClient;
}

/**
 * Runs `change` in a transaction, and commits.
 * @param work whose statements they are; null: nobody counts.
 * @throws whatever `change` throws, after the roll-back; UnknownOutcomeError if the COMMIT had no answer.
 */
export type Transact = <T>(change: (tx: Transaction) => Promise<T>, work: DatabaseWork | null) => Promise<T>;

/** Milliseconds until the one session of an embedded database is free. */
const MAX_WAIT_MS = 10_000;

/** Those of Prisma: for the embedded database. */
export const prismaTransactions =
  (prisma: PrismaClient): Transact =>
  async (change, work) => {
    const transact = () =>
      prisma.$transaction((tx) => change({ readRows: prismaRows(tx), prisma: tx }), {
        maxWait: MAX_WAIT_MS,
        timeout: LONGEST_MS,
      });
    return await (work ? work.run(transact) : transact());
  };

/**
 * @param pool made by lending(), and the one that `prisma` has.
 * @param sent is told of each statement written by hand when it has been answered.
 */
export function serverTransactions(
  pool: pg.Pool,
  prisma: PrismaClient,
  sent?: (statement: Prisma.QueryEvent) => void,
): Transact {
  return async (change, work) => {
    const connection = await pool.connect();
    // A connection that is lost fails the statement under way, or the next one.
    const ignore = () => undefined;
    connection.on('error', ignore);
    const session = new Session(connection);
    const guest = new PrismaGuest(prisma, session, work);
    const read = plainRows(session, sent);
    const run = (sql: string) => counted(sql, () => connection.query(sql), work);
    let fault: Error | undefined;
    try {
      await run('BEGIN');
      const result = await change({
        readRows: (statement) => read(statement, work ?? undefined),
        prisma: guest.client,
      });
      session.end();
      await guest.leave();
      const { command } = await run('COMMIT').catch((error: unknown) => {
        throw isNotCommitted(error) ? error : new UnknownOutcomeError(error);
      });
      // Where a statement has failed PostgreSQL rolls back, and calls that no error.
      if (command !== 'COMMIT') throw new Error('Nothing was written: a statement of this transaction had failed.');
      return result;
    } catch (error) {
      session.end();
      await guest.leave().catch(() => undefined);
      if (isSilence(error) || error instanceof UnknownOutcomeError) fault = error as Error;
      else await run('ROLLBACK').catch((reason: unknown) => (fault = reason as Error));
      throw error;
    } finally {
      connection.off('error', ignore);
      connection.release(fault);
    }
  };
}
