/**
 * How long a mutation waits after its commit until it may be answered: what the instance itself reports (`waitedMs` in its log at level
 * debug), since from outside it cannot be told from the time of the mutation itself. `tsx test/prove/mutation-wait.ts`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { signToken } from '../../src/platform/auth.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { startFleet } from './fleet/fleet.js';
import { bodyOf, createHttpClient, failureOf } from './fleet/http-client.js';
import { SECRET } from './fleet/server.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const INSTANCES = 4;
const MUTATIONS = { ci: 200, release: 2_000 };
/** People and programs do not write without pause. */
const PAUSE_MS = 10;
const P50_MS = 2;
const P99_MS = 15;

const SETUPS = {
  'with Redis': { redis: true, env: {} },
  'without Redis': { redis: false, env: {} },
  'bounded, with Redis': { redis: true, env: { CACHE_CONSISTENCY: 'bounded' } },
} as const;

interface Waits {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export async function mutationWait({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const mutations = wholeNumber(options.mutations, MUTATIONS[size]);
  const found: Partial<Record<keyof typeof SETUPS, Waits>> = {};
  for (const name of Object.keys(SETUPS) as (keyof typeof SETUPS)[]) {
    found[name] = await waitsOf(SETUPS[name], mutations);
    say(`mutation-wait: ${name}: ${JSON.stringify(found[name])}`);
  }
  const strict = found['with Redis']!;
  const tell = (name: keyof typeof SETUPS) => `${name}: p50 ${found[name]!.p50} ms, p99 ${found[name]!.p99} ms`;
  return {
    // At CI size the machine is busy with other checks, so there the numbers are only printed.
    ok: strict.count > 0 && (size === 'ci' || (strict.p50 <= P50_MS && strict.p99 <= P99_MS)),
    result: `${tell('with Redis')}; ${tell('without Redis')}`,
    numbers: found,
  };
}

async function waitsOf(
  { redis, env }: { redis: boolean; env: Record<string, string> },
  mutations: number,
): Promise<Waits> {
  const agentIds: string[] = [];
  const fleet = await startFleet({
    isDirect: true,
    instances: INSTANCES,
    redis,
    env: { LOG_LEVEL: 'debug', ...env },
    populate: async (prisma) => {
      for (let made = 0; made < 20; made += 1) agentIds.push(idOf('Agent', await createAgent(prisma)));
    },
  });
  try {
    const token = await signToken(SECRET, { user: 'author', role: 'ADMIN', ttlSeconds: 7_200 });
    const clients = fleet.instances.map(({ url }) => createHttpClient(url, 2));
    const mutate = async (number: number) => {
      const input = { agentId: agentIds[number % agentIds.length], tagline: `number ${number}` };
      const reply = await clients[number % INSTANCES]!.post(bodyOf(UPDATE, { input }), token, 10_000);
      const failure = failureOf(reply);
      if (failure !== null) throw new Error(`A mutation failed: ${failure}.`);
      await wait(PAUSE_MS);
    };
    const logged = () => fleet.instances.map(({ log }) => waitedIn(log()));
    for (let number = 0; number < 40; number += 1) await mutate(number);
    // Epochs that are younger than a lease make mutations wait: that of this database was made a moment ago.
    await wait(2_500);
    const warm = logged().map(({ length }) => length);
    for (let number = 0; number < mutations; number += 1) await mutate(number);
    clients.forEach((client) => client.close());
    return summary(logged().flatMap((waits, instance) => waits.slice(warm[instance])));
  } finally {
    await fleet.stop();
  }
}

const UPDATE = 'mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { id } } }';

const waitedIn = (log: string): number[] => [...log.matchAll(/"waitedMs":([\d.e-]+)/g)].map(([, ms]) => Number(ms));

function summary(waits: number[]): Waits {
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round((waits[Math.floor((waits.length - 1) * share)] ?? 0) * 100) / 100;
  return { count: waits.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

await asProgram(import.meta.url, ['mutations'], mutationWait);
