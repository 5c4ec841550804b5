/** Four instances that count together in one Redis: real connections, the real script. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Budgets, FRACTIONS } from '../../src/admission/budgets.js';
import { createRedisCount } from '../../src/admission/redis-count.js';
import { systemClock } from '../../src/cache/clock.js';
import { Guards } from '../../src/cache/redis/guard.js';
import { type ReachedRedis, reachRedis, reachRedisCluster } from '../support/reached-redis.js';

const INSTANCES = 4;
const LIMIT = 100;
const servers: Record<string, ReachedRedis> = {};
beforeAll(async () => {
  servers['one server'] = await reachRedis();
  servers['a cluster'] = await reachRedisCluster();
}, 120_000);
afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

async function fleet(name: string): Promise<Budgets[]> {
  return await Promise.all(
    Array.from({ length: INSTANCES }, async () => {
      const connection = await servers[name]!.connect();
      const guards = new Guards(systemClock);
      const count = createRedisCount(connection, (command) => guards.of('').ask(command, () => connection.ping()));
      return new Budgets(count, () => systemClock.monotonicMs());
    }),
  );
}

test.each(['one server', 'a cluster'])(
  '%s: of 1,000 operations at once exactly as many pass as the limit says',
  async (name) => {
    const instances = await fleet(name);
    const account = { name: `at:${name}`, limit: LIMIT * FRACTIONS };
    // One of each instance first, so that no command waits for a connection to be made.
    for (const instance of instances) expect(await instance.take(account, FRACTIONS)).toBe(true);
    let passed = INSTANCES;
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => instances[i % INSTANCES]!.take(account, FRACTIONS)),
      );
      passed += answers.filter(Boolean).length;
    }
    expect(passed).toBe(LIMIT);
  },
);

test('operations of random cost never spend more together than the limit, nor leave room for the smallest', async () => {
  const instances = await fleet('one server');
  const account = { name: 'at:random', limit: LIMIT * FRACTIONS };
  let spent = 0;
  for (let round = 0; round < 30; round += 1)
    await Promise.all(
      instances.map(async (instance, i) => {
        const points = 1 + ((round * 7 + i * 3) % 9);
        if (await instance.take(account, points * FRACTIONS)) spent += points;
      }),
    );
  expect(spent).toBeLessThanOrEqual(LIMIT);
  while (await instances[0]!.take(account, FRACTIONS)) spent += 1;
  expect(spent).toBe(LIMIT);
});

test('hits that all instances give away at once are more than the limit by less than one settlement', async () => {
  const instances = await fleet('one server');
  const account = { name: 'at:hits', limit: LIMIT * FRACTIONS };
  let given = 0;
  for (let round = 0; round < 200; round += 1) {
    for (const instance of instances) for (let i = 0; i < 50; i += 1) if (instance.note(account, 1)) given += 1;
    await Promise.all(instances.map((instance) => instance.settle()));
  }
  expect(given).toBeGreaterThanOrEqual(account.limit - 200);
  expect(given).toBeLessThanOrEqual(account.limit * 1.03);
});
