/**
 * Real processes, real faults: several servers over one PostgreSQL and one Redis, which are paused, killed, cut off and lied to,
 * while clients read and write and check every answer. `tsx test/prove/chaos.ts --ci`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { brokenBuild } from './broken-builds.js';
import { type Clients, startClients } from './chaos/clients.js';
import { FAULTS, type FaultName, doHarm } from './chaos/faults.js';
import type { Ids } from './chaos/layout.js';
import { populate } from './chaos/populate.js';
import type { Incident, Totals } from './chaos/totals.js';
import { type Fleet, startFleet } from './fleet/fleet.js';
import { type Random, createRandom } from './random.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const SECONDS = { ci: 60, release: 1_800 };
const INSTANCES = 4;
/** A fault begins after so long without one. Milliseconds, at most. */
const CALM_MS = 1_200;
/** How often a second fault begins beside another. */
const TWO_AT_ONCE = 0.25;
const KINDS_WANTED = 9;
/** What a run must have seen to say anything. */
const LEAST = { ci: { faults: 0, reads: 0 }, release: { faults: 300, reads: 1_500_000 } };

export async function chaos({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const seconds = wholeNumber(options.seconds, SECONDS[size]);
  const seed = wholeNumber(options.seed, Date.now() % 1_000_000);
  const random = createRandom(seed);
  let ids: Ids | null = null;
  const fleet = await startFleet({
    instances: INSTANCES,
    redis: true,
    env: { CACHE_ENGINE: options.engine ?? 'larder' },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      ids = await populate(prisma);
    },
  });
  let clients: Clients | null = null;
  try {
    say(`chaos: ${INSTANCES} servers are up; ${seconds} s with seed ${seed}`);
    const incidents: Incident[] = [];
    clients = startClients(
      {
        seed,
        servers: fleet.instances.map(({ name, url }) => ({ name, url })),
        databaseUrl: fleet.databaseUrl,
        ids: ids!,
        readersPerServer: wholeNumber(options.readers, 3),
        writers: wholeNumber(options.writers, 2),
        thinkMs: wholeNumber(options.think, 0),
      },
      (incident) => {
        incidents.push(incident);
        say(tellIncident(incident));
      },
    );
    const faults = await harm(fleet, {
      clients,
      random,
      seconds,
      say,
      none: options.faults === 'none',
      isEnough: () => options.broken !== undefined && incidents.length > 0,
    });
    const totals = await clients.stop();
    return judge({
      totals,
      faults,
      seconds,
      seed,
      incidents,
      least: LEAST[options.seconds === undefined ? size : 'ci'],
    });
  } finally {
    clients?.kill();
    await fleet.stop();
  }
}

interface Harming {
  clients: Clients;
  random: Random;
  seconds: number;
  say: Say;
  none: boolean;
  /** For servers that are broken on purpose. */
  isEnough: () => boolean;
}

/** Faults until the time is up. @returns how many there were of each kind. */
async function harm(
  fleet: Fleet,
  { clients, random, seconds, say, none, isEnough }: Harming,
): Promise<Map<FaultName, number>> {
  const done = new Map<FaultName, number>();
  const end = Date.now() + seconds * 1_000;
  let deck: FaultName[] = [];
  const next = async (at: number) => {
    // All kinds before one comes again, so that a short run has them all.
    if (deck.length === 0) deck = random.shuffled(FAULTS);
    const name = deck.pop()!;
    const instance = fleet.instances[at % fleet.instances.length]!;
    say(
      `chaos: ${Math.round((end - Date.now()) / 1_000)} s left, ${describe(clients.totals)}; now ${name} (${instance.name})`,
    );
    await doHarm(name, instance, fleet, random);
    done.set(name, (done.get(name) ?? 0) + 1);
  };
  while (Date.now() < end && !isEnough()) {
    await wait(random.integer(0, CALM_MS));
    if (none) continue;
    const at = random.integer(0, fleet.instances.length - 1);
    const both = random.next() < TWO_AT_ONCE ? [next(at), next(at + 1)] : [next(at)];
    // Two faults may be in each other's way: a Redis that is dead cannot be emptied.
    for (const { reason } of (await Promise.allSettled(both)).filter((one) => one.status === 'rejected'))
      say(`chaos: this fault could not be done: ${String(reason)}`);
  }
  return done;
}

const describe = (totals: Totals | null): string =>
  totals
    ? `${totals.reads} reads, ${totals.mutations} mutations, ${count(totals.incidents)} wrong`
    : 'nothing read yet';

const count = (numbers: Partial<Record<string, number>>): number =>
  Object.values(numbers).reduce<number>((sum, one) => sum + (one ?? 0), 0);

const tellIncident = ({ fault, key, how, trace, answer }: Incident): string =>
  [
    `chaos: ${fault.toUpperCase()}: register ${key}. ${how}`,
    ...trace.map((line) => `    ${line}`),
    `    ${answer}`,
  ].join('\n');

interface Outcome {
  totals: Totals;
  faults: Map<FaultName, number>;
  seconds: number;
  seed: number;
  incidents: readonly Incident[];
  least: { faults: number; reads: number };
}

function judge({ totals, faults, seconds, seed, incidents, least }: Outcome): Verdict {
  const { reads, byCache, mutations, writesPastTheApi } = totals;
  const hits = (byCache.HIT ?? 0) / Math.max(reads, 1);
  const wrong = count(totals.incidents);
  const done = [...faults.values()].reduce((sum, one) => sum + one, 0);
  return {
    // Where nothing is hit, nothing can be stale.
    ok:
      wrong === 0 &&
      totals.failedAfterwards === 0 &&
      hits > 0.3 &&
      mutations > 0 &&
      reads >= least.reads &&
      done >= least.faults &&
      (faults.size >= KINDS_WANTED || done === 0),
    result:
      `${wrong} wrong of ${reads} reads (${(hits * 100).toFixed(0)} % hits, ${byCache.STALE ?? 0} marked STALE), ` +
      `${mutations} mutations, ${writesPastTheApi} writes past the API, ${done} faults of ${faults.size} kinds in ${seconds} s`,
    numbers: {
      seed,
      ...totals,
      readsPerSecond: Math.round(reads / seconds),
      hitShare: hits,
      faults: Object.fromEntries(faults),
      firstIncidents: incidents.slice(0, 3),
    },
  };
}

await asProgram(
  import.meta.url,
  ['seconds', 'seed', 'engine', 'broken', 'readers', 'writers', 'think', 'faults'],
  chaos,
);
