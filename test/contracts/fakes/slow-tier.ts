/** A remote tier whose answers are held back until they are let go. What it was asked happens at once. */
import type { RemoteTier } from '../../../src/cache/remote-tier.js';

export interface SlowTier {
  tier: RemoteTier;
  /** How many answers are held back. */
  readonly held: number;
  /** Lets those go that are held now. */
  letGo(): void;
}

export function createSlowTier(tier: RemoteTier): SlowTier {
  let waiting: (() => void)[] = [];
  const slowly = async <T>(answer: Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return answer;
  };
  return {
    tier: {
      get: (key) => slowly(tier.get(key)),
      set: (key, sealed, ttlMs) => slowly(tier.set(key, sealed, ttlMs)),
      claim: (key, ms) => slowly(tier.claim(key, ms)),
    },
    get held() {
      return waiting.length;
    },
    letGo() {
      const going = waiting;
      waiting = [];
      going.forEach((go) => go());
    },
  };
}
