import { type Logger, pino } from 'pino';

/** JSON lines on standard output. Headers and variables are never logged as a whole, so nothing has to be cut out of them. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });

/** An error of a connection, without the connection: its message and code, as fields. Drivers hang themselves on their errors. */
export const brief = (error: NodeJS.ErrnoException) => ({ reason: error.message, code: error.code });
