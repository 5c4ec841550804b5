/** What admins do to the server itself, each act with a line in the log. A part of the composition root. */
import type { Logger } from 'pino';
import type { CacheControl } from './cache-control.js';
import { ApiError, badInput } from './errors.js';
import type { Operator } from './graphql/operator.js';
import { type Trial, runTrials } from './monitoring/self-test.js';
import type { Statistics } from './monitoring/statistics/statistics.js';
import type { Breakers } from './platform/breaker.js';
import { invalidate, invalidateEverything } from './tracking/invalidate.js';
import { TagError, readTag } from './tracking/named-tags.js';
import type { Writer } from './tracking/write.js';

interface OperatorParts {
  /** Null: nothing is cached here, or by a cache that knows no tags. */
  control: CacheControl | null;
  statistics: Statistics;
  breakers: Breakers;
  /** Rejects while the database cannot be asked. */
  askDatabase: () => Promise<unknown>;
  /** Executes the most used operations. Resolves with their number. */
  warm: () => Promise<number>;
  monotonicMs: () => number;
  wallMs: () => number;
  logger: Logger;
}

/** Who does it, by which request, with what data. */
interface Act {
  readonly writer: Writer;
  readonly subject: string | null;
  readonly requestId: string;
}

export const createOperators =
  (parts: OperatorParts) =>
  (act: Act): Operator => {
    const { control, statistics, breakers, warm, logger, wallMs } = parts;
    const audited = createAudit(logger, act);
    const purgedBy = async (end: () => Promise<void>): Promise<number> => {
      // What had gone before is not counted.
      control?.sweep();
      await end();
      return control?.sweep() ?? 0;
    };
    return {
      invalidateCache: (tags) =>
        audited('invalidateCache', { tags }, async () => {
          const read = readTags(tags);
          return await purgedBy(() => invalidate(act.writer, read));
        }),
      flushCache: () => audited('flushCache', {}, () => purgedBy(() => invalidateEverything(act.writer))),
      warmCache: () => audited('warmCache', {}, warm),
      resetCircuitBreakers: () => audited('resetCircuitBreakers', {}, async () => breakers.reset()),
      resetStatistics: () =>
        audited('resetStatistics', {}, async () => {
          statistics.reset();
          return new Date(wallMs());
        }),
      runSelfTest: () => audited('runSelfTest', {}, () => runTrials(trialsOf(parts, act), parts.monotonicMs)),
    };
  };

/** Told at whatever level the log is: who has done what is asked for when it is too late to change that. */
function createAudit(log: Logger, { subject, requestId }: Act) {
  const logger = log.child({}, { level: 'info' });
  return async <T>(action: string, input: object, run: () => Promise<T>): Promise<T> => {
    const line = { audit: action, by: subject, requestId, ...input };
    try {
      const result = await run();
      logger.info({ ...line, result }, 'an admin has operated the server');
      return result;
    } catch (error) {
      logger.warn(
        { ...line, code: error instanceof ApiError ? error.code : null },
        'an admin could not operate the server',
      );
      throw error;
    }
  };
}

function readTags(tags: readonly string[]): string[] {
  const read: string[] = [];
  const issues = tags.flatMap((tag, index) => {
    try {
      read.push(readTag(tag));
      return [];
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
      return [{ path: ['input', 'tags', index], message: `"${tag}" ${error.message}` }];
    }
  });
  if (issues.length > 0) throw badInput(issues);
  return [...new Set(read)];
}

function trialsOf({ control, askDatabase }: OperatorParts, { writer }: Act): Trial[] {
  const database: Trial = {
    name: 'database',
    limitMs: 2_000,
    run: () => askDatabase().then(() => true),
    advice: 'The database does not answer in 2 seconds. See its load, its connections (DATABASE_POOL) and the network.',
  };
  return [database, ...(control?.trials((tag) => invalidate(writer, [tag])) ?? [])];
}
