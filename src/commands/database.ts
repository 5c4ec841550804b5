/** Opens the database of the server for a command that writes to it. */
import type { Config } from '../config.js';
import { openDatabase } from '../platform/database.js';
import { createLogger } from '../platform/logger.js';
import { MIGRATIONS } from '../platform/migrations.js';
import { OperatorError } from '../platform/operator-error.js';
import type { PrismaClient } from '../platform/prisma/client.js';

export async function withDatabase<T>(
  { database: place }: Config,
  work: (prisma: PrismaClient) => Promise<T>,
): Promise<T> {
  if (place.kind === 'memory')
    throw new OperatorError(
      'DATABASE_URL=memory:// is gone when a command ends, so there is nothing to write to: leave it unset, or name a PostgreSQL server.',
    );
  const database = await openDatabase(place, {
    migrations: MIGRATIONS,
    logger: createLogger('warn'),
    // What writes very many rows takes its time.
    statementTimeoutMs: 0,
  });
  try {
    return await work(database.prisma);
  } finally {
    await database.close();
  }
}
