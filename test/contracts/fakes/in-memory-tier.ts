/** A remote tier without a server: for as many instances of one process as wanted. */
import type { Clock } from '../../../src/cache/clock.js';
import type { RemoteTier } from '../../../src/cache/remote-tier.js';

interface Kept<T> {
  value: T;
  until: number;
}

export function createInMemoryTier(clock: Clock): RemoteTier & { clear(): void } {
  const entries = new Map<string, Kept<Uint8Array>>();
  const claims = new Map<string, Kept<symbol>>();

  function find<T>(kept: Map<string, Kept<T>>, key: string): T | null {
    const found = kept.get(key);
    return found && found.until > clock.monotonicMs() ? found.value : null;
  }

  return {
    async get(key) {
      return find(entries, key)?.slice() ?? null;
    },
    async set(key, sealed, ttlMs) {
      entries.set(key, { value: sealed.slice(), until: clock.monotonicMs() + ttlMs });
    },
    async claim(key, ms) {
      if (find(claims, key)) return null;
      const token = Symbol(key);
      claims.set(key, { value: token, until: clock.monotonicMs() + ms });
      return {
        async release() {
          if (find(claims, key) === token) claims.delete(key);
        },
      };
    },
    /** As a server does that was started again, or was told to. */
    clear() {
      entries.clear();
      claims.clear();
    },
  };
}
