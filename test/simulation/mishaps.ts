/** What goes wrong in a simulated world, each as its swarm has drawn it. */
import { EXISTENCE } from '../../src/cache/dependency.js';
import { EVERYTHING } from '../../src/cache/tag.js';
import type { Fleet } from './fleet.js';
import type { Node } from './node.js';
import type { Backup } from './postgres.js';
import { SOUND } from './tables.js';
import type { Fault } from './swarm.js';
import type { World } from './world.js';
import { writeOutside } from './writing.js';

/** Fewer than this are never running: nobody would be left to be wrong. */
const LEAST_NODES = 2;
const MOST_NODES = 4;
const BACKUP_EVERY_MS = 1_500;
const FLAPS = 4;
const LONGEST_DOWN_MS = 1_500;

/** Sets them going, until the storm is over. */
export function plague(world: World, fleet: Fleet, until: number): void {
  const { scheduler, random, swarm, tally } = world;
  const afflict = afflictions(world, fleet, until);
  for (const [fault, mean] of swarm.faults) {
    const next = (): void => {
      scheduler.after(random.wait(mean), () => {
        if (scheduler.now >= until) return;
        world.tell(() => `* ${fault}`);
        tally.faults += 1;
        afflict[fault]();
        next();
      });
    };
    next();
  }
}

function afflictions(world: World, fleet: Fleet, until: number): Record<Fault, () => void> {
  const { scheduler, random, postgres, airwaves, shelf } = world;
  /** No longer than the storm. */
  const upTo = (ms: number): number => Math.min(ms, Math.max(0, until - scheduler.now));
  const one = (act: (node: Node) => void): void => {
    if (fleet.nodes.length > 0) act(random.pick(fleet.nodes));
  };
  const spare = (act: (node: Node) => void): void => {
    if (fleet.serving.length > LEAST_NODES) act(random.pick(fleet.serving));
  };
  /** Cut off from all others, there again for a moment, and so on. */
  const flap = (node: Node, times: number): void => {
    // About as long as a lease, where waiting for it and trusting it meet; or short.
    const ms = upTo(random.chance(0.6) ? random.between(1_700, 2_500) : random.between(50, 800));
    if (times === 0 || ms === 0) return;
    node.link.cut(ms);
    airwaves?.cut(node.machine, ms);
    scheduler.after(ms + random.between(1, 150), () => flap(node, times - 1));
  };
  let areBroken = false;
  /** Somebody repairs data with the triggers off, and takes more or less time for it; or stops everything first, and starts it again afterwards. */
  const breakTriggers = (): void => {
    if (areBroken) return;
    areBroken = true;
    const isMigration = random.chance(0.5);
    if (isMigration) for (const node of [...fleet.nodes]) fleet.kill(node);
    const mend = (): void =>
      postgres.alterCapture(SOUND, () => {
        areBroken = false;
        if (isMigration) while (fleet.nodes.length < LEAST_NODES) fleet.add();
      });
    postgres.alterCapture('disabled', () => {
      void writeOutside(world, [world.catalogue.draw(random)], () => undefined).then(() =>
        scheduler.after(upTo(random.pick([0, 0, 3_000]) * random.next()), mend),
      );
    });
  };
  const back = takeBackups(world, until);
  const bringBack = (kind: 'dump' | 'disk'): void => {
    postgres.restore(back(), kind, upTo(random.between(5, LONGEST_DOWN_MS)));
    world.checker.restored(postgres.tables.cells);
  };
  return {
    'hold up': () => one(({ machine }) => machine.pause(upTo(random.wait(60)))),
    pause: () => one(({ machine }) => machine.pause(upTo(random.between(200, 4_500)))),
    suspend: () => one(({ machine }) => machine.suspend(random.between(300, 4_000))),
    'step clock': () => one(({ machine }) => machine.stepWall(random.wait(5_000))),
    kill: () =>
      spare((node) => {
        fleet.kill(node);
        scheduler.after(random.wait(500), fleet.add);
      }),
    leave: () => spare(fleet.retire),
    join: () => {
      if (fleet.nodes.length < MOST_NODES) fleet.add();
    },
    'cut database': () => one(({ link }) => link.cut(upTo(random.wait(1_500)))),
    flap: () => one((node) => flap(node, FLAPS)),
    'cut bus': () => one(({ machine }) => airwaves?.cut(machine, upTo(random.wait(1_500)))),
    'bus down': () => airwaves?.goDown(upTo(random.wait(1_500))),
    'repeat message': () => airwaves?.repeat(),
    'forge message': () => airwaves?.forge(),
    'lose store': () => shelf?.loseAll(),
    'roll back store': () => shelf?.rollBack(),
    'hang store': () => shelf?.hang(upTo(random.wait(800))),
    crash: () => postgres.stop(true, upTo(random.between(5, LONGEST_DOWN_MS))),
    restart: () => postgres.stop(false, upTo(random.between(5, LONGEST_DOWN_MS))),
    'restore dump': () => bringBack('dump'),
    'restore disk': () => bringBack('disk'),
    prune: () =>
      void world
        .ledgerOver(world.linkFrom(null))
        .prune(random.pick([0, 500, 3_000]))
        .catch(() => undefined),
    flush: () =>
      void writeOutside(world, [{ cells: [], changes: [{ tag: EVERYTHING, columns: [EXISTENCE] }] }], fleet.notify),
    'break triggers': breakTriggers,
  };
}

/** @returns one that was taken some time ago. */
function takeBackups({ scheduler, random, postgres }: World, until: number): () => Backup {
  let kept: Backup[] = [postgres.backup()];
  const next = (): void => {
    scheduler.after(random.wait(BACKUP_EVERY_MS), () => {
      kept.push(postgres.backup());
      if (scheduler.now < until) next();
    });
  };
  next();
  return () => {
    const index = random.whole(Math.max(0, kept.length - 4), kept.length - 1);
    // Those that were taken later hold what is lost now.
    kept = kept.slice(0, index + 1);
    return kept[index]!;
  };
}
