/**
 * The way to the data for one request, or inside one transaction. Loaders hang on it, so what they remember lives
 * exactly as long. A write begins with a new one (inside the transaction) and ends with a new one.
 */
import type { Prisma, PrismaClient } from '../platform/prisma/client.js';
import { modelNamed } from './models.js';
import { observeRows } from './observed-rows.js';
import { watchedClient } from './prisma-reads.js';
import type { ModelName, Reading } from './reading.js';
import type { Reads } from './reads.js';

/** What a statement read, by the rows that it returned (see reading.ts). Null: nobody knows. */
type ReadingOf<Row> = (rows: readonly Row[]) => Reading | null;

/** What somebody has the database do, counted. */
export interface Work {
  add(sql: string, ms: number): void;
  /** How many keys loaders fetched at a time. */
  readonly batches: number[];
  /** Runs `execute`; what it has the database do is added. */
  run<T>(execute: () => Promise<T>): Promise<T>;
}

/** Answers a statement with its rows. */
export type ReadRows<W extends Work = Work> = <Row>(statement: Prisma.Sql, work?: W) => Promise<Row[]>;

/**
 * Reads rows that belong to keys. Which others are asked for with a key must not matter to its rows, nor who asks; and it must walk an index to them, for
 * others may wait for it. Each operation has rows of its own, but the values in them are shared: they are not to be changed.
 */
export interface KeyedStatement {
  /** Those of one family that are of one variant differ in nothing but the keys. */
  readonly family: object;
  readonly variant: string;
  /** The column of a row that has the key to which it belongs. */
  readonly column: string;
  /** At most, or about: how much others would have to wait for. */
  readonly rowsOfKey: number;
  of(keys: readonly number[]): Prisma.Sql;
}

/** The same for keys, whose rows may be read together with those that others want. */
export type ReadKeyed<W extends Work = Work> = <Row>(
  statement: KeyedStatement,
  keys: readonly number[],
  work: W,
) => Promise<Row[]>;

/** The ways to rows of statements written by hand. */
export interface RowReaders<W extends Work = Work> {
  readonly readRows: ReadRows<W>;
  /** Null: each statement goes by itself, as it must inside a transaction. */
  readonly readKeyed: ReadKeyed<W> | null;
}

/** Whoever all Dbs that follow one another belong to. */
interface Owner {
  isWriting: boolean;
}

export class Db {
  readonly #client: Prisma.TransactionClient;
  readonly #readers: RowReaders;
  /** Whose work it is; null: nobody counts, or whoever does sees it anyhow. */
  readonly work: Work | null;
  #watched: Prisma.TransactionClient | null = null;
  #ended: Error | null = null;
  /** Where what is read through this Db is noted; null: nobody wants to know. */
  readonly reads: Reads | null;
  readonly #owner: Owner;
  readonly #kept = new Map<object, unknown>();

  /** @param readers must see what `client` sees. */
  constructor(
    client: Prisma.TransactionClient,
    reads: Reads | null,
    readers: RowReaders = readersOf(client),
    work: Work | null = null,
    owner: Owner = { isWriting: false },
  ) {
    this.#client = client;
    this.#readers = readers;
    this.work = work;
    this.reads = reads;
    this.#owner = owner;
  }

  /** What hangs on this Db under a name, made when it is first asked for. */
  keep<Value>(name: object, make: () => Value): Value {
    let value = this.#kept.get(name) as Value | undefined;
    if (value === undefined) this.#kept.set(name, (value = make()));
    return value;
  }

  /** Another one like this, which remembers nothing. */
  anew(): Db {
    return new Db(this.#client, this.reads, this.#readers, this.work, this.#owner);
  }

  /**
   * The Prisma client. Throws while `write()` runs for this Db's owner: a read or write beside the transaction would not see it, would not be undone with it, and on
   * the embedded database would wait for itself.
   */
  get prisma(): Prisma.TransactionClient {
    this.assertMayBeUsed();
    if (!this.reads && !this.work) return this.#client;
    return (this.#watched ??= watchedClient(this.#client as PrismaClient, this));
  }

  /**
   * Rows of a statement written by hand. Columns that bear a model's names come back with Prisma's types.
   * Without a `reading` the answers made of them are not cached.
   */
  async sql<Row>(statement: Prisma.Sql, reading?: ReadingOf<Row>): Promise<Row[]> {
    this.assertMayBeUsed();
    const rows = await this.#readers.readRows<Row>(statement, this.work ?? undefined);
    if (this.reads) noteReading(this.reads, () => statement, rows, reading);
    return rows;
  }

  /** The same for a statement of which each row belongs to one of `keys`: those of one key come in its order, and keys in any. */
  async keyed<Row>(statement: KeyedStatement, keys: readonly number[], reading: ReadingOf<Row>): Promise<Row[]> {
    const { readKeyed } = this.#readers;
    if (!readKeyed || !this.work) return await this.sql(statement.of(keys), reading);
    this.assertMayBeUsed();
    const rows = await readKeyed<Row>(statement, keys, this.work);
    if (this.reads) noteReading(this.reads, () => statement.of(keys), rows, reading);
    return rows;
  }

  /**
   * The same for statements that return rows of a model (`t.*`, perhaps with more beside). What is looked at in them is noted by itself, so
   * `reading` only says how they were found and ordered.
   */
  async rows<Row extends object>(model: ModelName, statement: Prisma.Sql, reading: ReadingOf<Row>): Promise<Row[]> {
    return this.observed(model, await this.sql<Row>(statement, reading));
  }

  /** Rows of a model whose statement notes its reading elsewhere: from here on, what is looked at in them is noted. */
  observed<Row extends object>(model: ModelName, rows: Row[]): Row[] {
    return this.reads ? observeRows(this.reads, modelNamed(model), rows) : rows;
  }

  /** Nobody waits for what is read through it any more: what is still asked throws `reason`. */
  end(reason: Error): void {
    this.#ended = reason;
  }

  /** @throws while its owner writes: another transaction would wait for the first, on the embedded database until that gives up. */
  assertNotWriting(): void {
    if (this.#owner.isWriting) throw new Error('write() inside write(): pass the Db of the outer one on instead.');
  }

  /** Nobody but the transaction may use the database for its owner until `write` has ended. */
  async whileWriting<T>(write: () => Promise<T>): Promise<T> {
    this.#owner.isWriting = true;
    try {
      return await write();
    } finally {
      this.#owner.isWriting = false;
    }
  }

  /** @throws if it has been ended, or its owner writes through another one now. */
  assertMayBeUsed(): void {
    if (this.#ended) throw this.#ended;
    if (this.#owner.isWriting) throw new Error('Inside write() use the Db that it passes, not the one outside.');
  }
}

const readersOf = (client: Prisma.TransactionClient): RowReaders => ({
  readRows: (statement) => client.$queryRaw(statement),
  readKeyed: null,
});

function noteReading<Row>(reads: Reads, statement: () => Prisma.Sql, rows: Row[], reading?: ReadingOf<Row>): void {
  const read = reading?.(rows) ?? null;
  if (read === null) reads.refuse(undeclared(statement()));
  else for (const { tag, columns } of read) reads.depend(tag, columns);
}

const undeclared = ({ strings }: Prisma.Sql): string => {
  const text = strings.join('?').replace(/\s+/g, ' ').trim();
  const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return `A statement written by hand does not say what it reads: give db.sql() a reading (src/tracking/reading.ts) for "${start}".`;
};
