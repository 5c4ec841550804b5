/**
 * Lets Prisma join a transaction that pg has begun: when Prisma begins one, it is lent the connection of ours. Its BEGIN, COMMIT and ROLLBACK are swallowed, all else
 * runs on that connection.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { DatabaseWork } from './database-work.js';
import type { Prisma, PrismaClient } from './prisma/client.js';
import type { Session } from './transaction-session.js';

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

/** It comes when it is first asked for something. */
export class PrismaGuest {
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
