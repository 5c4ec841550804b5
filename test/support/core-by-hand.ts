/** The core of the cache, with a lease and a ledger that a test moves. */
import { Cache } from '../../src/cache/cache.js';
import type { Clock } from '../../src/cache/clock.js';
import type { Change } from '../../src/cache/dependency.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import type { RemoteTier } from '../../src/cache/remote-tier.js';
import { Seal } from '../../src/cache/seal.js';

export function createCoreByHand(clock: Clock, remote: RemoteTier | null = null) {
  const knowledge = new Knowledge();
  knowledge.begin('epoch');
  knowledge.missedBelow(0);
  let xid = 100;
  const instance = {
    isLive: true,
    lapsedForMs: 0,
    poll: () => Promise.resolve(),
    position: async () => ({ epoch: 'epoch', snapshot: { xmin: xid, xmax: xid, running: [] } }),
  };
  const cache = new Cache({ knowledge, instance, clock, seal: new Seal(new Uint8Array(32)), remote, maxBytes: 1e7 });
  return {
    cache,
    instance,
    /** One transaction that has changed this, and is known here. */
    write(changes: readonly Change[]) {
      knowledge.apply({ xid, changes });
      xid += 1;
    },
  };
}
