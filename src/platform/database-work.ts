/** What one operation has the database do. It follows the execution by itself, through whatever awaits whatever. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { beginSpan, spanned } from './spans.js';

/** Statements that took longer are kept by their text. Milliseconds. */
const SLOW_STATEMENT_MS = 50;
const MAX_KEPT = 5;
/** Characters. */
const MAX_SQL = 2_000;

export interface SlowStatement {
  /** With placeholders, never with values. */
  readonly sql: string;
  readonly ms: number;
}

const current = new AsyncLocalStorage<DatabaseWork>();

export class DatabaseWork {
  statements = 0;
  readonly slowStatements: SlowStatement[] = [];
  /** How many keys loaders fetched at a time. */
  readonly batches: number[] = [];

  /** Runs `execute`; what it has the database do is added. */
  run<T>(execute: () => T): T {
    return current.run(this, execute);
  }

  add(sql: string, ms: number): void {
    this.statements += 1;
    if (ms < SLOW_STATEMENT_MS || this.slowStatements.length >= MAX_KEPT) return;
    this.slowStatements.push({ sql: sql.slice(0, MAX_SQL), ms });
  }
}

/** Sends a statement, for the operation under way if there is one. */
export async function counted<Answer>(sql: string, sender: () => Promise<Answer>): Promise<Answer> {
  const span = beginSpan('client', () => {
    const verb = verbOf(sql);
    const text = sql.slice(0, MAX_SQL);
    return [verb, { 'db.system.name': 'postgresql', 'db.operation.name': verb, 'db.query.text': text }];
  });
  const send = () => spanned(span, sender);
  const work = current.getStore();
  if (!work) return await send();
  const startedAt = performance.now();
  try {
    return await send();
  } finally {
    work.add(sql, performance.now() - startedAt);
  }
}

const verbOf = (sql: string): string => /^\s*(\w{1,16})/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';

export const countBatch = (size: number): void => void current.getStore()?.batches.push(size);
