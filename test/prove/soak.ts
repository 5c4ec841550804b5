/**
 * A server as production has it, for long, under a steady load of half of what it can bear: reads by Zipf's law, some that nobody has asked before, and a few writes. Whether its
 * memory still grows when all that is kept has been filled. `tsx test/prove/soak.ts --minutes 30`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { brokenBuild } from './broken-builds.js';
import { type Clients, startClients } from './chaos/clients.js';
import type { Ids } from './chaos/layout.js';
import { populate } from './chaos/populate.js';
import type { Totals } from './chaos/totals.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { cpuMicroseconds } from './fleet/process-figures.js';
import { METRICS_TOKEN, type Sample, sample } from './soak/samples.js';
import { type Point, medianOf, slopeOf, stretchesOf } from './soak/slope.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const SECONDS = { ci: 15, release: 1_800 };
const EVERY_SECONDS = { ci: 1, release: 5 };
/**
 * How long they ask as fast as they can, and how much of it comes before anything is counted. They look at every answer, so it is they who cannot go on; what the server
 * could bear is told by what a read costs it: its peak is where it has no processor left.
 */
const PEAK_SECONDS = { ci: 5, release: 60 };
const PEAK_WARM = 0.5;
const HALF = 0.5;
/** What is said of memory leaves out so much at first: caches fill, compilers compile, the heap finds its size. */
const WARM = 1 / 3;
const READERS = 16;
const WRITERS = 1;
const UNHEARD_OF = 0.02;
/** Points of the line: at release size one is a minute. */
const STRETCHES = 20;
/**
 * The heap right after it was collected is what the server keeps. That is said of the last half: changes are known for a quarter of an hour, so before it is over more and
 * more of them are. Seconds between two collections of all.
 */
const KEEPS = 1 / 2;
const COLLECTED_SECONDS = 100;
const SAY_EVERY_SECONDS = 60;
/** Percent an hour. */
const MOST_GROWTH = 1;
const HOUR = 3_600;
/** At CI size nothing has settled: only that nothing runs wild is looked at. */
const WILD = 1.25;
const MEMORY_MB = 64;
/** What the tier may hold beside its budget. */
const CACHE_SLACK = 1.1;

export async function soak({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const seconds = 60 * wholeNumber(options.minutes, 0) || SECONDS[size];
  let ids: Ids | null = null;
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: true,
    env: { METRICS_TOKEN, CACHE_MEMORY_MB: String(MEMORY_MB) },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      ids = await populate(prisma);
    },
  });
  const [server] = fleet.instances as [Instance];
  const clients = startClients(
    {
      seed: 1,
      servers: [{ name: server.name, url: server.url }],
      databaseUrl: fleet.databaseUrl,
      ids: ids!,
      readersPerServer: READERS,
      writers: WRITERS,
      thinkMs: 0,
      unheardOf: UNHEARD_OF,
    },
    ({ how }) => say(`soak: ${how}`),
  );
  try {
    const rush = await paceOf(clients, server, PEAK_SECONDS[size]);
    const peak = rush.rate / rush.cpu;
    clients.keepTo(HALF * peak);
    say(`soak: ${tell(rush)}, so at most ${Math.round(peak)}; now half of that, for ${seconds} s`);
    const samples: Sample[] = [];
    const kept = pace(clients, server);
    const from = performance.now();
    for (let at = 0; at <= seconds; at += EVERY_SECONDS[size]) {
      await wait(from + at * 1_000 - performance.now());
      samples.push(await sample(server, at));
      if (at % SAY_EVERY_SECONDS === 0)
        say(`soak: ${at} s, ${tellSample(samples.at(-1)!)}, ${clients.totals?.reads ?? 0} reads`);
    }
    return judge(await clients.stop(), samples, { size, peak, kept: kept() });
  } finally {
    clients.kill();
    await fleet.stop();
  }
}

interface Pace {
  /** Reads a second. */
  rate: number;
  /** The part of a processor that the server took. */
  cpu: number;
}

async function paceOf(clients: Clients, server: Instance, seconds: number): Promise<Pace> {
  await wait(PEAK_WARM * seconds * 1_000);
  const since = pace(clients, server);
  await wait((1 - PEAK_WARM) * seconds * 1_000);
  return since();
}

/** @returns a function that tells of the time from now until it is called. */
function pace(clients: Clients, server: Instance): () => Pace {
  const now = () => ({
    reads: clients.totals?.reads ?? 0,
    cpu: cpuMicroseconds(server.pid!),
    ms: performance.now(),
  });
  const before = now();
  return () => {
    const after = now();
    const ms = after.ms - before.ms;
    return { rate: ((after.reads - before.reads) / ms) * 1_000, cpu: (after.cpu - before.cpu) / 1_000 / ms };
  };
}

interface Circumstances {
  size: Arguments['size'];
  /** Reads a second. */
  peak: number;
  kept: Pace;
}

function judge(totals: Totals, samples: readonly Sample[], { size, peak, kept }: Circumstances): Verdict {
  const warm = samples.slice(Math.floor(samples.length * WARM));
  const points = warm.map(({ at, rssBytes }) => ({ at, value: rssBytes }));
  const length = (samples.at(-1)!.at * (1 - WARM)) / STRETCHES;
  const memory = growthOf(size === 'ci' ? points : stretchesOf(points, length, medianOf));
  const settled = samples.slice(Math.floor(samples.length * KEEPS));
  const heap = settled.map(({ at, heapBytes }) => ({ at, value: heapBytes }));
  const keeps = growthOf(size === 'ci' ? heap : stretchesOf(heap, COLLECTED_SECONDS, (values) => Math.min(...values)));
  const wrong = sum(totals.incidents);
  const failed = sum(totals.readFailures) + sum(totals.mutationFailures);
  const cacheBytes = Math.max(...samples.map((one) => one.cacheBytes));
  const hits = (100 * (totals.byCache.HIT ?? 0)) / totals.reads;
  // Of what is kept, growth is told where no other line fits: there are few points.
  const { checked } = samples.at(-1)!;
  const isCalm = size === 'ci' ? isTame(samples) : memory.hourly < MOST_GROWTH && keeps.least < MOST_GROWTH;
  return {
    ok: wrong === 0 && failed === 0 && checked.wrong === 0 && isCalm && cacheBytes <= CACHE_SLACK * MEMORY_MB * 2 ** 20,
    result:
      `${Math.round(samples.at(-1)!.at / 60)} min at ${tell(kept)}, half of a peak of ${Math.round(peak)}: ${tellGrowth(memory)}; ` +
      `of the heap it keeps ${tellGrowth(keeps)}; the cache at most ${megabytes(cacheBytes)} of ${MEMORY_MB}; ` +
      `${failed} failed, ${wrong} wrong of ${totals.reads} reads (${hits.toFixed(1)} % hits) and ${totals.mutations} mutations, ${checked.wrong} of ${checked.wrong + checked.same} that the server has checked itself`,
    numbers: { peak, kept, memory, keeps, samples, totals },
  };
}

interface Growth {
  /** Bytes. */
  middle: number;
  /** Percent of that an hour, and between which the true one lies with a confidence of 95 %. */
  hourly: number;
  least: number;
  most: number;
}

function growthOf(points: readonly Point[]): Growth {
  const middle = medianOf(points.map(({ value }) => value));
  const percent = (slope: number) => (100 * slope * HOUR) / middle;
  const { slope, from, to } = slopeOf(points);
  return { middle, hourly: percent(slope), least: percent(from), most: percent(to) };
}

const tellGrowth = ({ middle, hourly, least, most }: Growth): string =>
  `${megabytes(middle)}, ${signed(hourly)} % an hour (95 %: ${signed(least)} to ${signed(most)})`;

function isTame(samples: readonly Sample[]): boolean {
  const third = Math.ceil(samples.length / 3);
  const median = (some: readonly Sample[]) => medianOf(some.map(({ rssBytes }) => rssBytes));
  return median(samples.slice(-third)) <= WILD * median(samples.slice(0, third));
}

const sum = (counts: Partial<Record<string, number>>): number =>
  Object.values(counts).reduce<number>((all, one) => all + (one ?? 0), 0);

const tell = ({ rate, cpu }: Pace): string => `${Math.round(rate)} reads a second (${Math.round(100 * cpu)} % CPU)`;

const tellSample = ({ rssBytes, heapBytes, cacheBytes, cacheEntries }: Sample): string =>
  `${megabytes(rssBytes)}, of these ${megabytes(heapBytes)} of heap; the cache ${megabytes(cacheBytes)} in ${cacheEntries} entries`;

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

await asProgram(import.meta.url, ['minutes', 'broken'], soak);
