/** What one operation has the database do. It follows the execution by itself, through whatever awaits whatever. */
import { AsyncLocalStorage } from 'node:async_hooks';

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
export async function counted<Answer>(sql: string, send: () => Promise<Answer>): Promise<Answer> {
  const work = current.getStore();
  if (!work) return await send();
  const startedAt = performance.now();
  try {
    return await send();
  } finally {
    work.add(sql, performance.now() - startedAt);
  }
}

export const countBatch = (size: number): void => void current.getStore()?.batches.push(size);
