/**
 * What one operation has the database do, which carries it with its Db. Through Prisma it follows by itself: Node 20 then watches every promise of the process,
 * which took 30 % of the CPU of a miss, so it does so only while there is one to follow.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, type SpanKind, beginSpan, spanned } from './spans.js';

/** Statements that took longer are kept by their text. Milliseconds. */
const SLOW_STATEMENT_MS = 50;
const MAX_KEPT = 5;
/** Characters. */
const MAX_SQL = 2_000;

interface SlowStatement {
  /** With placeholders, never with values. */
  readonly sql: string;
  readonly ms: number;
}

const current = new AsyncLocalStorage<DatabaseWork>();
/** How many executions are followed now. */
let followed = 0;

export class DatabaseWork {
  /** When it began, by the monotonic clock. Milliseconds. */
  readonly since = performance.now();
  statements = 0;
  readonly slowStatements: SlowStatement[] = [];
  /** How many keys loaders fetched at a time. */
  readonly batches: number[] = [];

  /** Runs `execute`; what it has the database do by whatever way is added. */
  async run<T>(execute: () => Promise<T> | T): Promise<T> {
    followed += 1;
    try {
      // Prisma begins when it is awaited.
      return await current.run(this, async () => await execute());
    } finally {
      followed -= 1;
      if (followed === 0) current.disable();
    }
  }

  add(sql: string, ms: number): void {
    this.statements += 1;
    if (ms < SLOW_STATEMENT_MS || this.slowStatements.length >= MAX_KEPT) return;
    this.slowStatements.push({ sql: sql.slice(0, MAX_SQL), ms });
  }
}

/** Sends a statement, for an operation; if none is given, for the one under way if there is one. */
export async function counted<Answer>(
  sql: string,
  sender: () => Promise<Answer>,
  work: DatabaseWork | null = current.getStore() ?? null,
): Promise<Answer> {
  const span = beginSpan('client', () => describe(sql));
  const send = () => spanned(span, sender);
  if (!work) return await send();
  const startedAt = performance.now();
  try {
    return await send();
  } finally {
    work.add(sql, performance.now() - startedAt);
  }
}

/** The span of a statement. */
export const statementSpan = (sql: string): [kind: SpanKind, name: string, attributes: Attributes] => [
  'client',
  ...describe(sql),
];

function describe(sql: string): [name: string, attributes: Attributes] {
  const verb = verbOf(sql);
  const text = sql.slice(0, MAX_SQL);
  return [verb, { 'db.system.name': 'postgresql', 'db.operation.name': verb, 'db.query.text': text }];
}

const verbOf = (sql: string): string => /^\s*(\w{1,16})/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
