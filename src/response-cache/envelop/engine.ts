/** Puts the parts of the first form together: in memory, or in Redis for all instances that share it. */
import type { Plugin } from '@envelop/core';
import type { Cluster, Redis } from 'ioredis';
import { createMemoryGeneration, createRedisGeneration } from './generation.js';
import { createMemoryStore } from './memory-store.js';
import { type KeyContext, createRedisStore, useEnvelopCache } from './response-cache.js';

interface EnvelopEngine<Context extends KeyContext> {
  plugin: Plugin<Context>;
  /** To be awaited after each commit, before anyone is answered. Never fails. */
  settle: () => Promise<void>;
}

export function createEnvelopEngine<Context extends KeyContext>(
  redis: Redis | Cluster | null,
  memoryBytes: number,
): EnvelopEngine<Context> {
  if (redis) {
    const generation = createRedisGeneration(redis);
    return { plugin: useEnvelopCache(createRedisStore(redis), generation), settle: generation.raise };
  }
  const generation = createMemoryGeneration();
  const store = createMemoryStore(memoryBytes);
  return {
    plugin: useEnvelopCache(store, generation),
    async settle() {
      await generation.raise();
      // Nobody can reach these any more.
      store.clear();
    },
  };
}
