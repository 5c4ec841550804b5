import { type Logger, type LoggerOptions, pino } from 'pino';

const MAX_CAUSES = 5;

/** Of errors what speaks of us. Drivers hang values on theirs: the row that violated a constraint, the parameters of a statement. */
const errorFields = (error: unknown, depth = 0): object => {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: name,
    message,
    ...(typeof code === 'string' && { code }),
    ...namesIn(error),
    stack,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: errorFields(cause, depth + 1) }),
  };
};

/** Class 42 of PostgreSQL's errors speaks of names in statements, which are ours: an undefined column, say. Values stand in no statement. Prisma leaves it out of its message. */
function namesIn(error: Error): object {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: Record<string, unknown> } } };
  const { originalCode, originalMessage } = meta?.driverAdapterError?.cause ?? {};
  return typeof originalCode === 'string' && originalCode.startsWith('42') ? { originalCode, originalMessage } : {};
}

export const LOG_FORMAT: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: (error: unknown) => errorFields(error) },
};

/** Lines go out together, since each write takes as much of the CPU as a good part of the request that it tells of. Bytes. */
const TOGETHER_BYTES = 4_096;
/** They wait no longer. Milliseconds. */
const LATE_MS = 100;
const WARNING = pino.levels.values['warn']!;

/**
 * JSON lines on standard output. Headers and variables are never logged, so nothing has to be cut out of them. Warnings and what is worse go out at once, with all that was said
 * before; a process that is killed takes with it what it said of its last tenth of a second.
 */
export function createLogger(level: string): Logger {
  const output = pino.destination({ dest: 1, sync: true, minLength: TOGETHER_BYTES });
  let timer: NodeJS.Timeout | null = null;
  // What flushSync does besides takes long: it waits until the disk has it.
  const flush = (): void => {
    timer = null;
    output.flush();
  };
  process.once('exit', () => output.flushSync());
  const logMethod: NonNullable<LoggerOptions['hooks']>['logMethod'] = function (given, method, lineLevel) {
    method.apply(this, given);
    if (lineLevel >= WARNING) output.flush();
    else timer ??= setTimeout(flush, LATE_MS).unref();
  };
  return pino({ ...LOG_FORMAT, level, hooks: { logMethod } }, output);
}

/** An error of a connection, without the connection: its message and code, as fields. Drivers hang themselves on their errors. */
export const brief = (error: NodeJS.ErrnoException) => ({ reason: error.message, code: error.code });
