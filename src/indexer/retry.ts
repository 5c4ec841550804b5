/** Asks again what may pass: later each time, by chance, so that many who failed together do not come back together. */
import { type UpstreamError, mayPass } from './upstream-error.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Patience {
  attempts: number;
  /** Whoever asks to be left alone for longer is not asked again here. Milliseconds. */
  longestWaitMs: number;
  /** For one attempt. */
  timeoutMs: number;
  /** Whether it may help to ask again after this error. Left out: after all that may pass. */
  mayHelp?: (error: unknown) => boolean;
}

export interface RetryParts {
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to 1. */
  random: () => number;
}

export async function retry<T>(
  work: () => Promise<T>,
  { attempts, longestWaitMs, mayHelp = mayPass }: Omit<Patience, 'timeoutMs'>,
  { wait, random }: RetryParts,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !mayHelp(error)) throw error;
      const { retryAfterMs } = error as UpstreamError;
      if (retryAfterMs > longestWaitMs) throw error;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS, longestWaitMs);
      await wait(retryAfterMs + pause * (0.5 + random() / 2), signal);
    }
  }
}
