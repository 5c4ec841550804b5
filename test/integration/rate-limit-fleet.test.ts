/** Four instances that count together in one Redis: real connections, the real script. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, Budgets, FRACTIONS } from '../../src/admission/budgets.js';
import { createRedisCount } from '../../src/admission/redis-count.js';
import { systemClock } from '../../src/cache/clock.js';
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
      // One that is patient: on a machine that has no time a guard would give Redis up, and each instance would count alone.
      const count = createRedisCount(connection, (command) => command());
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

/** As requests do: what cannot be noted at once is asked for. */
const hit = async (instance: Budgets, account: Account): Promise<boolean> =>
  instance.note(account, 1) || (await instance.takeTogether(account, 1));

test.each([
  { size: 'small', step: 1 },
  { size: 'large', step: 2_600 },
])(
  'hits that four instances give away in $size steps are more than the limit by a hundredth at most',
  async ({ size, step }) => {
    const instances = await fleet('one server');
    const account = { name: `at:hits-in-${size}-steps`, limit: LIMIT * FRACTIONS };
    let given = 0;
    while (given < 2 * account.limit) {
      const before = given;
      const answers = await Promise.all(
        instances.flatMap((instance) => Array.from({ length: step }, () => hit(instance, account))),
      );
      given += answers.filter(Boolean).length;
      await Promise.all(instances.map((instance) => instance.settle()));
      if (given === before) break;
    }
    expect(given).toBeGreaterThanOrEqual(account.limit);
    expect(given).toBeLessThanOrEqual(account.limit * 1.01);
  },
);

test('what is charged in any case is told before more is given away', async () => {
  const instances = await fleet('one server');
  const account = { name: 'at:charged', limit: LIMIT * FRACTIONS };
  let given = 0;
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all(
      instances.flatMap((instance) => Array.from({ length: 300 }, () => hit(instance, account))),
    );
    given += answers.filter(Boolean).length;
    for (const instance of instances) {
      if (instance.balanceOf(account).spent >= account.limit) continue;
      instance.charge(account, 1);
      given += 1;
    }
  }
  expect(given).toBeGreaterThanOrEqual(account.limit);
  expect(given).toBeLessThanOrEqual(account.limit * 1.01);
});
