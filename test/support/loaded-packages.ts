/** Starts the server as it is composed, asks it, and prints which packages of OpenTelemetry that has loaded. For a process of its own. */
import { createRequire } from 'node:module';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { openDatabase } from '../../src/platform/database.js';
import { createLogger } from '../../src/platform/logger.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';

const config = readConfig();
const logger = createLogger('silent');
const database = await openDatabase(config.database, { migrations: MIGRATIONS, logger, announcesWrites: true });
const app = await createApp(config, { database, redis: null }, logger);
await app.fetch('http://127.0.0.1/graphql?query={__typename}');
await app.stop();
await database.close();

// They are CommonJS, which Node keeps there however it is imported.
const files = Object.keys(createRequire(import.meta.url).cache);
const packages = files.flatMap((file) => /node_modules[\\/]@opentelemetry[\\/]([\w-]+)/.exec(file)?.[1] ?? []);
process.stdout.write(`${JSON.stringify({ loaded: [...new Set(packages)] })}\n`);
