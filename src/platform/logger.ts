import { type Logger, pino } from 'pino';

/** JSON lines on standard output. Headers and variables are never logged as a whole, so nothing has to be cut out of them. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
