/**
 * Does the refreshes that are due, some at a time. Which instance does one is settled in the database: who claims it says every few seconds that it goes
 * on, and when nothing has been heard for the time of a lease, somebody else goes on from the page that was written last.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { unavailable, badInput } from '../errors.js';
import type { CollectionSource, ContractKey } from '../graphql/collection-source.js';
import { BreakerOpenError } from '../platform/breaker.js';
import { isLockedOut } from '../platform/database-errors.js';
import { brief } from '../platform/logger.js';
import type { Indexer } from './alchemy.js';
import { describeContract } from './describe.js';
import { GatewayAwayError } from './ipfs-gateway.js';
import { type JobParts, LeaseLostError, RefreshJob } from './refresh-job.js';
import { STEPS } from './refresh-steps.js';
import type { Patience } from './retry.js';
import type { TokenDocuments } from './token-documents.js';
import { UpstreamError, mayPass } from './upstream-error.js';

export interface RefreshParts extends JobParts {
  indexer: Indexer;
  documents: TokenDocuments;
  logger: Logger;
  /** How often it is looked whether there is something to do that nobody told us of. Milliseconds. */
  pollMs: number;
  /** While somebody waits for the answer to a mutation. */
  impatience: Patience;
  monotonicMs: () => number;
}

/** Refreshes at a time, in this process. */
const LANES = 2;
/** Then the others that are due have their turn, so that those that take days are not all that is done. Milliseconds. */
const TURN_MS = 60_000;
/** Progress is shown this often at most: everyone who shows it asks anew each time. Milliseconds. */
const SHOW_MS = 2_000;
const FIRST_DELAY_MS = 15_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** An import may take hours, and nothing is held against a refresh that comes meanwhile. */
const GIVE_WAY_MS = 60_000;
/** An indexer may ask to be left alone for so long. */
const LONGEST_ASKED_MS = 24 * 3_600_000;
/** All attempts for a mutation together. */
const MUTATION_TIMEOUT_MS = 8_000;

export class Refreshes implements CollectionSource {
  readonly #parts: RefreshParts;
  readonly #stopping = new AbortController();
  readonly #sleepers = new Set<() => void>();
  readonly #lanes: Promise<void>[];

  constructor(parts: RefreshParts) {
    this.#parts = parts;
    this.#lanes = Array.from({ length: LANES }, () => this.#work());
  }

  async contract(key: ContractKey) {
    try {
      const { indexer, impatience } = this.#parts;
      const found = await indexer.contract(key, AbortSignal.timeout(MUTATION_TIMEOUT_MS), impatience);
      const contract = describeContract(found);
      if (contract) return contract;
    } catch (error) {
      if (!(error instanceof UpstreamError && error.fault === 'missing')) throw unavailable(messageOf(error), error);
    }
    throw badInput([
      { path: ['input', 'address'], message: `no ERC-721 or ERC-1155 contract stands at this address on ${key.chain}` },
    ]);
  }

  wake(): void {
    this.#sleepers.forEach((rouse) => rouse());
  }

  /** Gives back what is under way. Others go on with it at once. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server stops.'));
    this.wake();
    await Promise.all(this.#lanes);
    await Promise.all([this.#parts.indexer.close(), this.#parts.documents.close()]);
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const job = await RefreshJob.claim(this.#parts, randomUUID()).catch((error: unknown) => {
        this.#parts.logger.warn(brief(error as Error), 'refreshes of collections cannot be looked for');
        return null;
      });
      if (job)
        await this.#do(job).catch((error: unknown) => this.#parts.logger.error(brief(error as Error), 'refresh'));
      else await this.#sleep();
    }
  }

  #sleep(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const rouse = () => {
        clearTimeout(timer);
        this.#sleepers.delete(rouse);
        resolve();
      };
      const timer = setTimeout(rouse, this.#parts.pollMs);
      timer.unref();
      this.#sleepers.add(rouse);
    });
  }

  async #do(job: RefreshJob): Promise<void> {
    const { indexer, documents, leaseMs, monotonicMs } = this.#parts;
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const heart = setInterval(() => {
      job.beat().catch((error: unknown) => {
        if (error instanceof LeaseLostError) lost.abort(error);
      });
    }, leaseMs / 3);
    heart.unref();
    let shownAt = -Infinity;
    const isTimeToShow = () => {
      if (monotonicMs() - shownAt < SHOW_MS) return false;
      shownAt = monotonicMs();
      return true;
    };
    const turnEndsAt = monotonicMs() + TURN_MS;
    try {
      while (job.isUnderWay) {
        signal.throwIfAborted();
        if (monotonicMs() >= turnEndsAt) {
          await job.postpone(null, 0);
          return;
        }
        if (job.isGivenUp) throw new UpstreamError('refused', 'It was begun too often in vain.');
        await STEPS[job.work.step](job, { indexer, documents, signal, isTimeToShow });
      }
      this.#parts.logger.info({ collectionId: job.work.collectionId }, 'a collection was refreshed');
    } catch (error) {
      await this.#leave(job, error);
    } finally {
      clearInterval(heart);
    }
  }

  async #leave(job: RefreshJob, error: unknown): Promise<void> {
    const { attempts, collectionId } = job.work;
    if (error instanceof LeaseLostError) {
      this.#parts.logger.info({ collectionId }, 'a refresh was taken over, or set back by an import');
      return;
    }
    if (this.#stopping.signal.aborted) {
      await job.postpone(null, 0);
      return;
    }
    if (isLockedOut(error)) {
      await job.giveWay('Others are writing this collection, as an import does. It will be tried again.', GIVE_WAY_MS);
      this.#parts.logger.info({ collectionId }, 'a refresh gives way to others who write the collection');
      return;
    }
    const isFinal = (error instanceof UpstreamError && !mayPass(error)) || job.isLastAttempt;
    try {
      if (isFinal) await job.fail(messageOf(error));
      else await job.postpone(`${messageOf(error)} It will be tried again.`, delayAfter(error, attempts));
    } finally {
      // When it is said it can be seen.
      const what = isFinal ? 'a collection cannot be refreshed' : 'a collection cannot be refreshed now';
      this.#parts.logger.warn({ ...brief(error as Error), collectionId }, what);
    }
  }
}

const hasAsked = (error: unknown) => error instanceof UpstreamError || error instanceof GatewayAwayError;

function delayAfter(error: unknown, attempts: number): number {
  const asked = hasAsked(error) ? Math.min(error.retryAfterMs, LONGEST_ASKED_MS) : 0;
  return Math.max(Math.min(FIRST_DELAY_MS * 2 ** attempts, LONGEST_DELAY_MS), asked);
}

/** For people: what went wrong, without what only we may know. */
function messageOf(error: unknown): string {
  if (error instanceof UpstreamError) return `The indexer: ${error.message}`;
  if (error instanceof GatewayAwayError) return error.message;
  if (error instanceof BreakerOpenError) return 'The indexer failed too often of late, and is not asked for a minute.';
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
    return 'The indexer does not answer.';
  return 'Something went wrong here; the log says what.';
}
