/** Tries again what a server that is only starting, or has too much to do, may do in a moment. */
import { setTimeout as wait } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;

export interface Patience {
  waitSeconds: number;
  /** Whether waiting can mend it. */
  mayPass: (error: unknown) => boolean;
  /** Told before each pause. */
  onWait: (reason: string) => void;
}

/** Rejects with the error of the last attempt, once the next one would come too late or be of no use. */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  { waitSeconds, mayPass, onWait }: Patience,
): Promise<T> {
  const deadline = Date.now() + waitSeconds * 1_000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() + pause > deadline || !mayPass(error)) throw error;
      onWait(reasonOf(error));
      await wait(pause);
    }
  }
}

/** In a few words. Of several addresses that were tried, Node tells an error without a message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
