/** What operators see of the cache and do to it, beside the way of requests. A part of the composition root. */
import { randomUUID } from 'node:crypto';
import { bodyOf } from './cache/body.js';
import type { Cache } from './cache/cache.js';
import { EXISTENCE } from './cache/dependency.js';
import type { Instance } from './cache/instance.js';
import type { Knowledge } from './cache/knowledge.js';
import type { Ledger, Member } from './cache/ledger.js';
import type { RemoteTier } from './cache/remote-tier.js';
import type { CacheState } from './monitoring/dashboard/report.js';
import type { Trial } from './monitoring/self-test.js';

export interface CacheControl {
  facts(): CacheState;
  /** The name of this instance among the members; null while it is none, and where there is but one. */
  self(): string | null;
  /** The members, as the ledger knows them. Rejects while it cannot be asked. */
  members(): Promise<readonly Member[]>;
  /** Drops what is not valid any more from memory, and tells how much that was. */
  sweep(): number;
  /** For the self-test. `invalidate` ends what depends on a tag, as an operator does. */
  trials(invalidate: (tag: string) => Promise<void>): Trial[];
}

interface Parts {
  cache: Cache;
  instance: Instance;
  knowledge: Knowledge;
  ledger: Pick<Ledger, 'members'>;
  remote: RemoteTier | null;
  maxBytes: number;
}

/** A model that no table has: what is stored under it depends on nothing but the test. */
const PROBE = 'SelfTest';
const PROBE_SECONDS = 30;

export function createCacheControl({ cache, instance, knowledge, ledger, remote, maxBytes }: Parts): CacheControl {
  return {
    facts: () => ({
      isLive: instance.isLive,
      lapsedForMs: Number.isFinite(instance.lapsedForMs) ? instance.lapsedForMs : null,
      fault: instance.fault,
      epoch: knowledge.epoch,
      knownChanges: knowledge.size,
      memory: { bytes: cache.memory.bytes, maxBytes, entries: cache.memory.count },
    }),
    self: () => instance.member,
    members: async () => (await ledger.members()).members,
    sweep: () => cache.sweep(),
    trials(invalidate) {
      const id = randomUUID();
      const key = `${PROBE}:${id}`;
      const load = async () => ({
        body: bodyOf(id),
        dependencies: [{ tag: key, columns: [EXISTENCE] }],
        lifetime: { maxAge: PROBE_SECONDS, staleWhileRevalidate: 0, staleIfError: 0 },
      });
      const tiers: Trial[] = remote ? [tierTrial(remote, key)] : [];
      return [
        {
          name: 'lease',
          limitMs: 1_000,
          run: async () => instance.isLive && instance.fault === null,
          advice:
            instance.fault ??
            'This instance does not reach the ledger of writes in time. See the log, and the load of the database.',
        },
        ...tiers,
        {
          name: 'memory',
          limitMs: 2_000,
          async run() {
            await cache.respond(key, load, { fresh: true });
            return cache.peek(key) !== null;
          },
          advice: 'What is stored is not found again. Is CACHE_MEMORY_MB too small, or has the lease lapsed?',
        },
        {
          name: 'invalidation',
          limitMs: 5_000,
          async run() {
            await invalidate(key);
            return cache.peek(key) === null;
          },
          advice: 'An invalidation does not come round in time. Is an instance silent, or the database slow?',
        },
      ];
    },
  };
}

const tierTrial = (remote: RemoteTier, key: string): Trial => ({
  name: 'redis',
  limitMs: 1_000,
  async run() {
    const value = Buffer.from(key);
    await remote.set(key, value, PROBE_SECONDS * 1_000);
    const found = await remote.get(key);
    return found !== null && value.equals(found);
  },
  advice:
    'Redis does not keep what it is given, or not in 50 ms. Nothing fails without it; see REDIS_URL, its memory and its network.',
});
