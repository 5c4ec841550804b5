/** A logger that keeps its lines. */
import { type Logger, pino } from 'pino';
import { LOG_FORMAT } from '../../src/platform/logger.js';

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

export function captureLog(): { logger: Logger; lines: LogLine[]; said: (what: RegExp) => Promise<void> } {
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
    /** Resolves once a line matches. */
    said: (what) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.some(({ msg }) => what.test(msg))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
