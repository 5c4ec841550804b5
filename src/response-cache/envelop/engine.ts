/** Puts the parts of the first form together: in memory, or in Redis for all instances that share it. */
import type { Plugin } from '@envelop/core';
import type { Cluster, Redis } from 'ioredis';
import { createMemoryGeneration, createRedisGeneration } from './generation.js';
import { type KeyContext, createMemoryStore, createRedisStore, useEnvelopCache } from './response-cache.js';

export interface EnvelopEngine {
  plugin: Plugin<KeyContext>;
  /** To be awaited after each commit, before anyone is answered. Never fails. */
  committed: () => Promise<void>;
}

export function createEnvelopEngine(redis: Redis | Cluster | null): EnvelopEngine {
  const generation = redis ? createRedisGeneration(redis) : createMemoryGeneration();
  const store = redis ? createRedisStore(redis) : createMemoryStore();
  return { plugin: useEnvelopCache(store, generation), committed: generation.raise };
}
