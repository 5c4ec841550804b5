/**
 * What several operations want of the same table at the same moment, in one statement. Loaders do so for one operation; of those that came in together each
 * would send its own, and one row by its id costs who sends for it 82 µs (bench/RESULTS.md): to have them together spares 20 to 43 % of the CPU of misses that
 * come in a crowd (bench/README.md, 2026-11-30), and nothing where nobody else is there. It begins after all of them have asked, so each sees what it would
 * have seen alone, or later.
 */
import { AsyncResource } from 'node:async_hooks';
import { DatabaseWork, statementSpan } from './database-work.js';
import type { ReadRows } from './plain-rows.js';
import type { Prisma } from './prisma/client.js';
import { type Span, currentSpan, failureOf } from './spans.js';

/** As src/tracking/db.ts has it. */
interface KeyedStatement {
  readonly family: object;
  readonly variant: string;
  readonly column: string;
  of(keys: readonly number[]): Prisma.Sql;
}

/** Answers with the rows of all keys, those of one key in the order of the statement. Keys are numbers, for with a text one could spoil the statement of others. */
export type ReadKeyed = <Row>(statement: KeyedStatement, keys: readonly number[], work: DatabaseWork) => Promise<Row[]>;

/** So that those who want little do not wait for much of others. Who wants more is alone. */
export const MOST_KEYS = 200;

type AnyRow = Record<string, unknown>;

interface Wish {
  readonly keys: readonly number[];
  readonly work: DatabaseWork;
  readonly span: Span | null;
  resolve(rows: AnyRow[]): void;
  reject(error: unknown): void;
}

export function gatheredRows(readRows: ReadRows): ReadKeyed {
  let gatherings: Gathering[] = [];
  const sendAll = AsyncResource.bind(() => {
    const ready = gatherings;
    gatherings = [];
    for (const gathering of ready) void gathering.send(readRows);
  });
  return <Row>(statement: KeyedStatement, keys: readonly number[], work: DatabaseWork) =>
    new Promise<Row[]>((resolve, reject) => {
      // When all that has come in by now has been looked at.
      if (gatherings.length === 0) setImmediate(sendAll);
      const wish: Wish = { keys, work, span: currentSpan(), resolve: resolve as Wish['resolve'], reject };
      if (gatherings.some((gathering) => gathering.take(statement, wish))) return;
      gatherings.push(new Gathering(statement, wish));
    });
}

class Gathering {
  readonly #statement: KeyedStatement;
  readonly #wishes: Wish[];
  #room: number;

  constructor(statement: KeyedStatement, first: Wish) {
    this.#statement = statement;
    this.#wishes = [first];
    this.#room = MOST_KEYS - first.keys.length;
  }

  /** @returns false if it is for others, or full. */
  take({ family, variant }: KeyedStatement, wish: Wish): boolean {
    if (wish.keys.length > this.#room || this.#statement.family !== family || this.#statement.variant !== variant)
      return false;
    this.#room -= wish.keys.length;
    this.#wishes.push(wish);
    return true;
  }

  async send(readRows: ReadRows): Promise<void> {
    const wishes = this.#wishes;
    const [first] = wishes as [Wish];
    const isAlone = wishes.length === 1;
    const keys = isAlone ? first.keys : [...new Set(wishes.flatMap(({ keys }) => keys))];
    let spans: Span[] = [];
    try {
      const statement = this.#statement.of(keys);
      spans = wishes.flatMap(({ span }) => span?.child(...statementSpan(statement.text)) ?? []);
      const rows = await readRows<AnyRow>(statement, isAlone ? first.work : new WorkOfAll(wishes));
      for (const span of spans) span.end();
      if (isAlone) first.resolve(rows);
      else this.#share(rows);
    } catch (error) {
      for (const span of spans) span.end(failureOf(error));
      for (const { reject } of wishes) reject(error);
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
    for (const { keys, resolve } of this.#wishes) resolve(keys.flatMap((key) => takeFrom(groups.get(key))));
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
