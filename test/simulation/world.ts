/** Everything that the simulated instances share, and what it takes to add one. */
import { type Airwaves, createAirwaves } from './airwaves.js';
import { type Catalogue, createCatalogue } from './catalogue.js';
import { type Checker, createChecker } from './checker.js';
import { createLedger } from './ledger.js';
import { type Link, createLink } from './link.js';
import type { Machine } from './machine.js';
import { type Postgres, createPostgres } from './postgres.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import { type Shelf, createShelf } from './shelf.js';
import type { Swarm } from './swarm.js';
import { type Tally, nothingYet } from './tally.js';
import type { Trace } from './trace.js';
import type { Ledger } from '../../src/cache/ledger.js';

export interface World {
  readonly swarm: Swarm;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly checker: Checker;
  readonly catalogue: Catalogue;
  readonly postgres: Postgres;
  readonly airwaves: Airwaves | null;
  readonly shelf: Shelf | null;
  readonly tally: Tally;
  /** The way to PostgreSQL from a machine; from nowhere in particular if null. */
  linkFrom(machine: Machine | null): Link;
  ledgerOver(link: Link): Ledger;
  newId(what: string): string;
  /** What NOTIFY does. */
  readonly listeners: Set<() => void>;
  /** Something for people who replay a seed. */
  tell(line: () => string): void;
}

export function createWorld(swarm: Swarm, scheduler: Scheduler, random: Random, trace: Trace): World {
  const checker = createChecker(scheduler);
  const postgres = createPostgres(scheduler, random.fork(), swarm.flushing, checker.begin);
  const networkRandom = random.fork();
  const ledgerRandom = random.fork();
  const listeners = new Set<() => void>();
  let ids = 0;
  const newId = (what: string): string => `${what}-${(ids += 1)}`;
  return {
    swarm,
    scheduler,
    random,
    trace,
    checker,
    postgres,
    newId,
    listeners,
    catalogue: createCatalogue(swarm.rows),
    airwaves: swarm.reception && createAirwaves(scheduler, random.fork(), swarm.reception),
    shelf: swarm.upkeep && createShelf(scheduler, random.fork(), swarm.upkeep),
    tally: nothingYet(),
    linkFrom: (machine) => createLink(machine, postgres, swarm.network, { scheduler, random: networkRandom }),
    ledgerOver: (link) =>
      createLedger({
        postgres,
        link,
        scheduler,
        random: ledgerRandom,
        newEpoch: () => newId('epoch'),
        effectMs: swarm.effectMs,
        maxEvents: swarm.maxEvents,
        notify: () => listeners.forEach((listener) => listener()),
      }),
    tell: (line) => trace.tell(() => `${scheduler.now.toFixed(2).padStart(10)} ${line()}`),
  };
}
