/**
 * Transactions. On a PostgreSQL server the driver begins and ends them, and statements written by hand go to it; Prisma joins where somebody asks for it. A mutation
 * of nine statements, all of them written by hand, costs 0.4 of the CPU that it cost by Prisma's own (installAgent, Prisma 7.10, pg 8.23, Node 20, 2026-11-29).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { type DatabaseWork, counted } from './database-work.js';
import { plainRows, prismaRows } from './plain-rows.js';
import type { Prisma, PrismaClient } from './prisma/client.js';

/** Two ways into one transaction, which see the same. */
export interface Transaction {
  readonly readRows: <Row>(statement: Prisma.Sql) => Promise<Row[]>;
  readonly prisma: Prisma.TransactionClient;
}

/**
 * Runs `change` in a transaction, and commits.
 * @param work whose statements they are; null: nobody counts.
 * @throws whatever `change` throws, after the roll-back.
 */
export type Transact = <T>(change: (tx: Transaction) => Promise<T>, work: DatabaseWork | null) => Promise<T>;

/** Milliseconds. What comes later in a transaction is not sent: others may wait for what it has locked. */
const LONGEST_MS = 15_000;
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
    const guest = new Guest(prisma, session, work);
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
      const { command } = await run('COMMIT');
      // Where a statement has failed PostgreSQL rolls back, and calls that no error.
      if (command !== 'COMMIT') throw new Error('Nothing was written: a statement of this transaction had failed.');
      return result;
    } catch (error) {
      session.end();
      await guest.leave().catch(() => undefined);
      await run('ROLLBACK').catch((reason: unknown) => (fault = reason as Error));
      throw error;
    } finally {
      connection.off('error', ignore);
      connection.release(fault);
    }
  };
}

class TooLongError extends Error {
  override name = 'TooLongError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`A transaction took longer than ${LONGEST_MS / 1_000} s, and was given up.`);
  }
}

/** A connection as long as it is in its transaction: what nobody has waited for must not be written after it, or in that of somebody else. */
class Session {
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

const loans = new AsyncLocalStorage<Loan>();
/** How many have not been taken yet. */
let offered = 0;

/** The same pool. Who begins a transaction under a loan is given the connection of that. */
export function lending(pool: pg.Pool): pg.Pool {
  const connect = pool.connect.bind(pool) as (...given: unknown[]) => unknown;
  pool.connect = ((...given: unknown[]) => {
    const connection = given.length === 0 && loans.getStore()?.take();
    return connection ? Promise.resolve(connection) : connect(...given);
  }) as typeof pool.connect;
  return pool;
}

/** A connection in a transaction, for one who believes to have begun it, and to end it. */
class Loan {
  readonly #session: Session;
  #isTaken = false;

  constructor(session: Session) {
    this.#session = session;
  }

  take(): object | null {
    if (this.#isTaken) return null;
    this.#isTaken = true;
    const session = this.#session;
    const nothing = () => undefined;
    return {
      query: (config: pg.QueryConfig) => (ENDS.has(config.text) ? Promise.resolve(NO_ROWS) : session.query(config)),
      on: nothing,
      removeListener: nothing,
      release: nothing,
    };
  }
}

const ENDS = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);
const NO_ROWS = { rows: [], fields: [], rowCount: 0 };

interface Stay {
  readonly client: Prisma.TransactionClient;
  end(): Promise<void>;
}

/** Prisma in a transaction of somebody else. It comes when it is first asked for something. */
class Guest {
  readonly #prisma: PrismaClient;
  readonly #session: Session;
  readonly #work: DatabaseWork | null;
  #stay: Promise<Stay> | null = null;

  constructor(prisma: PrismaClient, session: Session, work: DatabaseWork | null) {
    this.#prisma = prisma;
    this.#session = session;
    this.#work = work;
  }

  get client(): Prisma.TransactionClient {
    return named((name) =>
      name.startsWith('$')
        ? (...given: unknown[]) => this.#ask((client) => client[name]!(...given))
        : named(
            (method) =>
              (...given: unknown[]) =>
                this.#ask((client) => client[name]![method]!(...given)),
          ),
    ) as Prisma.TransactionClient;
  }

  async leave(): Promise<void> {
    const stay = this.#stay;
    this.#stay = null;
    await (await stay)?.end();
  }

  async #ask(question: (client: Named) => Promise<unknown>): Promise<unknown> {
    this.#session.assertOpen();
    const { client } = await (this.#stay ??= this.#come());
    const ask = () => question(client as unknown as Named);
    return await (this.#work ? this.#work.run(ask) : ask());
  }

  #come(): Promise<Stay> {
    offered += 1;
    return new Promise<Stay>((arrive, fail) => {
      const left = loans.run(new Loan(this.#session), () =>
        this.#prisma.$transaction(
          (client) =>
            new Promise<void>((leave) => {
              const end = async () => {
                leave();
                await left;
              };
              arrive({ client, end });
            }),
          { timeout: this.#session.left },
        ),
      );
      left.catch(fail);
    }).finally(() => {
      offered -= 1;
      // Node 20 watches every promise of the process as long as it is in use.
      if (offered === 0) loans.disable();
    });
  }
}

type Method = (...given: unknown[]) => Promise<unknown>;
type Named = Readonly<Record<string, Method & Readonly<Record<string, Method>>>>;

/** What has under each name what `of` says. */
const named = (of: (name: string) => unknown): object =>
  new Proxy({}, { get: (_target, name) => (typeof name === 'string' && name !== 'then' ? of(name) : undefined) });
