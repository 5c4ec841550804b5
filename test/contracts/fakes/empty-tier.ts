/** What a remote tier is while its server cannot be reached: it has nothing, keeps nothing, and gives every claim to everyone. */
import type { RemoteTier } from '../../../src/cache/remote-tier.js';

export const emptyTier: RemoteTier = {
  get: async () => null,
  set: async () => undefined,
  claim: async () => ({ release: async () => undefined }),
};
