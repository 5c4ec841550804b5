/** What the server does for its cache in the background: it checks some hits, and executes what is asked most before anyone asks. A part of the composition root. */
import type { Logger } from 'pino';
import type { CacheEngine } from './cache-engine.js';
import { EVERYTHING } from './cache/tag.js';
import type { Config } from './config.js';
import type { Observations } from './monitoring/observation.js';
import type { LedgerClient } from './platform/ledger-client.js';
import { brief } from './platform/logger.js';
import { type CheckedHit, HitChecker } from './response-cache/hit-checker.js';
import { type NamedDocument, PopularOperations } from './response-cache/popular-operations.js';

export interface Upkeep {
  /** A hit that may be checked. */
  offer(hit: CheckedHit): void;
  /** Executes the most used operations. Resolves with their number. */
  warm(): Promise<number>;
  /** Keeps what was asked most for the next start. Never rejects. */
  save(): Promise<void>;
  stop(): Promise<void>;
}

interface Parts {
  config: Pick<Config, 'cache' | 'monitoring'>;
  held: NonNullable<CacheEngine['held']>;
  client: LedgerClient;
  fetch: (request: Request) => Promise<Response>;
  poll: () => Promise<void>;
  /** What a client names by its hash; null if it is not known any more. */
  documentOf: (hash: string) => NamedDocument | null;
  observations: Observations;
  logger: Logger;
}

const SAVE_EVERY_MS = 60_000;

/** Resolves at once, or when all is warm if that is to be waited for. */
export async function startUpkeep(parts: Parts): Promise<Upkeep> {
  const { config, held, client, fetch, documentOf, observations, logger } = parts;
  const { mode, budgetMs } = config.cache.warmUp;
  const monotonicMs = () => performance.now();
  const popular = new PopularOperations({ client, known: held.known, fetch, documentOf, monotonicMs });
  const checker = createChecker(parts);

  const warmUp = async (): Promise<void> => {
    try {
      const warmed = await popular.warm(budgetMs);
      if (warmed > 0) logger.info({ warmed }, 'the most used operations have been executed');
    } catch (error) {
      logger.warn(brief(error as Error), 'the most used operations could not be executed beforehand');
    }
  };
  if (mode !== 'off') {
    observations.on('change', ({ tags }) => void (tags.includes(EVERYTHING) && warmUp()));
    observations.on('instance', ({ kind }) => void (kind === 'epoch' && warmUp()));
  }
  // To lose a minute of it is no loss.
  const save = () => popular.save().catch(() => undefined);
  const timer = mode === 'off' ? null : setInterval(() => void save(), SAVE_EVERY_MS).unref();
  if (mode === 'wait') await warmUp();
  if (mode === 'on') void warmUp();
  return {
    offer: (hit) => checker.offer(hit),
    warm: () => popular.warm(budgetMs),
    save,
    async stop() {
      if (timer === null) return;
      clearInterval(timer);
      await save();
    },
  };
}

function createChecker({ config, held, fetch, poll, observations, logger }: Parts): HitChecker {
  return new HitChecker({
    share: config.monitoring.checkHits,
    fetch,
    poll,
    isValid: held.isValid,
    onVerdict: (verdict) => observations.emit('check', { verdict }),
    onMismatch: (mismatch) =>
      logger.error(
        mismatch,
        'a hit was not what its operation answers: something was written that the cache was not told of',
      ),
    random: () => Math.random(),
    monotonicMs: () => performance.now(),
  });
}
