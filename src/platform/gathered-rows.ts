/**
 * What several operations want of the same table at the same moment, in one statement. Loaders do so for one operation; of those that came in together each
 * would send its own, and one row by its id costs who sends for it 82 µs (bench/RESULTS.md): to have them together spares misses that come in a crowd a part of
 * their CPU (bench/README.md, 2026-11-30), and nothing where nobody else is there. It begins after all of them have asked, so each sees what it would
 * have seen alone, or later; one that is on its way takes nobody else.
 */
import { AsyncResource } from 'node:async_hooks';
import { isDatabaseAway } from './database-errors.js';
import { DatabaseWork, statementSpan } from './database-work.js';
import type { ReadRows } from './plain-rows.js';
import type { Prisma } from './prisma/client.js';
import { type Span, currentSpan, failureOf } from './spans.js';

/** As src/tracking/db.ts has it. */
interface KeyedStatement {
  readonly family: object;
  readonly variant: string;
  readonly column: string;
  readonly rowsOfKey: number;
  of(keys: readonly number[]): Prisma.Sql;
}

/** Answers with the rows of all keys, those of one key in the order of the statement. Keys are numbers, for with a text one could spoil the statement of others. */
export type ReadKeyed = <Row>(statement: KeyedStatement, keys: readonly number[], work: DatabaseWork) => Promise<Row[]>;

/** Of one statement, so that those who want little do not wait for much of others. Who wants more is alone. */
export const MOST_ROWS = 1_000;

type AnyRow = Record<string, unknown>;

interface Wish {
  readonly keys: readonly number[];
  readonly work: DatabaseWork;
  readonly span: Span | null;
  resolve(rows: AnyRow[]): void;
  reject(error: unknown): void;
}

export function createGatheredRows(readRows: ReadRows): ReadKeyed {
  let gathered: Gathering[] = [];
  /** Those that have room. */
  let open = new Map<object, Map<string, Gathering>>();
  const sendAll = AsyncResource.bind(() => {
    const ready = gathered;
    gathered = [];
    open = new Map();
    for (const gathering of ready) void gathering.send(readRows);
  });
  const add = (statement: KeyedStatement, wish: Wish): void => {
    const variants = open.get(statement.family) ?? new Map<string, Gathering>();
    if (variants.get(statement.variant)?.take(wish)) return;
    const gathering = new Gathering(statement, wish);
    gathered.push(gathering);
    open.set(statement.family, variants.set(statement.variant, gathering));
  };
  return <Row>(statement: KeyedStatement, keys: readonly number[], work: DatabaseWork) =>
    new Promise<Row[]>((resolve, reject) => {
      // When all that has come in by now has been looked at.
      if (gathered.length === 0) setImmediate(sendAll);
      add(statement, { keys, work, span: currentSpan(), resolve: resolve as Wish['resolve'], reject });
    });
}

class Gathering {
  readonly #statement: KeyedStatement;
  readonly #wishes: Wish[];
  #room: number;

  constructor(statement: KeyedStatement, first: Wish) {
    this.#statement = statement;
    this.#wishes = [first];
    this.#room = MOST_ROWS - first.keys.length * statement.rowsOfKey;
  }

  /** @returns false if there is no room for it. */
  take(wish: Wish): boolean {
    const rows = wish.keys.length * this.#statement.rowsOfKey;
    if (rows > this.#room) return false;
    this.#room -= rows;
    this.#wishes.push(wish);
    return true;
  }

  async send(readRows: ReadRows): Promise<void> {
    const wishes = this.#wishes;
    const [first] = wishes as [Wish];
    if (wishes.length === 1) {
      await this.#sendOne(readRows, first);
      return;
    }
    try {
      const keys = [...new Set(wishes.flatMap(({ keys }) => keys))];
      this.#share(await this.#read(keys, wishes, (statement) => readRows(statement, new WorkOfAll(wishes))));
    } catch (error) {
      if (isDatabaseAway(error)) for (const { reject } of wishes) reject(error);
      // It took too long, say, which may be the fault of one of them.
      else for (const wish of wishes) void this.#sendOne(readRows, wish);
    }
  }

  async #sendOne(readRows: ReadRows, wish: Wish): Promise<void> {
    try {
      wish.resolve(await this.#read(wish.keys, [wish], (statement) => readRows(statement, wish.work)));
    } catch (error) {
      wish.reject(error);
    }
  }

  /** Each of those who wait for it has it in its trace. */
  async #read(
    keys: readonly number[],
    wishes: readonly Wish[],
    read: (statement: Prisma.Sql) => Promise<AnyRow[]>,
  ): Promise<AnyRow[]> {
    const statement = this.#statement.of(keys);
    const spans = wishes.flatMap(({ span }) => span?.child(...statementSpan(statement.text)) ?? []);
    try {
      const rows = await read(statement);
      for (const span of spans) span.end();
      return rows;
    } catch (error) {
      for (const span of spans) span.end(failureOf(error));
      throw error;
    }
  }

  #share(rows: readonly AnyRow[]): void {
    const { column } = this.#statement;
    const groups = new Map<unknown, Group>();
    for (const row of rows) {
      const group = groups.get(row[column]);
      if (group) group.rows.push(row);
      else groups.set(row[column], { rows: [row], isTaken: false });
    }
    for (const { keys, resolve } of this.#wishes)
      resolve([...new Set(keys)].flatMap((key) => takeFrom(groups.get(key))));
  }
}

interface Group {
  readonly rows: AnyRow[];
  isTaken: boolean;
}

/** Each operation has rows of its own. */
function takeFrom(group: Group | undefined): AnyRow[] {
  if (!group) return [];
  if (group.isTaken) return group.rows.map((row) => ({ ...row }));
  group.isTaken = true;
  return group.rows;
}

/** What is done for all counts for each of them. */
class WorkOfAll extends DatabaseWork {
  readonly #wishes: readonly Wish[];

  constructor(wishes: readonly Wish[]) {
    super();
    this.#wishes = wishes;
  }

  override add(sql: string, ms: number): void {
    for (const { work } of this.#wishes) work.add(sql, ms);
  }
}
