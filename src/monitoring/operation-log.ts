/**
 * One line for each operation. What it says is listed here, field by field: headers, variables, bodies, documents and messages of errors never come near it.
 */
import type { ObservedOperation, Observations } from './observation.js';

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  isLevelEnabled(level: string): boolean;
}

interface OperationLogOptions {
  /** The part of the hits that gets a line: 1 for all, 0 for none. */
  hits: number;
  /** Whoever takes longer is told with its slow statements, hit or not. */
  slowMs: number;
}

export function logOperations(observations: Observations, log: Log, { hits, slowMs }: OperationLogOptions): void {
  let fastHits = 0;
  let told = 0;
  /** Counted, so that whatever part is wanted is told: one of so many is 1, a half, a third, and nothing between. */
  const isTold = (): boolean => {
    fastHits += 1;
    if (Math.floor(fastHits * hits) === told) return false;
    told += 1;
    return true;
  };
  observations.on('operation', (operation) => {
    const isSlow = operation.durationMs >= slowMs;
    if (operation.status === 'HIT' && !isSlow && !isTold()) return;
    if (isSlow) log.warn({ ...fieldsOf(operation), slow: operation.slowStatements }, 'a slow operation');
    else if (log.isLevelEnabled('info')) log.info(fieldsOf(operation), 'operation');
  });
}

const fieldsOf = (operation: ObservedOperation) => ({
  requestId: operation.requestId,
  operation: operation.name,
  hash: operation.hash,
  kind: operation.kind,
  viewer: operation.viewer,
  cache: operation.status,
  tier: operation.tier,
  reason: operation.reason,
  isStored: operation.isStored,
  status: operation.httpStatus,
  errors: operation.errorCodes,
  statements: operation.statements,
  cost: operation.cost,
  ms: Math.round(operation.durationMs * 1_000) / 1_000,
});
