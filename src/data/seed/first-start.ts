/** The first start on an empty database: something to look at before anything was written. */
import type { Logger } from 'pino';
import type { PrismaClient } from '../../platform/prisma/client.js';
import { DEFAULTS } from './plan.js';
import { isEmpty, seed } from './seed.js';

export async function seedFirstStart(prisma: PrismaClient, logger: Logger): Promise<void> {
  if (!(await isEmpty(prisma))) return;
  logger.info('the database is empty: making up a marketplace to try things on (SEED=off leaves it empty)');
  const started = performance.now();
  const rows = await seed(prisma, DEFAULTS);
  // Another instance was faster.
  if (!rows) return;
  logger.info(
    { rows, ms: Math.round(performance.now() - started) },
    'the marketplace is there; its first user is demo',
  );
}
