/** The generation of cached responses: part of every key, raised by every commit. */
import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

export interface Generation {
  /** What keys of reads that start now hold. Never fails. */
  current(): Promise<string>;
  /** Ends the current one. Never fails. */
  raise(): Promise<void>;
}

export function createMemoryGeneration(): Generation {
  let number = 0;
  return {
    current: async () => String(number),
    async raise() {
      number += 1;
    },
  };
}

const KEY = 'larder:generation';

/**
 * One for all instances that share the Redis. While it cannot be read, every read has a generation of its own, which
 * nobody shares. While it cannot be raised, this instance trusts no older one: it tries again before the next read.
 * (Another instance whose Redis answers may serve the older responses until then: the bound is their lifetime.)
 */
export function createRedisGeneration(redis: Redis | Cluster): Generation {
  let owed = false;
  const raise = async () => {
    owed = true;
    // A random value, not a counter: one that Redis lost must not come back with the old entries.
    await redis.set(KEY, randomUUID());
    owed = false;
  };
  return {
    async current() {
      try {
        if (owed) await raise();
        const known = await redis.get(KEY);
        if (known !== null) return known;
        await raise();
        return (await redis.get(KEY)) ?? randomUUID();
      } catch {
        return randomUUID();
      }
    },
    async raise() {
      await raise().catch(() => undefined);
    },
  };
}
