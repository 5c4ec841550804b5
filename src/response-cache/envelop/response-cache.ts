/**
 * The response cache, first form: @envelop/response-cache over memory or Redis, with lifetimes from @cacheControl.
 *
 * Of that package's faults (README beside this file) the dangerous ones are kept out by the key alone: it holds the
 * viewer, so nothing is shared between viewers, and a generation that each commit raises. So a commit makes every
 * older response unreachable, also one that a slow read stores afterwards.
 */
import { createHash } from 'node:crypto';
import { type Cache, useResponseCache } from '@envelop/response-cache';
import type { Plugin } from '@envelop/core';
import { createRedisCache } from '@envelop/response-cache-redis';
import type { Cluster, Redis } from 'ioredis';
import type { Generation } from './generation.js';

/** What the key needs to know of a request. */
export interface KeyContext {
  identity: { subject: string; role: string } | null;
}

/** A Redis that fails is a miss, and loses what was to be stored. */
export function createRedisStore(redis: Redis | Cluster): Cache {
  const store = createRedisCache({ redis: redis as Redis });
  return {
    get: async (id) => Promise.resolve(store.get(id)).catch(() => undefined),
    // No entities: its index of them would never expire, and the generation needs none.
    set: async (id, data, _entities, ttl) => Promise.resolve(store.set(id, data, [], ttl)).catch(() => undefined),
    invalidate: () => undefined,
  };
}

export function useEnvelopCache<Context extends KeyContext>(store: Cache, generation: Generation): Plugin<Context> {
  return useResponseCache<Context>({
    cache: store,
    // Nothing is kept that @cacheControl does not name.
    ttl: 0,
    session: ({ identity }) => JSON.stringify(identity && [identity.subject, identity.role]),
    invalidateViaMutation: false,
    includeExtensionMetadata: false,
    // As the package's own rule, but silent.
    shouldCacheResult: ({ result }) => !result.errors?.length,
    buildResponseCacheKey: async ({ documentString, variableValues, operationName, sessionId }) => {
      const parts = [
        await generation.current(),
        documentString,
        operationName ?? null,
        variableValues ?? {},
        sessionId,
      ];
      return `larder:response:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
    },
  });
}
