/**
 * What a mutation costs with few entries in Redis, and with very many. Times are of the whole mutation; of the commands that Redis ran in the meantime none may look for keys.
 * `tsx test/prove/invalidation-cost.ts --ci`
 */
import type { Redis } from 'ioredis';
import { createAgent, idOf } from '../support/marketplace.js';
import { signToken } from '../../src/platform/auth.js';
import { brokenBuild } from './broken-builds.js';
import { type Fleet, startFleet } from './fleet/fleet.js';
import { type HttpClient, bodyOf, createHttpClient, failureOf } from './fleet/http-client.js';
import { SECRET } from './fleet/server.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const FEW = 1_000;
const MANY = { ci: 100_000, release: 1_000_000 };
const MUTATIONS = 100;
const FLAT = 1.3;
/** Redis' commands that look at keys one by one, or at sets of keys that somebody keeps. */
const LOOKING = ['keys', 'scan', 'smembers', 'sscan', 'randomkey'];
const BATCH = 1_000;

interface Cost {
  entries: number;
  /** Milliseconds. */
  median: number;
  redisMicroseconds: number;
  commands: Record<string, number>;
}

export async function invalidationCost({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const many = wholeNumber(options.entries, MANY[size]);
  let agentId = '';
  const fleet = await startFleet({
    isDirect: true,
    instances: 2,
    redis: true,
    env: { CACHE_ENGINE: options.engine ?? 'larder' },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      agentId = idOf('Agent', await createAgent(prisma, { slug: 'changed' }));
    },
  });
  try {
    const measure = await createMeasure(fleet, agentId);
    const costs: Cost[] = [];
    // Few once more afterwards: a machine that has become faster or slower meanwhile is not taken for growth.
    for (const entries of [FEW, many, FEW]) {
      await fleet.redis!.with((redis) => fillWith(redis, entries));
      const cost = await measure(entries);
      say(`invalidation-cost: ${entries} entries: ${cost.median.toFixed(1)} ms, ${JSON.stringify(cost.commands)}`);
      costs.push(cost);
    }
    return judge(costs);
  } finally {
    await fleet.stop();
  }
}

function judge([before, grown, after]: Cost[]): Verdict {
  const costs = [before!, grown!, after!];
  const small = Math.max(before!.median, after!.median);
  const growth = grown!.median / small;
  const looked = [...new Set(costs.flatMap(({ commands }) => Object.keys(commands)))].filter((name) =>
    LOOKING.includes(name),
  );
  return {
    ok: growth <= FLAT && looked.length === 0,
    result: `${small.toFixed(1)} ms with ${FEW.toLocaleString('en')}, ${grown!.median.toFixed(1)} ms with ${grown!.entries.toLocaleString('en')} (× ${growth.toFixed(2)}); ${looked.length === 0 ? 'no KEYS, no SCAN' : looked.join(', ')}`,
    numbers: { costs },
  };
}

/** Entries as a server wrote them, under names as it gives them, until there are so many. */
async function fillWith(redis: Redis, wanted: number): Promise<void> {
  const patterns = await redis.keys('larder:*');
  const pattern = patterns.find((key) => key.includes('entry')) ?? patterns[0] ?? 'larder:entry:none';
  const value = (await redis.getBuffer(pattern).catch(() => null)) ?? Buffer.alloc(1_000);
  await redis.flushall();
  for (let from = 0; from < wanted; from += BATCH) {
    const pipeline = redis.pipeline();
    for (let number = from; number < Math.min(from + BATCH, wanted); number += 1)
      pipeline.set(`${pattern}${number}`, value, 'EX', 3_600);
    await pipeline.exec();
  }
}

async function createMeasure(
  { instances, redis }: Fleet,
  agentId: string,
): Promise<(entries: number) => Promise<Cost>> {
  const token = await signToken(SECRET, { user: 'author', role: 'ADMIN', ttlSeconds: 7_200 });
  const clients = instances.map(({ url }) => createHttpClient(url, 2));
  await warm(clients, agentId, token);
  return (entries) =>
    redis!.with(async (connection) => {
      await connection.config('RESETSTAT');
      const times: number[] = [];
      for (let number = 0; number < MUTATIONS; number += 1) {
        const startedAt = performance.now();
        await mutate(clients[number % clients.length]!, agentId, token, `${entries} ${number}`);
        times.push(performance.now() - startedAt);
        await readIt(clients);
      }
      const commands = commandsOf(await connection.info('commandstats'));
      times.sort((a, b) => a - b);
      return {
        entries,
        median: times[MUTATIONS / 2]!,
        redisMicroseconds: sum(commands.map(({ microseconds }) => microseconds)),
        commands: Object.fromEntries(commands.map(({ name, calls }) => [name, calls])),
      };
    });
}

async function warm(clients: readonly HttpClient[], agentId: string, token: string): Promise<void> {
  for (let number = 0; number < 20; number += 1) {
    await readIt(clients);
    await mutate(clients[number % clients.length]!, agentId, token, `warm ${number}`);
  }
  await readIt(clients);
}

const UPDATE = 'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { tagline } } }';
const READ = bodyOf('{ agent(slug: "changed") { tagline } }');

async function mutate(client: HttpClient, agentId: string, token: string, tagline: string): Promise<void> {
  const failure = failureOf(await client.post(bodyOf(UPDATE, { input: { agentId, tagline } }), token, 10_000));
  if (failure !== null) throw new Error(`A mutation failed: ${failure}.`);
}

/** So that there is something to invalidate. */
async function readIt(clients: readonly HttpClient[]): Promise<void> {
  for (const client of clients) await client.post(READ, null, 10_000);
}

/** `cmdstat_set:calls=1,usec=2,…` */
const commandsOf = (info: string) =>
  [...info.matchAll(/^cmdstat_([\w|]+):calls=(\d+),usec=(\d+)/gm)].map(([, name = '', calls, microseconds]) => ({
    name,
    calls: Number(calls),
    microseconds: Number(microseconds),
  }));

const sum = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

await asProgram(import.meta.url, ['entries', 'engine', 'broken'], invalidationCost);
