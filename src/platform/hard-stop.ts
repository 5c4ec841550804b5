/** The end of a process that does not come to one by itself. */
import type { Logger } from 'pino';

/** Whatever is still being done `ms` from now is left undone. Keeps nothing alive: a process that has nothing left to do ends before. */
export function endWithin(ms: number, logger: Logger): void {
  setTimeout(() => {
    logger.error({ ms }, 'it has taken too long to stop: what is not done is left undone');
    process.exit(1);
  }, ms).unref();
}
