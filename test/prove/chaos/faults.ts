/** What can go wrong around the servers. Each fault mends what it broke before it resolves. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Fleet, Instance } from '../fleet/fleet.js';
import type { FaultyProxy, Network } from '../fleet/faulty-proxy.js';
import type { MortalRedis } from '../fleet/redis.js';
import type { Random } from '../random.js';
import { OUT_OF_BAND } from './layout.js';

interface World {
  instance: Instance;
  redis: MortalRedis;
  databaseUrl: string;
  random: Random;
}

type Harm = (world: World) => Promise<unknown>;

/** Longer than a lease, now and then, and often within one. */
const aWhile = (random: Random): number =>
  random.next() < 0.3 ? random.integer(2_000, 4_500) : random.integer(50, 1_500);

const HARMS = {
  'an instance is paused': async ({ instance, random }) => pause(instance.pid, aWhile(random)),
  'an instance is killed': async ({ instance, random }) => {
    await instance.end('SIGKILL');
    await wait(random.integer(0, 1_500));
    await instance.start();
  },
  'an instance is restarted in order': async ({ instance }) => {
    await instance.end('SIGTERM');
    await instance.start();
  },
  'an instance loses PostgreSQL': async ({ instance, random }) => disturb(instance.toPostgres, random),
  'an instance loses Redis': async ({ instance, random }) => instance.toRedis && disturb(instance.toRedis, random),
  'Redis is killed': async ({ redis, random }) => {
    await redis.kill();
    await wait(aWhile(random));
    await redis.start();
  },
  'Redis is paused': async ({ redis, random }) => pause(redis.pid, aWhile(random)),
  'Redis is emptied': async ({ redis }) => redis.with((client) => client.flushall()),
  'Redis is filled with garbage': async ({ redis, random }) => fillWithGarbage(redis, random),
  'Redis gives one key the value of another': async ({ redis }) => swapValues(redis),
  'a backend of PostgreSQL is killed': async ({ databaseUrl }) => {
    await ask(databaseUrl, async (client) => {
      const { rows } = await client.query<{ pid: number }>(`${OTHER_BACKENDS} ORDER BY random() LIMIT 1`);
      if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
    });
    await isBack(databaseUrl);
  },
  'PostgreSQL is restarted at once': async ({ databaseUrl }) => {
    await ask(databaseUrl, async (client) => {
      const { rows } = await client.query<{ pid: number }>(
        `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
      );
      process.kill(rows[0]!.pid, 'SIGQUIT');
    });
    await isBack(databaseUrl);
  },
  'connections to PostgreSQL are ended': async ({ databaseUrl }) =>
    ask(databaseUrl, (client) =>
      client.query(`SELECT pg_terminate_backend(pid) FROM (${OTHER_BACKENDS} AND random() < 0.5) AS half`),
    ),
  'a long transaction holds the horizon back': async ({ databaseUrl, random }) => hold(databaseUrl, random),
} satisfies Record<string, Harm>;

export type FaultName = keyof typeof HARMS;
export const FAULTS = Object.keys(HARMS) as FaultName[];

/** Resolves when the fault is over and mended. Rejects if it could not be done, for example since another one was faster. */
export async function doHarm(name: FaultName, instance: Instance, fleet: Fleet, random: Random): Promise<void> {
  if (!fleet.redis) throw new Error('The faults need a fleet with Redis.');
  await HARMS[name]({ instance, redis: fleet.redis, databaseUrl: fleet.databaseUrl, random });
}

async function pause(pid: number | undefined, ms: number): Promise<void> {
  if (pid === undefined) return;
  process.kill(pid, 'SIGSTOP');
  await wait(ms);
  process.kill(pid, 'SIGCONT');
}

async function disturb(proxy: FaultyProxy, random: Random): Promise<void> {
  proxy.become(random.pick<Network>(['stalled', 'answers-stalled', 'cut']));
  await wait(aWhile(random));
  proxy.become('open');
}

const GARBAGE = [
  Buffer.from('{"__proto__":{"polluted":true}}'),
  Buffer.from('null'),
  Buffer.alloc(0),
  Buffer.from([0xff, 0x00, 0xfe]),
  Buffer.from('{"data":{"agent":{"tagline":"k0v0;"}}}'),
];

async function fillWithGarbage(redis: MortalRedis, random: Random): Promise<void> {
  await redis.with(async (client) => {
    for (const key of await client.keys('*')) {
      if (random.next() < 0.2) await client.multi().del(key).lpush(key, 'a list').exec();
      else await client.set(key, random.pick(GARBAGE), 'EX', 60);
    }
  });
}

async function swapValues(redis: MortalRedis): Promise<void> {
  await redis.with(async (client) => {
    const keys = await client.keys('*');
    const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
    for (const [index, key] of keys.entries()) {
      const value = values[(index + 1) % values.length];
      if (value) await client.restore(key, 60_000, value, 'REPLACE');
    }
  });
}

const OTHER_BACKENDS = `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;

/** Also writes early and commits late: its event is older than many that were known before it. */
async function hold(databaseUrl: string, random: Random): Promise<void> {
  const slug = `oob-${random.integer(0, OUT_OF_BAND - 1)}`;
  await ask(databaseUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(`UPDATE "Agent" SET description = clock_timestamp() WHERE slug = $1`, [slug]);
    await wait(random.integer(1_000, 6_000));
    await client.query('COMMIT');
  });
}

async function ask<T>(url: string, task: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await task(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isBack(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answers = await ask(url, (client) => client.query('SELECT 1')).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await wait(100);
  }
  throw new Error('PostgreSQL did not come back within 30 s.');
}
