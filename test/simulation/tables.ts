/** What is committed: the data, and the tables of the ledger. */
import type { CacheEvent } from '../../src/cache/event.js';
import type { Member } from '../../src/cache/ledger.js';
import type { Cell } from './catalogue.js';

export interface Tables {
  readonly cells: Map<Cell, number>;
  /** In the order in which they became visible. */
  events: (CacheEvent & { readonly at: number })[];
  readonly members: Map<string, Member>;
  /** Below it everything may have been pruned. */
  floor: number;
  /** Stamp of the triggers as they were when the floor was last raised for a change of them. */
  floorCapture: number;
  /** Unlogged: empty after a crash. */
  boot: Boot | null;
  capture: Capture;
}

/** The state of the triggers that capture writes. */
export interface Capture {
  /** Another one after each change of them. */
  readonly stamp: number;
  /** What is wrong with them; nothing is written down meanwhile. */
  readonly fault: string | null;
}

export const SOUND = null;

export interface Boot {
  readonly epoch: string;
  readonly identity: string;
  readonly madeAt: number;
}

export const emptyTables = (floor: number): Tables => ({
  cells: new Map(),
  events: [],
  members: new Map(),
  floor,
  floorCapture: 0,
  boot: null,
  capture: { stamp: 0, fault: SOUND },
});

export const copyOf = (tables: Tables): Tables => ({
  ...tables,
  cells: new Map(tables.cells),
  events: [...tables.events],
  members: new Map(tables.members),
});
