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
import { openFiles } from './fleet/process-figures.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const DRIBBLERS = 1_000;
/** Of each kind. Even, for half of the pairs are turned round: a machine that gets slower favours neither. */
const WINDOWS = { ci: 2, release: 12 };
/** Shorter than a server lets anybody take for the head of a request. */
const WINDOW_MS = { ci: 1_500, release: 5_000 };
/** From when the last has come or gone until anything is counted. */
const SETTLE_MS = 1_000;
const WARM_MS = { ci: 2_000, release: 5_000 };
const EVERY_MS = 4;
/** Others' p99 with the slow ones beside is at most this many times that without, and so much more. The second, in CI, is what other tests may take. */
const FACTOR = 1.5;
const MORE_MS = { ci: 20, release: 2 };
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
    await wait(WARM_MS[size]);
    let lost = 0;
    for (let pair = 0; pair < windows; pair += 1)
      for (const name of pair % 2 === 0 ? [WITHOUT, WITH] : [WITH, WITHOUT])
        lost += await window(stage, name, WINDOW_MS[size]);
    bystander.begin('while they are cut off');
    const kinds = size === 'ci' ? WITHOUT_HEAD : KIND_NAMES;
    const cuts = await cutOff(stage, kinds);
    return judge(await bystander.stop(), { lost, cuts, kinds, moreMs: MORE_MS[size] });
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

/** @returns how many of the slow clients were not there until its end. */
async function window({ server, bystander, dribblers, say }: Stage, name: string, ms: number): Promise<number> {
  const count = name === WITH ? DRIBBLERS : 0;
  await dribblers.open(portOf(server), count, KIND_NAMES);
  await wait(SETTLE_MS);
  bystander.begin(name);
  await wait(ms);
  await bystander.rest();
  const open = openFiles(server.pid!);
  const cuts = await dribblers.close();
  await wait(SETTLE_MS);
  const lost = cuts.filter(({ afterMs }) => afterMs !== null).length;
  say(`dribble: ${name}: ${count} slow clients, ${lost} lost; the server has ${open} files open`);
  return lost + Math.max(0, count - open);
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
  /** Slow clients that were not there for all of their window. */
  lost: number;
  cuts: readonly Cut[];
  kinds: readonly KindName[];
  moreMs: number;
}

function judge(seen: Readonly<Record<string, Seen>>, { lost, cuts, kinds, moreMs }: Found): Verdict {
  const [beside, alone] = [seen[WITH]!, seen[WITHOUT]!];
  const failures = failuresIn(seen);
  const late = cuts.filter(({ kind, afterMs }) => afterMs === null || afterMs > allowedMs(kind)).length;
  const lastMs = (kind: KindName) =>
    Math.max(...cuts.map((cut) => (cut.kind === kind ? (cut.afterMs ?? Infinity) : 0)));
  const last = Object.fromEntries(kinds.map((kind) => [kind, Math.round(lastMs(kind))]));
  const limit = FACTOR * alone.ms.p99 + moreMs;
  return {
    ok:
      failures === 0 &&
      lost === 0 &&
      late === 0 &&
      cuts.length === DRIBBLERS &&
      beside.hits > 0 &&
      beside.ms.p99 <= limit,
    result:
      `others' p99 ${beside.ms.p99} ms with ${DRIBBLERS} slow clients, ${alone.ms.p99} ms without (p50 ${beside.ms.p50} and ${alone.ms.p50}), ` +
      `${failures} failed of ${beside.asked + alone.asked}; ${cuts.length - late} of ${cuts.length} cut off in time, the last after ` +
      kinds.map((kind) => `${seconds(lastMs(kind))} (${kind})`).join(', '),
    numbers: { seen, lost, late, lastCutMs: last, allowedP99Ms: limit },
  };
}

const seconds = (ms: number): string => (ms === Infinity ? 'never' : `${(ms / 1_000).toFixed(1)} s`);

await asProgram(import.meta.url, ['windows', 'broken'], dribble);
