import type { Bus } from '../../src/cache/bus.js';
import { systemClock } from '../../src/cache/clock.js';
import { createRedisBus } from '../../src/cache/redis/redis-bus.js';
import type { RedisConnection } from '../../src/platform/redis.js';
import { type ReachedRedis, reachRedis, reachRedisCluster } from '../support/reached-redis.js';
import { busContract } from './bus.js';
import { createDoublingBus } from './fakes/doubling-bus.js';
import { createForgingBus } from './fakes/forging-bus.js';
import { createHub } from './fakes/in-process-bus.js';
import { createLossyBus } from './fakes/lossy-bus.js';
import { createReorderingBus } from './fakes/reordering-bus.js';

const inProcess = (change: (bus: Bus) => Bus) => async () => {
  const { connect } = createHub();
  return { connect: () => change(connect()), close: async () => undefined };
};

busContract(
  'in process',
  inProcess((bus) => bus),
);
busContract('doubling', inProcess(createDoublingBus));
busContract('forging', inProcess(createForgingBus));
busContract(
  'reordering',
  inProcess((bus) => createReorderingBus(bus, 3).bus),
);
busContract(
  'lossy',
  inProcess((bus) => {
    let count = 0;
    return createLossyBus(bus, () => (count += 1) % 3 !== 0);
  }),
);

async function onRedis({ connect, close }: ReachedRedis) {
  const connections: RedisConnection[] = [];
  for (let n = 0; n < 6; n += 1) connections.push(await connect());
  let used = 0;
  return {
    connect: () => createRedisBus({ connection: connections[(used += 1) % connections.length]!, clock: systemClock }),
    close,
  };
}

busContract('Redis', async () => onRedis(await reachRedis()));
busContract('Redis Cluster', async () => onRedis(await reachRedisCluster()));
