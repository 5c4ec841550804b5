/** What sort of world a seed gets: each has its own mix of timings and of what goes wrong, so that rare mixes come up as well. */
import type { Reception } from './airwaves.js';
import type { Network } from './link.js';
import type { Flushing } from './postgres.js';
import type { Random } from './random.js';
import type { Upkeep } from './shelf.js';

export const FAULTS = [
  'hold up',
  'pause',
  'suspend',
  'step clock',
  'kill',
  'leave',
  'join',
  'cut database',
  'flap',
  'cut bus',
  'bus down',
  'repeat message',
  'forge message',
  'lose store',
  'roll back store',
  'hang store',
  'crash',
  'restart',
  'restore dump',
  'restore disk',
  'prune',
  'flush',
  'break triggers',
] as const;

export type Fault = (typeof FAULTS)[number];

export interface Swarm {
  readonly nodes: number;
  readonly rows: number;
  /** How far clocks may be wrong, as a share. */
  readonly drift: number;
  readonly network: Network;
  readonly flushing: Flushing;
  /** Null: there is no bus. */
  readonly reception: Reception | null;
  /** Null: there is no remote tier. */
  readonly upkeep: Upkeep | null;
  readonly effectMs: number;
  readonly maxEvents: number;
  readonly traffic: Traffic;
  /** Mean time between two, milliseconds; those that do not occur are missing. */
  readonly faults: ReadonlyMap<Fault, number>;
}

/** Mean times, milliseconds. */
export interface Traffic {
  readonly readEveryMs: number;
  readonly mutateEveryMs: number;
  /** Writes of others, that nobody of us announces. */
  readonly outsideEveryMs: number;
  /** How often they notify. */
  readonly notifyShare: number;
  /** How often a transaction takes its time, and how long then. */
  longShare: number;
  readonly longMs: number;
  /** How long a statement of a fill takes. */
  readonly statementMs: number;
  slowFillShare: number;
  readonly slowFillMs: number;
  /** Seconds. */
  readonly maxAges: readonly number[];
}

/** Nothing is lost or late any more, from now on. */
export function calmDown({ network, flushing, reception, upkeep, traffic }: Swarm): void {
  Object.assign(network, { slowShare: 0, lossOfReplies: 0 } satisfies Partial<Network>);
  Object.assign(flushing, { flushMs: 1, visibleMs: 0.1 } satisfies Flushing);
  Object.assign(traffic, { longShare: 0, slowFillShare: 0 } satisfies Partial<Traffic>);
  if (reception) Object.assign(reception, { slowShare: 0, loss: 0, doubles: 0 } satisfies Partial<Reception>);
  if (upkeep) Object.assign(upkeep, { lies: 0, evictions: 0, stolenClaims: 0 } satisfies Partial<Upkeep>);
}

/** How rare a fault is: those that end the epoch end most else with it. Mean, milliseconds. */
const RARITY: Partial<Record<Fault, number>> = {
  'hold up': 500,
  flap: 4_000,
  crash: 6_000,
  restart: 7_000,
  'restore dump': 6_000,
  'restore disk': 8_000,
  'break triggers': 6_000,
  'repeat message': 300,
  'forge message': 300,
  flush: 3_000,
  prune: 700,
};
const USUAL = 1_800;
const SELDOM: ReadonlySet<Fault> = new Set([
  'crash',
  'restart',
  'restore dump',
  'restore disk',
  'break triggers',
  'suspend',
]);

export function drawSwarm(random: Random): Swarm {
  const sometimes = <T>(probability: number, value: T, otherwise: T): T =>
    random.chance(probability) ? value : otherwise;
  return {
    nodes: random.whole(2, 4),
    rows: random.whole(1, 4),
    drift: sometimes(0.7, 0.04, 0),
    network: {
      latencyMs: random.pick([0.2, 0.5, 2, 10]),
      slowShare: sometimes(0.5, random.pick([0.01, 0.05, 0.2]), 0),
      slowMs: random.pick([20, 200, 1_000, 1_900]),
      lossOfReplies: sometimes(0.4, random.pick([0.005, 0.03]), 0),
      patienceMs: random.pick([1_500, 3_000]),
    },
    flushing: { flushMs: random.pick([0.2, 2, 30, 300]), visibleMs: random.pick([0.05, 1, 30]) },
    reception: random.chance(0.12) ? null : drawReception(random),
    upkeep: random.chance(0.25) ? null : drawUpkeep(random),
    effectMs: random.pick([0.1, 1, 20]),
    maxEvents: sometimes(0.25, random.whole(2, 12), 10_000),
    traffic: drawTraffic(random),
    faults: drawFaults(random),
  };
}

const drawReception = (random: Random): Reception => ({
  latencyMs: random.pick([0.2, 1, 8]),
  slowShare: random.pick([0, 0.02, 0.2]),
  slowMs: random.pick([20, 300, 1_500]),
  loss: random.pick([0, 0.02, 0.3]),
  doubles: random.pick([0, 0.05]),
});

const drawUpkeep = (random: Random): Upkeep => ({
  latencyMs: random.pick([0.2, 1, 10]),
  lies: random.pick([0, 0, 0.02, 0.1]),
  evictions: random.pick([0, 0.1]),
  stolenClaims: random.pick([0, 0.1]),
});

const drawTraffic = (random: Random): Traffic => ({
  readEveryMs: random.pick([40, 80, 160]),
  mutateEveryMs: random.pick([200, 400, 900]),
  outsideEveryMs: random.pick([400, 1_500, Infinity]),
  notifyShare: random.pick([0, 0.5, 1]),
  longShare: random.pick([0, 0.1, 0.4]),
  longMs: random.pick([100, 800, 2_500]),
  statementMs: random.pick([0.3, 3, 25]),
  slowFillShare: random.pick([0, 0.02, 0.08]),
  slowFillMs: random.pick([100, 800, 2_500]),
  maxAges: random.pick([[60], [1, 60], [1, 3]]),
});

function drawFaults(random: Random): Map<Fault, number> {
  const faults = new Map<Fault, number>();
  for (const fault of FAULTS)
    if (random.chance(SELDOM.has(fault) ? 0.2 : 0.4))
      faults.set(fault, (RARITY[fault] ?? USUAL) * random.pick([0.5, 1, 2]));
  return faults;
}
