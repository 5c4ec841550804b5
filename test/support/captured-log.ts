/** A logger that keeps its lines. */
import { type Logger, pino } from 'pino';
import { LOG_FORMAT } from '../../src/platform/logger.js';

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

export function captureLog(): {
  logger: Logger;
  lines: LogLine[];
  said: (what: RegExp, times?: number) => Promise<void>;
} {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const logger = pino(
    { ...LOG_FORMAT, level: 'trace' },
    {
      write(line: string) {
        lines.push(JSON.parse(line) as LogLine);
        waiting.forEach((look) => look());
      },
    },
  );
  return {
    logger,
    lines,
    /** Resolves once so many lines match. */
    said: (what, times = 1) =>
      new Promise((resolve) => {
        const look = () => {
          if (lines.filter(({ msg }) => what.test(msg)).length < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
