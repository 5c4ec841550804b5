/**
 * A thousand clients that never come to the end of what they say, and others that do: what the others wait, with them and without, in windows that take turns; and
 * how soon the slow ones are cut off. Seconds say nothing on a machine that others use, but both kinds of window had the same one. `tsx test/prove/dribble.ts --ci`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createAgent } from '../support/marketplace.js';
import { brokenBuild } from './broken-builds.js';
import type { Cut } from './dribble/dribbler-process.js';
import { type Dribblers, startDribblers } from './dribble/dribblers.js';
import { KIND_NAMES, type KindName, WITHOUT_HEAD } from './dribble/kinds.js';
import { type Bystander, type Seen, failuresIn, startBystander } from './fleet/bystander.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { cpuMicroseconds, openFiles } from './fleet/process-figures.js';
import { medianOf } from './soak/slope.js';
import { type Arguments, type Say, type Size, type Verdict, asProgram, wholeNumber } from './verdict.js';

const DRIBBLERS = 1_000;
/** Of each kind. Even, for half of the pairs are turned round: a machine that gets slower favours neither. */
const WINDOWS = { ci: 6, release: 12 };
/** Shorter than a server lets anybody take for the head of a request. */
const WINDOW_MS = { ci: 1_500, release: 5_000 };
/** From when the last has come or gone until anything is counted. */
const SETTLE_MS = 1_000;
const WARM_MS = 5_000;
const EVERY_MS = 4;
/**
 * By which answers others are judged, in the middle one of the windows. A short window of CI holds fewer than 400, so that its p99 is a single collection of garbage
 * (13 to 71 ms on a slow machine, 2026-11-30), and one halt of the machine is the p99 of two windows together.
 */
const BY = { ci: 'p95', release: 'p99' } as const;
/** Theirs with the slow ones beside is at most this many times that without, and so much more. The second, in CI, is what other tests may take. */
const FACTOR = 1.5;
const MORE_MS = { ci: 20, release: 2 };
/** For about 830 bytes a second that lead nowhere the server has at most this much CPU, of that for others' 250 requests a second. 0.2 to 0.7 on 2026-11-30; 1.2 where each byte costs half a millisecond. */
const CPU_FACTOR = 1;
/** As src/serve.ts has them, and how late a server may look. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
const LATE_MS = 5_000;
/** Fewer than there are slow clients in their bodies: if one of these takes a place, it lacks others. */
const PLACES = '100';

const WITH = 'with them';
const WITHOUT = 'without';

export async function dribble({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const windows = wholeNumber(options.windows, WINDOWS[size]);
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: false,
    env: { MAX_IN_FLIGHT: PLACES },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      await createAgent(prisma, { slug: 'one' });
    },
  });
  const [server] = fleet.instances as [Instance];
  const bystander = startBystander({ url: server.url, slug: 'one', everyMs: EVERY_MS });
  const dribblers = startDribblers();
  try {
    const stage: Stage = { server, bystander, dribblers, say };
    bystander.begin('warm');
    await wait(WARM_MS);
    const watched: Watched[] = [];
    for (let pair = 0; pair < windows; pair += 1)
      for (const name of pair % 2 === 0 ? ([WITHOUT, WITH] as const) : ([WITH, WITHOUT] as const))
        watched.push(await watch(stage, { name, pair }, WINDOW_MS[size]));
    bystander.begin('while they are cut off');
    const kinds = size === 'ci' ? WITHOUT_HEAD : KIND_NAMES;
    const cuts = await cutOff(stage, kinds);
    return judge(await bystander.stop(), { watched, cuts, kinds, size });
  } finally {
    dribblers.kill();
    await bystander.stop();
    await fleet.stop();
  }
}

interface Stage {
  server: Instance;
  bystander: Bystander;
  dribblers: Dribblers;
  say: Say;
}

interface Window {
  name: typeof WITH | typeof WITHOUT;
  pair: number;
}

interface Watched extends Window {
  /** Slow clients that were not there until its end. */
  lost: number;
  /** That the server had of one core. */
  cpuPercent: number;
}

const phaseOf = ({ name, pair }: Window): string => `${name}, ${pair + 1}`;

async function watch({ server, bystander, dribblers, say }: Stage, window: Window, ms: number): Promise<Watched> {
  const { name } = window;
  const count = name === WITH ? DRIBBLERS : 0;
  await dribblers.open(portOf(server), count, KIND_NAMES);
  await wait(SETTLE_MS);
  bystander.begin(phaseOf(window));
  const [beganAt, cpuBefore] = [performance.now(), cpuMicroseconds(server.pid!)];
  await wait(ms);
  const cpuPercent = (cpuMicroseconds(server.pid!) - cpuBefore) / (performance.now() - beganAt) / 10;
  await bystander.rest();
  const open = openFiles(server.pid!);
  const cuts = await dribblers.close();
  await wait(SETTLE_MS);
  const lost = cuts.filter(({ afterMs }) => afterMs !== null).length + Math.max(0, count - open);
  say(
    `dribble: ${name}: ${count} slow clients, ${lost} lost; the server has ${open} files open, ${cpuPercent.toFixed(1)} % CPU`,
  );
  return { ...window, lost, cpuPercent };
}

/** Until all are, or should be. */
async function cutOff({ server, dribblers, say }: Stage, kinds: readonly KindName[]): Promise<readonly Cut[]> {
  const limitMs = Math.max(...kinds.map(allowedMs));
  await dribblers.open(portOf(server), DRIBBLERS, kinds);
  say(`dribble: ${DRIBBLERS} slow clients wait to be cut off, ${limitMs / 1_000} s at most`);
  const deadline = Date.now() + limitMs;
  const isAnyLeft = () => dribblers.cuts.length < DRIBBLERS || dribblers.cuts.some(({ afterMs }) => afterMs === null);
  while (Date.now() < deadline && isAnyLeft()) await wait(100);
  return await dribblers.close();
}

const portOf = ({ url }: Instance): number => Number(new URL(url).port);

const allowedMs = (kind: KindName): number => (WITHOUT_HEAD.includes(kind) ? HEAD_MS : REQUEST_MS) + LATE_MS;

interface Found {
  watched: readonly Watched[];
  cuts: readonly Cut[];
  kinds: readonly KindName[];
  size: Size;
}

function judge(seen: Readonly<Record<string, Seen>>, { watched, cuts, kinds, size }: Found): Verdict {
  const by = BY[size];
  const middleOf = (name: Window['name']) => {
    const windows = watched.filter((window) => window.name === name);
    const ms = windows.map((window) => seen[phaseOf(window)]!.ms);
    const of = (percentile: 'p50' | 'p95' | 'p99') => Number(medianOf(ms.map((one) => one[percentile])).toFixed(1));
    return { p50: of('p50'), slowest: of(by), cpuPercent: medianOf(windows.map(({ cpuPercent }) => cpuPercent)) };
  };
  const [beside, alone] = [middleOf(WITH), middleOf(WITHOUT)];
  const { length: windows } = watched.filter(({ name }) => name === WITH);
  const moreCpu = (beside.cpuPercent - alone.cpuPercent) / alone.cpuPercent;
  const lost = watched.reduce((sum, window) => sum + window.lost, 0);
  const [asked, failures] = [Object.values(seen).reduce((sum, one) => sum + one.asked, 0), failuresIn(seen)];
  const late = cuts.filter(({ kind, afterMs }) => afterMs === null || afterMs > allowedMs(kind)).length;
  const lastMs = (kind: KindName) =>
    Math.max(...cuts.map((cut) => (cut.kind === kind ? (cut.afterMs ?? Infinity) : 0)));
  const lastCutMs = Object.fromEntries(kinds.map((kind) => [kind, Math.round(lastMs(kind))]));
  const limitMs = FACTOR * alone.slowest + MORE_MS[size];
  return {
    ok:
      failures === 0 &&
      lost === 0 &&
      late === 0 &&
      cuts.length === DRIBBLERS &&
      watched.every((window) => seen[phaseOf(window)]!.hits > 0) &&
      beside.slowest <= limitMs &&
      moreCpu <= CPU_FACTOR,
    result:
      `others' ${by} ${beside.slowest} ms with ${DRIBBLERS} slow clients, ${alone.slowest} ms without (p50 ${beside.p50} and ${alone.p50}; in the middle one of ` +
      `${windows} windows each), ${failures} failed of ${asked}; the slow ones cost ${moreCpu.toFixed(2)} × the CPU of the others; ` +
      `${cuts.length - late} of ${cuts.length} cut off in time, the last after ` +
      kinds.map((kind) => `${seconds(lastMs(kind))} (${kind})`).join(', '),
    numbers: { seen, watched, lost, late, lastCutMs, limitMs },
  };
}

const seconds = (ms: number): string => (ms === Infinity ? 'never' : `${(ms / 1_000).toFixed(1)} s`);

await asProgram(import.meta.url, ['windows', 'broken'], dribble);
