/** The purging of a CDN by one instance: what it learns goes to whoever is on duty, and from there into the queue. */
import type { Clock } from '../cache/clock.js';
import type { Report } from '../cache/instance.js';
import type { Breaker } from '../platform/breaker.js';
import type { CdnKeys } from './cdn-keys.js';
import { type Cdn, CallsLimited } from './cdn.js';
import { PurgeDuty } from './purge-duty.js';
import { type PurgeNote, PurgeQueue } from './purge-queue.js';

interface PurgingParts {
  cdn: Cdn;
  keys: CdnKeys;
  breaker: Breaker;
  clock: Clock;
  members: () => Promise<readonly string[]>;
  isSole: boolean;
  tell: (note: PurgeNote) => void;
}

export interface Purging {
  /** To be told of all that the instance reports. Never throws, and takes no time to speak of. */
  take: (report: Report) => void;
  /** Purges what is left, within two seconds. */
  stop(): Promise<void>;
}

export function startPurging({ cdn, keys, breaker, clock, members, isSole, tell }: PurgingParts): Purging {
  const queue = new PurgeQueue({ cdn, clock, breaker, tell, random: Math.random });
  const duty = new PurgeDuty({ queue, keys, members, isSole, clock });
  return {
    take: duty.take,
    stop() {
      duty.stop();
      return queue.stop();
    },
  };
}

/** A CDN that wants to be asked less is well: that is no reason to ask it nothing for a minute. */
export const isFailureOfCdn = (error: unknown): boolean => !(error instanceof CallsLimited);
