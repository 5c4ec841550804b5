/** The simulated remote tier: it loses, rolls back, hangs, mixes up and evicts what it holds, and forgets or steals claims. */
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import type { Machine } from './machine.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

export interface Shelf {
  tierOf(machine: Machine): RemoteTier;
  loseAll(): void;
  /** Puts back what it held some time ago. */
  rollBack(): void;
  hang(ms: number): void;
}

export interface Upkeep {
  latencyMs: number;
  /** How often a get answers with the value of another key, or with a broken one. */
  lies: number;
  /** How often a value is not kept. */
  evictions: number;
  /** How often a claim that somebody holds is given to somebody else. */
  stolenClaims: number;
}

interface Held {
  readonly value: Uint8Array;
  readonly until: number;
}

/** A tier that hangs counts as empty after so long. Milliseconds. */
const PATIENCE_MS = 50;
const PHOTO_EVERY = 20;

export function createShelf(scheduler: Scheduler, random: Random, upkeep: Upkeep): Shelf {
  let held = new Map<string, Held>();
  let older = held;
  let sets = 0;
  const claims = new Map<string, { until: number; owner: object }>();
  let hangsUntil = -1;

  /** Runs `work` at the store, and answers; `otherwise` when it hangs. */
  const ask = <T>(machine: Machine, otherwise: T, work: () => T): Promise<T> =>
    new Promise((resolve) => {
      const answer = (value: T, ms: number): void =>
        void scheduler.after(ms, () => machine.deliver(() => resolve(value)));
      if (scheduler.now < hangsUntil) {
        answer(otherwise, PATIENCE_MS);
        return;
      }
      scheduler.after(random.wait(upkeep.latencyMs), () => answer(work(), random.wait(upkeep.latencyMs)));
    });

  const read = (key: string): Uint8Array | null => {
    if (random.chance(upkeep.lies)) return lie();
    const found = held.get(key);
    return found && found.until > scheduler.now ? found.value : null;
  };

  const lie = (): Uint8Array | null => {
    if (held.size === 0) return null;
    const { value } = random.pick([...held.values()]);
    if (random.chance(0.7)) return value;
    const broken = Uint8Array.from(value);
    broken[random.whole(0, broken.length - 1)]! ^= 1;
    return broken;
  };

  const keep = (key: string, value: Uint8Array, ttlMs: number): void => {
    sets += 1;
    if (sets % PHOTO_EVERY === 0) older = new Map(held);
    if (!random.chance(upkeep.evictions)) held.set(key, { value, until: scheduler.now + ttlMs });
  };

  return {
    tierOf: (machine) => ({
      get: (key) => ask(machine, null, () => read(key)),
      set: (key, sealed, ttlMs) => ask(machine, undefined, () => keep(key, sealed, ttlMs)),
      claim: (key, ms) =>
        ask(machine, null, () => {
          const known = claims.get(key);
          if (known && known.until > scheduler.now && !random.chance(upkeep.stolenClaims)) return null;
          const owner = {};
          claims.set(key, { until: scheduler.now + ms, owner });
          const release = (): Promise<void> =>
            ask(machine, undefined, () => {
              if (claims.get(key)?.owner === owner) claims.delete(key);
            });
          return { release };
        }),
    }),
    loseAll() {
      held = new Map();
      claims.clear();
    },
    rollBack: () => (held = new Map(older)),
    hang: (ms) => (hangsUntil = scheduler.now + ms),
  };
}
