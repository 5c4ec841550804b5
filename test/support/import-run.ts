/** Imports a file into the embedded database of DATA_DIR, and tells what that took: `{ report, cpuMs, idleBytes, peakBytes }`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readConfig } from '../../src/config.js';
import { importCollection } from '../../src/data/import/import.js';
import { importOptions } from '../../src/data/import/options.js';
import { openDatabase } from '../../src/platform/database.js';
import { createLogger } from '../../src/platform/logger.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';

const [path, address, owners] = process.argv.slice(2);

/** As much as a process that does nothing keeps. */
function idle(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  // From here on Linux counts the peak anew: PGlite keeps the event loop busy, so a timer would miss peaks.
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  return process.memoryUsage.rss();
}

function peak(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return Number(kilobytes) * 1_024;
}

const { prisma, close } = await openDatabase(readConfig().database, {
  migrations: MIGRATIONS,
  logger: createLogger('silent'),
});
const idleBytes = idle();
const before = process.cpuUsage();
const report = await importCollection(prisma, importOptions.parse({ path, address, owners }));
const { user, system } = process.cpuUsage(before);
const cpuMs = Math.round((user + system) / 1_000);
console.log(JSON.stringify({ report, cpuMs, idleBytes, peakBytes: peak() }));
await close();
