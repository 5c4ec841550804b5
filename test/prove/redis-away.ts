/** Redis is killed, and stopped, under load. Nobody may notice but by the hit rate. `tsx test/prove/redis-away.ts --ci` */
import { setTimeout as wait } from 'node:timers/promises';
import { brokenBuild } from './broken-builds.js';
import { type Clients, startClients } from './chaos/clients.js';
import type { Ids } from './chaos/layout.js';
import { populate } from './chaos/populate.js';
import type { Phase, Totals } from './chaos/totals.js';
import { type Fleet, startFleet } from './fleet/fleet.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

interface ServerOptions {
  engine: string;
  broken: string | undefined;
}

const SECONDS = { ci: 5, release: 30 };
const MORE_MS = 100;
/** With Redis there, and without one in the configuration: what either takes is what a request may take anyway. */
const NORMAL = ['with Redis', 'never had Redis'];

export async function redisAway({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const seconds = wholeNumber(options.seconds, SECONDS[size]);
  const server: ServerOptions = { engine: options.engine ?? 'larder', broken: options.broken };
  const never = await underLoad(server, false, async (clients) => {
    clients.beginPhase('never had Redis');
    await wait(seconds * 1_000);
  });
  say(`redis-away: measured without Redis: ${tell(never.phases.at(-2)!)}`);

  const totals = await underLoad(server, true, async (clients, { redis }) => {
    const phase = async (name: string) => {
      say(`redis-away: ${name}, for ${seconds} s`);
      clients.beginPhase(name);
      await wait(seconds * 1_000);
    };
    await phase('with Redis');
    await redis!.kill();
    await phase('killed');
    await redis!.start();
    await phase('back, empty');
    const { pid } = redis!;
    process.kill(pid!, 'SIGSTOP');
    await phase('stopped');
    process.kill(pid!, 'SIGCONT');
    await phase('back');
  });
  return judge(never, totals, size === 'ci' ? 'p99' : 'max');
}

/** The phases begin when everything is warm, and the last of them is followed by one for what comes after. */
async function underLoad(
  { engine, broken }: ServerOptions,
  redis: boolean,
  run: (clients: Clients, fleet: Fleet) => Promise<void>,
): Promise<Totals> {
  let ids: Ids | null = null;
  const fleet = await startFleet({
    instances: 2,
    redis,
    env: { CACHE_ENGINE: engine },
    broken: broken === undefined ? undefined : brokenBuild(broken),
    populate: async (prisma) => {
      ids = await populate(prisma);
    },
  });
  let clients: Clients | null = null;
  try {
    clients = startClients(
      {
        seed: 1,
        servers: fleet.instances.map(({ name, url }) => ({ name, url })),
        databaseUrl: fleet.databaseUrl,
        ids: ids!,
        readersPerServer: 2,
        writers: 1,
        // Far from what the servers could take: what is measured is waiting, not queueing.
        thinkMs: 10,
      },
      () => undefined,
    );
    await wait(5_000);
    await run(clients, fleet);
    clients.beginPhase('afterwards');
    return await clients.stop();
  } finally {
    clients?.kill();
    await fleet.stop();
  }
}

/**
 * @param by The single slowest answer says something on a quiet machine, at release. Beside other tests it is their noise; there what a request waits for a
 * Redis that hangs is counted in time limits (test/contracts/redis-faults).
 */
function judge(never: Totals, totals: Totals, by: 'p99' | 'max'): Verdict {
  const phases = [...never.phases, ...totals.phases].filter(({ name }) => !['load', 'afterwards'].includes(name));
  const normal = phases.filter(({ name }) => NORMAL.includes(name));
  const others = phases.filter(({ name }) => !NORMAL.includes(name));
  const longest = (of: readonly Phase[], kind: 'readMs' | 'mutationMs') =>
    Math.max(...of.map((phase) => phase[kind][by]));
  const more = (kind: 'readMs' | 'mutationMs') => Math.round(longest(others, kind) - longest(normal, kind));
  const failed = phases.reduce((sum, phase) => sum + phase.failedReads + phase.failedMutations, 0);
  const wrong = Object.values(totals.incidents).reduce((sum, count) => sum + count, 0) + totals.failedAfterwards;
  const [reads, mutations] = [more('readMs'), more('mutationMs')];
  return {
    ok: failed === 0 && wrong === 0 && reads <= MORE_MS && mutations <= MORE_MS,
    result:
      `${failed} failed, ${wrong} wrong of ${totals.reads} reads; by ${by}, reads took ${reads} ms more than ` +
      `before, mutations ${mutations} ms more`,
    numbers: { phases: Object.fromEntries(phases.map(({ name, ...phase }) => [name, phase])), byCache: totals.byCache },
  };
}

const tell = ({ reads, readMs, mutationMs }: Phase): string =>
  `${reads} reads, p50 ${readMs.p50} p99 ${readMs.p99} max ${readMs.max} ms; mutations p50 ${mutationMs.p50} p99 ${mutationMs.p99} max ${mutationMs.max} ms`;

await asProgram(import.meta.url, ['seconds', 'engine', 'broken'], redisAway);
