/** One seed, one world, one run: a storm, then a calm in which everything must come right again. */
import type { Query, Write } from './catalogue.js';
import type { Violation } from './checker.js';
import { type Fleet, createFleet } from './fleet.js';
import { plague } from './mishaps.js';
import { createRandom } from './random.js';
import { read } from './reading.js';
import { createScheduler } from './scheduler.js';
import { calmDown, drawSwarm } from './swarm.js';
import { createTrace } from './trace.js';
import type { Tally } from './tally.js';
import { type World, createWorld } from './world.js';
import { mutate, writeOutside } from './writing.js';

export interface Run {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly tally: Tally;
  /** The same for the same seed and the same code. */
  readonly hash: string;
}

const STORM_MS = 8_500;
/** Long enough for clients to give up on what the storm has swallowed, and for leases of an older epoch to end. */
const SETTLING_MS = 5_200;
const CALM_MS = 1_500;
const ALONE_MS = 1_500;
/** A mutation is answered within D (1 + RHO), and some time for statements. */
const ANSWERED_WITHIN_MS = 2_800;
const CALM_READ_EVERY_MS = 120;

export async function simulate(seed: number, tell: ((line: string) => void) | null = null): Promise<Run> {
  const trace = createTrace(tell);
  const scheduler = createScheduler(trace);
  const random = createRandom(seed);
  const swarm = drawSwarm(random);
  const world = createWorld(swarm, scheduler, random, trace);
  const fleet = createFleet(world);
  world.tell(() => JSON.stringify({ ...swarm, faults: [...swarm.faults] }));
  for (let count = 0; count < swarm.nodes; count += 1) fleet.add();

  const calmFrom = STORM_MS + SETTLING_MS;
  const writesUntil = calmFrom + CALM_MS;
  const end = writesUntil + ALONE_MS;
  goOn(world, STORM_MS, swarm.traffic.readEveryMs, () => askAnyone(world, fleet));
  goOn(world, end, CALM_READ_EVERY_MS, () => askAnyone(world, fleet));
  goOn(world, STORM_MS, swarm.traffic.mutateEveryMs, () => write(world, fleet, null));
  goOn(world, STORM_MS, swarm.traffic.outsideEveryMs, () => writePast(world, fleet));
  plague(world, fleet, STORM_MS);
  scheduler.after(STORM_MS, () => calmDown(swarm));
  scheduler.after(calmFrom, () => goOn(world, writesUntil, 300, () => write(world, fleet, ANSWERED_WITHIN_MS)));
  scheduler.after(writesUntil + ALONE_MS / 2, () => expectHits(world, fleet));
  await scheduler.run(end + ANSWERED_WITHIN_MS);
  return { seed, violations: world.checker.violations, tally: world.tally, hash: trace.hash };
}

/** Again and again, until then. */
function goOn({ scheduler, random }: World, until: number, mean: number, act: () => void): void {
  if (mean === Infinity) return;
  const next = (): void => {
    scheduler.after(random.wait(mean), () => {
      if (scheduler.now >= until) return;
      act();
      next();
    });
  };
  next();
}

function askAnyone(world: World, fleet: Fleet): void {
  const { random, catalogue } = world;
  // Some are asked for much more often than others.
  const place = Math.floor(random.next() ** 3 * catalogue.queries.length);
  if (fleet.serving.length > 0) ask(world, fleet, catalogue.queries[place]!, null);
}

/** Asks one instance, or all of them. */
function ask(world: World, fleet: Fleet, query: Query, everyone: 'everyone' | null): void {
  const nodes = everyone ? fleet.serving : [world.random.pick(fleet.serving)];
  for (const node of nodes) node.machine.deliver(() => void read(world, node, query));
}

const drawWrites = ({ random, catalogue }: World): Write[] =>
  Array.from({ length: random.pick([1, 1, 2, 3]) }, () => catalogue.draw(random));

/** @param limitMs how long it may take at most to be answered; null if nobody can say. */
function write(world: World, fleet: Fleet, limitMs: number | null): void {
  if (fleet.serving.length === 0) return;
  const { scheduler, random, checker } = world;
  const node = random.pick(fleet.serving);
  const writes = drawWrites(world);
  if (random.chance(0.7)) ask(world, fleet, drawQuery(world, writes), 'everyone');
  let isOver = false;
  node.machine.deliver(() => {
    void mutate(world, node, writes, fleet.notify).then((isDone) => {
      isOver = true;
      if (isDone) lookAround(world, fleet, writes);
    });
  });
  if (limitMs !== null)
    scheduler.after(limitMs, () => {
      if (!isOver) checker.complain('stuck', `A mutation of ${node.machine.name} has no answer.`);
    });
}

/** Where a write would be missing, it is missing right after its answer. */
function lookAround(world: World, fleet: Fleet, writes: readonly Write[]): void {
  const { random, scheduler } = world;
  const query = drawQuery(world, writes);
  ask(world, fleet, query, 'everyone');
  if (random.chance(0.5))
    scheduler.after(random.pick([5, 100, 1_000, 2_000]), () => ask(world, fleet, query, 'everyone'));
}

/** One that shows what they write. */
const drawQuery = ({ random, catalogue }: World, writes: readonly Write[]): Query =>
  random.pick(catalogue.queriesOf(random.pick(writes.flatMap(({ cells }) => cells))));

function writePast(world: World, fleet: Fleet): void {
  const { random, swarm } = world;
  const isTold = random.chance(swarm.traffic.notifyShare);
  void writeOutside(world, drawWrites(world), isTold ? fleet.notify : () => undefined);
}

/** Nobody writes any more: who is asked twice must know the answer. */
function expectHits(world: World, fleet: Fleet): void {
  for (const node of fleet.serving) {
    const query = world.random.pick(world.catalogue.queries.filter(({ isPrivate }) => !isPrivate));
    const again = async (): Promise<void> => {
      for (let turn = 0; turn < 6; turn += 1) if ((await read(world, node, query))?.status !== 'MISS') return;
      world.checker.complain('stuck', `${node.machine.name} asks the database every time.`);
    };
    node.machine.deliver(() => void again());
  }
}
