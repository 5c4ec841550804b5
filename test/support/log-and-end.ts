/** A process that logs, and ends as its argument says. */
import { createLogger } from '../../src/platform/logger.js';

const ENDS: Record<string, () => void> = {
  'by itself': () => undefined,
  'by an error': () => {
    throw new Error('on purpose');
  },
  'by process.exit': () => process.exit(3),
  'killed a second later': () => void setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1_000),
  'killed after a warning': () => {
    logger.warn('a warning');
    process.kill(process.pid, 'SIGKILL');
  },
};

const logger = createLogger('info');
logger.info('one');
logger.info({ of: 'two' }, 'two');
ENDS[process.argv[2] ?? '']!();
