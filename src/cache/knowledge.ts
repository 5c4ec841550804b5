/**
 * What an instance knows of the writes, and the one rule of validity: an entry is valid when every change to what it depends on
 * is visible in its snapshot. Entries of memory, of the remote tier, of flights and of their joiners all pass through it.
 *
 * Nothing is dropped when an event becomes known. Entries are checked when they are looked up, against the events that have become known
 * since their last check: a hit without news compares two numbers, and what is found stale names the change that made it so.
 */
import { type Change, type Dependency, meets } from './dependency.js';
import type { Entry } from './entry.js';
import type { CacheEvent } from './event.js';
import { type Snapshot, isVisible } from './snapshot.js';
import { EVERYTHING, type Tag, modelOf, wholeTag } from './tag.js';

/** Why an entry is not valid. */
export type Objection =
  | { readonly kind: 'changed'; readonly xid: number; readonly change: Change }
  /** Written under another epoch: by another database, or before it crashed. */
  | { readonly kind: 'epoch' }
  /** So old that the changes since are not known any more. */
  | { readonly kind: 'forgotten' };

/** An entry and how far it has been checked. */
export interface Checked {
  readonly entry: Entry;
  checkedTo: number;
}

interface Known {
  readonly xid: number;
  readonly columns: readonly string[];
  /** Its number in the order in which events became known. */
  readonly number: number;
  /** The greatest xid of its tag up to here: where that lies below what is sought, nothing earlier can matter. */
  readonly topXid: number;
}

/** More changes than this are not kept: the oldest are forgotten, as if pruned. About 30 MB. */
const MAX_KNOWN = 200_000;
/** While the ledger cannot be read, and the bus goes on, nobody makes room: with more than this all are forgotten. */
const MOST_KNOWN = 2 * MAX_KNOWN;

export class Knowledge {
  #epoch: string | null = null;
  #horizon = Infinity;
  readonly #byTag = new Map<Tag, Known[]>();
  /** How many tags speak of whole models, or of everything. Mostly none, which spares looking for them. */
  #wholeTags = 0;
  #size = 0;
  /** The greatest xid that is or was known. */
  #topXid = 0;
  #number = 0;
  /** Entries that were checked less far were not checked against everything that has been forgotten since. */
  #forgottenTo = 0;

  get epoch(): string | null {
    return this.#epoch;
  }

  /** Entries whose snapshot begins below are not valid, unless they have been checked before. */
  get horizon(): number {
    return this.#horizon;
  }

  /** How many changes are kept. */
  get size(): number {
    return this.#size;
  }

  /** Another database, as far as anyone can tell: nothing that was known or stored says anything of it. */
  begin(epoch: string): void {
    this.#epoch = epoch;
    this.#horizon = Infinity;
    this.#byTag.clear();
    this.#wholeTags = 0;
    this.#size = 0;
    this.#topXid = 0;
    this.#forgetEntries();
  }

  /** Takes note of a transaction's changes; may come twice. @returns whether any was news. */
  apply({ xid, changes }: CacheEvent): boolean {
    const news = changes.filter(({ tag, columns }) => !this.#knows(tag, xid, columns));
    if (news.length === 0) return false;
    this.#number += 1;
    for (const { tag, columns } of news) this.#add(tag, xid, columns);
    if (this.#size > MOST_KNOWN) this.#forgetAll();
    return true;
  }

  /**
   * Events below `xid` may have been missed. Entries whose snapshot begins at or above it are judged as before, for everything below was visible to them;
   * older ones are not valid any more. What is known already stays known: it may be newer than what was missed.
   */
  missedBelow(xid: number): void {
    this.#horizon = this.#horizon === Infinity ? xid : Math.max(this.#horizon, xid);
    this.#forgetEntries();
  }

  /** Forgets the changes below `xid`. Entries that were checked against all of them stay valid. */
  forgetBelow(xid: number): void {
    if (xid <= this.#horizon) return;
    this.#horizon = xid;
    for (const [tag, known] of this.#byTag) this.#keep(tag, known, xid);
  }

  /**
   * Forgets the oldest changes if there are too many: those below `xmin`, where every transaction has ended, and if that is not enough all of them. So it is where one
   * has been open for hours. Until it ends no snapshot begins above what was forgotten, so nothing new is valid; entries that were checked against all of it are judged
   * by what becomes known later, as before.
   */
  makeRoom(xmin: number): void {
    if (this.#size <= MAX_KNOWN) return;
    // Below the horizon lies what is known and concerns nobody, where more was missed than forgotten.
    this.forgetBelow(Math.max(this.#horizon + 1, xmin));
    if (this.#size > MAX_KNOWN) this.#forgetAll();
  }

  /** Judges an entry that comes from anywhere but memory. @returns null if it is valid by all that is known. */
  objectionTo(entry: Entry): Objection | null {
    if (entry.epoch !== this.#epoch) return { kind: 'epoch' };
    if (entry.snapshot.xmin < this.#horizon) return { kind: 'forgotten' };
    return this.#findChange(entry, 0);
  }

  /** What objectionTo() has found valid. */
  hold(entry: Entry): Checked {
    return { entry, checkedTo: this.#number };
  }

  /** Judges an entry of this memory again. */
  recheck(checked: Checked): Objection | null {
    if (checked.checkedTo === this.#number) return null;
    if (checked.checkedTo < this.#forgottenTo) return { kind: 'forgotten' };
    const objection = this.#findChange(checked.entry, checked.checkedTo);
    if (objection === null) checked.checkedTo = this.#number;
    return objection;
  }

  #forgetAll(): void {
    this.forgetBelow(Math.max(this.#horizon, this.#topXid) + 1);
  }

  #findChange(entry: Entry, checkedTo: number): Objection | null {
    const { snapshot } = entry;
    // All that is known was visible to it.
    if (this.#topXid < snapshot.xmin) return null;
    const { dependencies } = entry;
    for (const dependency of dependencies) {
      const objection = this.#changeOf(dependency.tag, dependency.columns, snapshot, checkedTo);
      if (objection) return objection;
    }
    return this.#wholeTags === 0 ? null : this.#findWholeChange(dependencies, snapshot, checkedTo);
  }

  #findWholeChange(dependencies: readonly Dependency[], snapshot: Snapshot, checkedTo: number): Objection | null {
    const tags = new Set(dependencies.map(({ tag }) => wholeTag(modelOf(tag)))).add(EVERYTHING);
    for (const tag of tags) {
      const objection = this.#changeOf(tag, null, snapshot, checkedTo);
      if (objection) return objection;
    }
    return null;
  }

  /** @param lookedAt null for whatever was looked at. */
  #changeOf(tag: Tag, lookedAt: readonly string[] | null, snapshot: Snapshot, checkedTo: number): Objection | null {
    const known = this.#byTag.get(tag);
    if (!known) return null;
    for (let index = known.length - 1; index >= 0; index -= 1) {
      const { xid, columns, number, topXid } = known[index]!;
      if (number <= checkedTo || topXid < snapshot.xmin) return null;
      if (!isVisible(xid, snapshot) && (lookedAt === null || meets(columns, lookedAt)))
        return { kind: 'changed', xid, change: { tag, columns } };
    }
    return null;
  }

  #knows(tag: Tag, xid: number, columns: readonly string[]): boolean {
    const known = this.#byTag.get(tag) ?? [];
    for (let index = known.length - 1; index >= 0 && known[index]!.topXid >= xid; index -= 1) {
      const before = known[index]!;
      if (before.xid === xid && columns.every((column) => before.columns.includes(column))) return true;
    }
    return false;
  }

  #add(tag: Tag, xid: number, columns: readonly string[]): void {
    let known = this.#byTag.get(tag);
    if (!known) {
      this.#byTag.set(tag, (known = []));
      if (tag.endsWith('!')) this.#wholeTags += 1;
    }
    const topXid = Math.max(xid, known.at(-1)?.topXid ?? 0);
    this.#topXid = Math.max(this.#topXid, xid);
    known.push({ xid, columns, number: this.#number, topXid });
    this.#size += 1;
  }

  #keep(tag: Tag, known: readonly Known[], from: number): void {
    const kept: Known[] = [];
    for (const item of known) {
      if (item.xid >= from) kept.push({ ...item, topXid: Math.max(item.xid, kept.at(-1)?.topXid ?? 0) });
      else this.#forgottenTo = Math.max(this.#forgottenTo, item.number);
    }
    this.#size -= known.length - kept.length;
    if (kept.length > 0) this.#byTag.set(tag, kept);
    else {
      this.#byTag.delete(tag);
      if (tag.endsWith('!')) this.#wholeTags -= 1;
    }
  }

  /** No entry of memory passes from here on; those that are judged anew may. */
  #forgetEntries(): void {
    this.#number += 1;
    this.#forgottenTo = this.#number;
  }
}
