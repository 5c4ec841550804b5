/** One instance of the server: the real instance and the real cache, on a simulated machine. */
import { Cache } from '../../src/cache/cache.js';
import { Instance } from '../../src/cache/instance.js';
import { Knowledge } from '../../src/cache/knowledge.js';
import { Seal } from '../../src/cache/seal.js';
import type { Link } from './link.js';
import { type Machine, createMachine } from './machine.js';
import type { Transaction } from './postgres.js';
import type { World } from './world.js';

export interface Node {
  readonly machine: Machine;
  readonly link: Link;
  readonly instance: Instance;
  readonly cache: Cache;
  /** Whether the load balancer sends it anything. */
  isServing: boolean;
  /** Those that it has under way. */
  readonly transactions: Set<Transaction>;
}

const SEAL_KEY = new Uint8Array(32).fill(7);
/** Room for about fifteen entries: some must go to let others in. */
const TIGHT_BYTES = 16_000;
const AMPLE_BYTES = 1_000_000;

export function startNode(world: World): Node {
  const { scheduler, random, swarm } = world;
  const name = world.newId('node');
  const rate = 1 + random.pick([-1, 1]) * swarm.drift;
  const machine = createMachine({ name, scheduler, random: random.fork(), rate });
  const { clock } = machine;
  const link = world.linkFrom(machine);
  const knowledge = new Knowledge();
  const seal = new Seal(SEAL_KEY);
  const instance = new Instance({
    ledger: world.ledgerOver(link),
    knowledge,
    bus: world.airwaves?.busOf(machine) ?? null,
    clock,
    seal,
    isSole: false,
    consistency: 'strict',
    newMemberId: () => world.newId('member'),
    report: (report) => world.tell(() => `${name} ${describe(report)}`),
  });
  const remote = world.shelf?.tierOf(machine) ?? null;
  const maxBytes = random.chance(0.2) ? TIGHT_BYTES : AMPLE_BYTES;
  const cache = new Cache({ knowledge, instance, clock, seal, remote, maxBytes });
  const node: Node = { machine, link, instance, cache, isServing: true, transactions: new Set() };
  void instance.start();
  return node;
}

const describe = (report: object): string =>
  Object.values(report)
    .map((value: unknown) => (value instanceof Error ? value.message : String(value)))
    .join(' ');
