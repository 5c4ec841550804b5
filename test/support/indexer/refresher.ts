/** A process that does the refreshes of a database, to be killed in the midst of one. Arguments: the database, the indexer, the lease in milliseconds. */
import { openDatabase } from '../../../src/platform/database.js';
import { createLogger } from '../../../src/platform/logger.js';
import { MIGRATIONS } from '../../../src/platform/migrations.js';
import { refreshByHand } from './by-hand.js';

const [url = '', indexer = '', leaseMs = ''] = process.argv.slice(2);
const database = await openDatabase(
  { kind: 'server', url, poolSize: 4, waitSeconds: 0 },
  { migrations: MIGRATIONS, logger: createLogger('silent') },
);
refreshByHand(database, { url: indexer }, { leaseMs: Number(leaseMs) });
process.stdin.resume().on('end', () => process.exit());
