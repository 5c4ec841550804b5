/**
 * Makes the embedded database and what is in it at first. main.ts runs this in a process of its own: creating a database
 * takes some 300 MB that the server would keep for as long as it lives.
 */
import { readConfig } from '../config.js';
import { seedFirstStart } from '../data/seed/first-start.js';
import { openDatabase } from '../platform/database.js';
import { createLogger } from '../platform/logger.js';
import { lastWords } from '../platform/operator-error.js';
import { MIGRATIONS } from './database.js';

async function firstStart(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const database = await openDatabase(config.database, { migrations: MIGRATIONS, logger });
  if (config.seed) await seedFirstStart(database.prisma, logger);
  await database.close();
}

// Nobody waits for this any more.
process.once('disconnect', () => process.exit(1));
try {
  await firstStart();
} catch (error) {
  console.error(lastWords(error));
  process.exitCode = 1;
}
process.removeAllListeners('disconnect').disconnect();
