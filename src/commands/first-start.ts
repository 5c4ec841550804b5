/**
 * Makes the embedded database and what is in it at first. serve.ts runs this in a process of its own: creating a database
 * takes some 300 MB that the server would keep for as long as it lives.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Config, readConfig } from '../config.js';
import { seedFirstStart } from '../data/seed/first-start.js';
import { type Database, type DatabaseOptions, isNew, openDatabase } from '../platform/database.js';
import { DirectoryLockedError } from '../platform/directory-lock.js';
import { createLogger } from '../platform/logger.js';
import { MIGRATIONS } from '../platform/migrations.js';
import { lastWords } from '../platform/operator-error.js';

const TURN_MS = 30_000;

async function firstStart(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const database = await openInTurn(config, { migrations: MIGRATIONS, logger });
  if (config.seed) await seedFirstStart(database.prisma, logger);
  await database.close();
}

/**
 * While the directory is new, whoever holds it is making the database, or was left behind by a start that was killed and
 * is about to end: both are over soon.
 */
async function openInTurn({ database }: Config, options: DatabaseOptions): Promise<Database> {
  const deadline = Date.now() + TURN_MS;
  for (;;) {
    try {
      return await openDatabase(database, options);
    } catch (error) {
      if (!(error instanceof DirectoryLockedError) || !isNew(database) || Date.now() > deadline) throw error;
      await wait(100);
    }
  }
}

// Nobody waits for this any more.
process.once('disconnect', () => {
  process.exit(1);
});
try {
  await firstStart();
} catch (error) {
  console.error(lastWords(error));
  // Not exitCode: PGlite sets that to 0 when it cannot open its files.
  process.exit(1);
}
process.removeAllListeners('disconnect');
process.disconnect();
