/**
 * PostgreSQL as far as the ledger can see it: transaction ids, snapshots, row locks, commits that are durable before they are visible, and visible
 * before anyone is told; crashes, restarts, and backups put back in its place.
 *
 * Statements read what is committed when they run (READ COMMITTED), so of each cell only the last committed version is kept.
 */
import type { Change } from '../../src/cache/dependency.js';
import type { Snapshot } from '../../src/cache/snapshot.js';
import type { Cell, Write } from './catalogue.js';
import { createLocks } from './locks.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import { SOUND, type Tables, copyOf, emptyTables } from './tables.js';

export interface Transaction {
  /** Given with its first write. */
  xid: number | null;
  readonly incarnation: number;
  readonly versions: Map<Cell, number>;
  readonly statements: Change[][];
  /** Whether a commit or rollback of it can still come. */
  isOpen: boolean;
}

export interface Backup {
  readonly tables: Tables;
  readonly nextXid: number;
}

export interface Postgres {
  readonly tables: Tables;
  readonly isUp: boolean;
  /** Raised whenever all sessions are cut. */
  readonly incarnation: number;
  /** Raised whenever acknowledged commits are lost. */
  readonly lineage: number;
  /** System identifier, oids and start of the server: what the epoch stands for. */
  readonly identity: string;
  snapshot(): Snapshot;
  /** Whether the triggers were broken when it wrote something. */
  isUnseen(transaction: Transaction): boolean;
  /** Breaks or mends the triggers: takes a lock that waits for all who write. */
  alterCapture(fault: string | null, done: () => void): void;
  /** A transaction id, running from now on. */
  takeXid(): number;
  endXid(xid: number): void;
  begin(): Transaction;
  /** Gives the transaction its id, and calls back when it holds the locks; not at all if the server goes down before. */
  lock(transaction: Transaction, cells: readonly Cell[], done: () => void): void;
  write(transaction: Transaction, write: Write): void;
  /** Calls `seen` when others can see it, also if the server crashes in between; and `told` when it has ended well. */
  commit(transaction: Transaction, seen: () => void, told: () => void): void;
  rollback(transaction: Transaction): void;
  /** All sessions end. What is durable stays; after a crash the unlogged table is empty and ids that nobody wrote down are given again. */
  stop(isCrash: boolean, downMs: number): void;
  backup(): Backup;
  /** `dump`: into a new database, the old row of the epoch with it. `disk`: unlogged tables come back empty. */
  restore(backup: Backup, kind: 'dump' | 'disk', downMs: number): void;
}

export interface Flushing {
  /** From COMMIT until it is durable. Mean, milliseconds. */
  flushMs: number;
  /** From durable until others see it. Mean, milliseconds. */
  visibleMs: number;
}

const FIRST_XID = 1_000;
const ALTER_LOOKS_EVERY_MS = 2;

export function createPostgres(
  scheduler: Scheduler,
  random: Random,
  flushing: Flushing,
  /** The next version of a cell; never given twice, whatever is lost. */
  nextVersion: (cell: Cell) => number,
): Postgres {
  let tables = emptyTables(FIRST_XID);
  let nextXid = FIRST_XID;
  let latestEnded = FIRST_XID - 1;
  let running = new Set<number>();
  let durable = new Map<Transaction, () => void>();
  let locks = createLocks();
  const unseen = new WeakSet<Transaction>();
  /** Those that hold an id, and have not ended. */
  const writers = new Set<Transaction>();
  let isAltering = false;
  let isUp = true;
  let incarnation = 0;
  let lineage = 0;
  let starts = 0;
  let system = 0;

  const endXid = (xid: number): void => {
    if (!running.delete(xid)) return;
    latestEnded = Math.max(latestEnded, xid);
  };

  const takeXid = (): number => {
    const xid = nextXid;
    nextXid += 1;
    running.add(xid);
    return xid;
  };

  const apply = (transaction: Transaction, seen: () => void): void => {
    const { xid, versions, statements } = transaction;
    durable.delete(transaction);
    writers.delete(transaction);
    for (const [cell, version] of versions) tables.cells.set(cell, version);
    for (const changes of statements) tables.events.push({ xid: xid!, changes, at: scheduler.now });
    endXid(xid!);
    locks.releaseAll(transaction);
    seen();
  };

  const cut = (downMs: number): void => {
    for (const [transaction, seen] of durable) apply(transaction, seen);
    durable = new Map();
    writers.clear();
    running = new Set();
    locks = createLocks();
    latestEnded = nextXid - 1;
    incarnation += 1;
    starts += 1;
    isUp = false;
    const mine = incarnation;
    scheduler.after(downMs, () => (isUp = isUp || mine === incarnation));
  };

  const isCut = (transaction: Transaction): boolean => transaction.incarnation !== incarnation;

  return {
    get tables() {
      return tables;
    },
    get isUp() {
      return isUp;
    },
    get incarnation() {
      return incarnation;
    },
    get lineage() {
      return lineage;
    },
    get identity() {
      return `${system}/${starts}`;
    },
    takeXid,
    endXid,
    snapshot() {
      const xmax = latestEnded + 1;
      const seenRunning = [...running].filter((xid) => xid < xmax);
      return { xmin: Math.min(xmax, ...seenRunning), xmax, running: seenRunning };
    },
    begin: () => ({ xid: null, incarnation, versions: new Map(), statements: [], isOpen: true }),
    lock(transaction, cells, done) {
      if (isCut(transaction) || !transaction.isOpen) return;
      if (isAltering) {
        scheduler.after(ALTER_LOOKS_EVERY_MS, () => this.lock(transaction, cells, done));
        return;
      }
      transaction.xid ??= takeXid();
      writers.add(transaction);
      locks.acquire(transaction, [...cells].sort(), () => {
        if (transaction.isOpen && !isCut(transaction)) done();
        else locks.releaseAll(transaction);
      });
    },
    write(transaction, { cells, changes }) {
      if (isCut(transaction) || !transaction.isOpen) return;
      for (const cell of cells) transaction.versions.set(cell, nextVersion(cell));
      if (tables.capture.fault === SOUND) transaction.statements.push([...changes]);
      else unseen.add(transaction);
    },
    isUnseen: (transaction) => unseen.has(transaction),
    alterCapture(fault, done) {
      isAltering = writers.size > 0;
      if (isAltering) {
        scheduler.after(ALTER_LOOKS_EVERY_MS, () => this.alterCapture(fault, done));
        return;
      }
      tables.capture = { stamp: tables.capture.stamp + 1, fault };
      done();
    },
    commit(transaction, seen, told) {
      if (isCut(transaction) || !transaction.isOpen) return;
      transaction.isOpen = false;
      scheduler.after(random.wait(flushing.flushMs), () => {
        if (isCut(transaction)) return;
        durable.set(transaction, seen);
        scheduler.after(random.wait(flushing.visibleMs), () => {
          if (!durable.has(transaction)) return;
          apply(transaction, seen);
          told();
        });
      });
    },
    rollback(transaction) {
      if (isCut(transaction) || !transaction.isOpen) return;
      transaction.isOpen = false;
      writers.delete(transaction);
      if (transaction.xid !== null) endXid(transaction.xid);
      locks.releaseAll(transaction);
    },
    stop(isCrash, downMs) {
      const kept = Math.max(latestEnded, ...[...durable.keys()].map(({ xid }) => xid!)) + 1;
      if (isCrash) nextXid = random.whole(kept, nextXid);
      cut(downMs);
      if (isCrash) tables.boot = null;
    },
    backup: () => ({ tables: copyOf(tables), nextXid: Math.max(nextXid, latestEnded + 1) }),
    restore(backup, kind, downMs) {
      cut(downMs);
      const wentTo = nextXid;
      const { stamp } = tables.capture;
      tables = copyOf(backup.tables);
      tables.capture = { stamp: stamp + 1, fault: SOUND };
      lineage += 1;
      system += 1;
      if (kind === 'disk') tables.boot = null;
      nextXid = kind === 'disk' ? backup.nextXid : random.whole(FIRST_XID, wentTo);
      latestEnded = nextXid - 1;
    },
  };
}
