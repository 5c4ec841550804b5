/** What an error of the database driver means. */
import pg from 'pg';
import { Prisma } from './prisma/client.js';

/** Prisma: cannot reach (P1001), timed out (P1002, P1008), closed (P1017), no connection from the pool in time (P2024, P2028), too many (P2037). */
const AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/** PostgreSQL and sockets: connection exceptions (08), shut down or starting up (57P0x), too many connections, a lock that others keep too long (55P03), refused, reset. */
const AWAY_IN_DETAIL =
  /\b(08\d{3}|57P0[1-3]|53300|55P03|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)\b|Connection terminated|Query read timeout|is not queryable|timeout exceeded when trying to connect|DatabaseNotReachable|ConnectionClosed/;

export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof UnknownOutcomeError) return true;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return AWAY.has(error.code) || AWAY_IN_DETAIL.test(`${error.message} ${JSON.stringify(error.meta ?? {})}`);
  return (
    error instanceof Error && AWAY_IN_DETAIL.test(`${error.message} ${(error as NodeJS.ErrnoException).code ?? ''}`)
  );
}

/** The connection was lost after a COMMIT was sent and before its answer: all of it was written, or nothing. */
export class UnknownOutcomeError extends Error {
  override name = 'UnknownOutcomeError';

  constructor(cause: unknown) {
    super('The database was lost at COMMIT: it is not known whether anything was written.', { cause });
  }
}

/** PostgreSQL ends the connection, and does not say what has become of what was under way. */
const CUT_OFF = /^(08|57P0)/;

/** After this answer to a COMMIT, or because it was never sent, nothing was written. */
export const isNotCommitted = (error: unknown): boolean =>
  error instanceof pg.DatabaseError
    ? !CUT_OFF.test(error.code ?? '')
    : error instanceof Error && error.message.includes('is not queryable');

/** Others kept a lock for too long: the database itself is there. */
export const isLockedOut = (error: unknown): boolean =>
  error instanceof pg.DatabaseError
    ? error.code === LOCKED_OUT
    : error instanceof Prisma.PrismaClientKnownRequestError && JSON.stringify(error.meta ?? {}).includes(LOCKED_OUT);

const LOCKED_OUT = '55P03';

/** Nothing was heard of a statement for as long as one may take: nor will there be of the next one on its connection. */
export const isSilence = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('Query read timeout');

/** PostgreSQL: out of memory, a statement beyond the depth of its stack, one that took longer than `statement_timeout`. */
const GIVEN_UP = new Set(['53200', '54001', '57014']);
/** The same, as Prisma tells them. */
const GIVEN_UP_IN_DETAIL = /"originalCode":"(53200|54001|57014)"/;

/** The database can be reached, and this statement alone is more than it will do. */
export function isGivenUp(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return GIVEN_UP.has(error.code ?? '');
  return (
    error instanceof Prisma.PrismaClientKnownRequestError && GIVEN_UP_IN_DETAIL.test(JSON.stringify(error.meta ?? {}))
  );
}

/** PostgreSQL: a wrong password (28), no such database (3D000), no such table or no right to it (42). Waiting does not mend these. */
export const isLasting = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(28|3D|42)/.test(error.code ?? '');

/** A unique constraint was violated, by Prisma's own statements or by raw ones. */
export function isTaken(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code === '23505';
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    (error.code === 'P2002' || /\b23505\b/.test(JSON.stringify(error.meta ?? {})))
  );
}
