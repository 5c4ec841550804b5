/**
 * One process among those that share a database: it renews its lease by reading on in the ledger, learns of writes by the bus, and lets nobody
 * be told that a write is done before every other instance knows it or has lost its lease.
 *
 * The protocol and why it is right: README.md beside this file.
 */
import type { Bus } from './bus.js';
import type { Clock } from './clock.js';
import type { Change } from './dependency.js';
import type { CacheEvent } from './event.js';
import type { Knowledge } from './knowledge.js';
import { D_MS, Lease, OUTLASTED_MS, RENEW_MS } from './lease.js';
import type { Beat, Ledger, Position } from './ledger.js';
import { type Message, decodeMessage, encodeMessage } from './message.js';
import type { Seal } from './seal.js';
import { type Commit, Settlement } from './settlement.js';
import { SilentMembers } from './silent-members.js';
import { isVisible } from './snapshot.js';
import { within } from './time-limit.js';

/** What whoever runs the instance may want to know. */
export type Report =
  | { readonly kind: 'joined'; readonly member: string }
  | { readonly kind: 'expelled'; readonly member: string }
  | { readonly kind: 'epoch'; readonly epoch: string }
  | { readonly kind: 'beat-failed'; readonly error: unknown }
  | { readonly kind: 'fault'; readonly fault: string | null }
  | { readonly kind: 'settled'; readonly waitedMs: number }
  /** The changes of one transaction became known, perhaps before its commit. `writer`: the member that announced it; null for one that was read in the ledger. */
  | {
      readonly kind: 'learnt';
      readonly changes: readonly Change[];
      readonly writer: string | null;
      /** How long before it was written, if it was read in the ledger: nothing had told of it. Milliseconds, by one clock. */
      readonly ageMs?: number | undefined;
    }
  /** A transaction of ours was committed. It was learnt, too. */
  | { readonly kind: 'written'; readonly changes: readonly Change[] }
  /** Changes may have been missed. */
  | { readonly kind: 'missed' }
  /** A transaction is open since before what was missed or forgotten: what is executed before it ends is not stored. */
  | { readonly kind: 'hindered'; readonly openXid: number }
  /** A lease ended before it was renewed: for so long nothing was served from the cache. */
  | { readonly kind: 'lapsed'; readonly forMs: number }
  /** How many instances there are, as the ledger knows them. */
  | { readonly kind: 'members'; readonly count: number };

interface InstanceParts {
  ledger: Ledger;
  knowledge: Knowledge;
  /** Null: acknowledgements travel through the ledger. */
  bus: Bus | null;
  clock: Clock;
  seal: Seal;
  /** No other process can have the database open: nobody to wait for, and no lease that could end. */
  isSole: boolean;
  /** `bounded`: writes are answered at once, and others see them when they read on. The same for all instances. */
  consistency: 'strict' | 'bounded';
  newMemberId: () => string;
  report: (report: Report) => void;
}

/** A write that is about to be committed, and that others have been told of. */
export interface Announced {
  /** To be awaited after the commit, before anyone is told of it. Never rejects. */
  settle(): Promise<void>;
  /** The same where nobody knows whether there was one: it may be seen later, and counts as written then, once more. */
  doubt(): Promise<void>;
  /** The transaction was rolled back. */
  withdraw(): void;
}

/** Events are kept so long for instances that were cut off. Milliseconds. */
const KEEP_EVENTS_MS = 15 * 60_000;
const PRUNE_EVERY_MS = 60_000;
/** A transaction that hinders so long is told of. Milliseconds. */
const HINDERED_MS = 5_000;

export class Instance {
  readonly #parts: InstanceParts;
  readonly #lease: Lease;
  readonly #silent: SilentMembers;
  #member: string | null = null;
  #position: Position | null = null;
  /** When the leases of an older epoch are over, by our monotonic clock. */
  #epochSettledAt = Infinity;
  #fault: string | null = null;
  /** Transactions that the bus told of and the position does not show yet. */
  readonly #ahead = new Set<number>();
  readonly #settlements = new Map<number, Settlement>();
  /** Ours that may have been rolled back: a connection that breaks during a commit leaves that open. */
  readonly #withdrawn = new Set<number>();
  /** What the last beats said was missed: from where on the ledger was complete, and how many in a row. */
  #gap: { readonly from: number; readonly beats: number } | null = null;
  /** The transaction that keeps everything from being stored. */
  #hindrance: { readonly xid: number; readonly since: number; isTold: boolean } | null = null;
  #beating: Promise<void> | null = null;
  #nextBeat: Promise<void> | null = null;
  #asking: Promise<Position> | null = null;
  #unsubscribe: () => void = () => undefined;
  #isStopped = false;
  #cancelTimer: () => void = () => undefined;
  #lookedAt: number;
  #prunedAt: number;
  /** By our monotonic clock; before the first time, when it was made. */
  #beatenAt: number;

  constructor(parts: InstanceParts) {
    this.#parts = parts;
    this.#lease = new Lease(parts.clock);
    this.#silent = new SilentMembers(parts.ledger, parts.clock);
    this.#lookedAt = this.#prunedAt = this.#beatenAt = parts.clock.monotonicMs();
  }

  /** Whether what is known may be trusted now. */
  get isLive(): boolean {
    return this.#lease.isLive;
  }

  /** Its name among the members; null while it is none. */
  get member(): string | null {
    return this.#member;
  }

  /** How long the lease has been over; 0 while it is live. Milliseconds. */
  get lapsedForMs(): number {
    return this.#lease.endedForMs;
  }

  /** Whether what is announced reaches the others, if there are any, without the ledger's help. */
  get hasMessenger(): boolean {
    return this.#parts.isSole || this.#parts.bus?.isUp === true;
  }

  /** Since the ledger was last read; before the first time, since the instance was made. Always a number that JSON has. Milliseconds. */
  get sinceBeatMs(): number {
    return this.#parts.clock.monotonicMs() - this.#beatenAt;
  }

  /** What keeps writes from being captured, if anything does. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Joins and beats from now on. Resolves after the first try: an instance without a lease works, and caches nothing. */
  async start(): Promise<void> {
    await this.poll();
    this.#schedule();
  }

  /** Serves nothing from the cache from now on, and leaves, so that nobody waits for us. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#lease.end();
    this.#cancelTimer();
    this.#unsubscribe();
    await this.#beating;
    if (this.#member !== null) await this.#withinD(this.#parts.ledger.leave(this.#member)).catch(() => undefined);
    this.#member = null;
  }

  /** Reads on in the ledger: by a beat that begins after this call. Never rejects. */
  poll(): Promise<void> {
    if (!this.#beating) {
      this.#beating = this.#beat().finally(() => {
        this.#beating = null;
      });
      return this.#beating;
    }
    return (this.#nextBeat ??= this.#beating.then(() => {
      this.#nextBeat = null;
      return this.poll();
    }));
  }

  /**
   * A snapshot older than whatever is read after it resolves. That of the last beat does unless there is news since; otherwise one is asked
   * for, and shared by all who wait for it, since none of them has begun to read.
   * @throws when the ledger cannot be asked.
   */
  async position(): Promise<Position> {
    if (this.isLive && this.#position && this.#ahead.size === 0) return this.#position;
    this.#asking ??= this.#withinD(this.#parts.ledger.position()).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Tells the others of a transaction, inside it, before its commit. */
  announce(commit: Commit): Announced {
    const { bus, clock, ledger, consistency, report } = this.#parts;
    const settlement = new Settlement(commit, { ledger, clock, isOurselves: (id) => id === this.#member });
    this.#settlements.set(commit.xid, settlement);
    if (bus && this.#member !== null)
      bus.publish(encodeMessage({ kind: 'event', from: this.#member, ...commit }, this.#parts.seal));
    const close = () => void this.#settlements.delete(commit.xid);
    const settle = async () => {
      const from = clock.monotonicMs();
      await this.#takeNote(commit);
      report({ kind: 'written', changes: commit.changes });
      if (!this.#parts.isSole && consistency === 'strict')
        await settlement.everyoneKnows(this.#epochSettledFor(commit));
      close();
      report({ kind: 'settled', waitedMs: clock.monotonicMs() - from });
    };
    return {
      settle,
      doubt: () => {
        this.#withdrawn.add(commit.xid);
        return settle();
      },
      withdraw: () => {
        close();
        this.#withdrawn.add(commit.xid);
      },
    };
  }

  /** Of our own writes we need no messenger. */
  async #takeNote({ xid, epoch, changes }: Commit): Promise<void> {
    if (epoch !== this.#parts.knowledge.epoch) await this.poll();
    // Still another epoch: what we hold says nothing of this write, so nothing of it may be served.
    if (epoch !== this.#parts.knowledge.epoch) this.#lease.end();
    else this.#learn({ xid, changes }, this.#member);
  }

  /** When leases of another epoch than the commit's are over; null if we do not know its epoch. */
  #epochSettledFor({ epoch }: Commit): number | null {
    return epoch === this.#parts.knowledge.epoch ? this.#epochSettledAt : null;
  }

  #learn(event: CacheEvent, writer: string | null): boolean {
    const isNews = this.#apply(event, writer);
    if (isNews && !(this.#position && isVisible(event.xid, this.#position.snapshot))) this.#ahead.add(event.xid);
    return isNews;
  }

  #apply(event: CacheEvent, writer: string | null): boolean {
    const isNews = this.#parts.knowledge.apply(event);
    if (isNews) this.#parts.report({ kind: 'learnt', changes: event.changes, writer, ageMs: event.ageMs });
    return isNews;
  }

  /** What was committed after all has been learnt by others as ours. */
  #takeWithdrawn({ xid, changes }: CacheEvent): void {
    if (this.#withdrawn.has(xid)) this.#parts.report({ kind: 'written', changes });
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#cancelTimer = this.#parts.clock.after(RENEW_MS, () => {
      this.#schedule();
      void this.poll().then(() => this.#keepHouse());
    });
  }

  /** Expels members whose beat stands still, so that the next write need not wait for them; prunes the ledger. */
  async #keepHouse(): Promise<void> {
    if (!this.isLive) return;
    const { clock, ledger, isSole } = this.#parts;
    const now = clock.monotonicMs();
    if (!isSole && now - this.#lookedAt >= D_MS) {
      this.#lookedAt = now;
      const count = await this.#withinD(this.#silent.expel()).catch(() => null);
      if (count !== null) this.#parts.report({ kind: 'members', count });
    }
    if (now - this.#prunedAt >= PRUNE_EVERY_MS) {
      this.#prunedAt = now;
      await this.#withinD(ledger.prune(KEEP_EVENTS_MS)).catch(() => undefined);
    }
  }

  async #beat(): Promise<void> {
    if (this.#hasStopped()) return;
    try {
      const moment = this.#lease.moment();
      await this.#join();
      const beat = await this.#withinD(this.#parts.ledger.beat(this.#member, this.#position));
      if (this.#hasStopped()) return;
      if (!beat.isMember) {
        await this.#rejoin();
        return;
      }
      const hasNews = this.#take(beat);
      this.#beatenAt = moment.from;
      const lapsedForMs = this.#lease.endedForMs;
      if (beat.fault !== null) this.#lease.end();
      else if (this.#parts.isSole) this.#lease.holdForEver();
      else this.#lease.renew(moment);
      if (lapsedForMs > 0 && lapsedForMs < Infinity && this.isLive)
        this.#parts.report({ kind: 'lapsed', forMs: lapsedForMs });
      // Whoever waits for us looks for it in our position. Where the bus told us of it, we have answered already.
      if (hasNews && !this.#parts.isSole) void this.poll();
    } catch (error) {
      this.#parts.report({ kind: 'beat-failed', error });
    }
  }

  async #join(): Promise<void> {
    const { bus, isSole, ledger, newMemberId, report } = this.#parts;
    if (isSole || this.#member !== null) return;
    const member = newMemberId();
    await this.#withinD(ledger.join(member));
    if (this.#hasStopped()) {
      void ledger.leave(member).catch(() => undefined);
      return;
    }
    this.#member = member;
    this.#unsubscribe();
    if (bus) this.#unsubscribe = bus.subscribe(member, (message) => this.#receive(message));
    report({ kind: 'joined', member });
  }

  /** Expelled: nobody waits for us any more. What we hold is kept; the next beat reads on from where we were. */
  #rejoin(): Promise<void> {
    this.#lease.end();
    this.#parts.report({ kind: 'expelled', member: this.#member! });
    this.#member = null;
    return this.#beat();
  }

  /** @returns whether there was anything that the bus had not told. */
  #take(beat: Beat): boolean {
    const { knowledge } = this.#parts;
    if (beat.epoch !== knowledge.epoch) this.#beginEpoch(beat);
    this.#takeGap(beat.gap);
    let hasNews = false;
    for (const event of beat.events) {
      hasNews = this.#apply(event, null) || hasNews;
      this.#takeWithdrawn(event);
    }
    this.#position = { epoch: beat.epoch, snapshot: beat.snapshot };
    for (const xids of [this.#ahead, this.#withdrawn])
      for (const xid of xids) if (isVisible(xid, beat.snapshot)) xids.delete(xid);
    knowledge.forgetBelow(beat.floor);
    knowledge.makeRoom(beat.snapshot.xmin);
    this.#takeFault(beat);
    this.#lookForHindrance(beat.snapshot.xmin);
    return hasNews;
  }

  /**
   * Where a transaction is open that began before the triggers were changed, each beat has the same gap until it ends: told are its beginning and its end.
   */
  #takeGap(gap: number | null): void {
    const before = this.#gap;
    this.#gap = gap === null ? null : { from: gap, beats: (before?.beats ?? 0) + 1 };
    if (gap !== null) this.#parts.knowledge.missedBelow(gap);
    const isNew = gap !== null && gap > (before?.from ?? -Infinity);
    const isOver = gap === null && before !== null && before.beats > 1;
    if (isNew || isOver) this.#parts.report({ kind: 'missed' });
  }

  /** No snapshot begins above what was missed or forgotten, so nothing is valid that is executed now. For a moment that is nothing to speak of. */
  #lookForHindrance(xmin: number): void {
    if (this.#parts.knowledge.horizon <= xmin || this.#fault !== null) {
      this.#hindrance = null;
      return;
    }
    const now = this.#parts.clock.monotonicMs();
    if (this.#hindrance?.xid !== xmin) this.#hindrance = { xid: xmin, since: now, isTold: false };
    if (this.#hindrance.isTold || now - this.#hindrance.since < HINDERED_MS) return;
    this.#hindrance.isTold = true;
    this.#parts.report({ kind: 'hindered', openXid: xmin });
  }

  /** What was written until it is seen to be mended may have been written unseen. */
  #takeFault({ fault, snapshot }: Beat): void {
    if (fault !== null || this.#fault !== null) this.#parts.knowledge.missedBelow(snapshot.xmax);
    if (fault !== this.#fault) this.#parts.report({ kind: 'fault', fault });
    this.#fault = fault;
  }

  #beginEpoch({ epoch, epochAgeMs }: Beat): void {
    // Its members were cleared with the old one, while their leases may still have run.
    this.#epochSettledAt = this.#parts.clock.monotonicMs() + OUTLASTED_MS - epochAgeMs;
    this.#ahead.clear();
    this.#parts.knowledge.begin(epoch);
    this.#parts.report({ kind: 'epoch', epoch });
  }

  #receive(bytes: Uint8Array): void {
    const { knowledge, seal } = this.#parts;
    const message = decodeMessage(bytes, seal);
    if (!message || this.#isStopped) return;
    if (message.kind === 'poll' || message.epoch !== knowledge.epoch) void this.poll();
    else if (message.kind === 'ack') this.#settlements.get(message.xid)?.acknowledge(message.from);
    else this.#hear(message);
  }

  #hear(message: Extract<Message, { kind: 'event' }>): void {
    const { bus, seal } = this.#parts;
    this.#learn(message, message.from);
    if (this.#member === null || message.from === this.#member) return;
    const ack = { kind: 'ack', epoch: message.epoch, from: this.#member, xid: message.xid } as const;
    bus?.send(message.from, encodeMessage(ack, seal));
  }

  /** A method, since it may become true while something is awaited. */
  #hasStopped(): boolean {
    return this.#isStopped;
  }

  #withinD<T>(work: Promise<T>): Promise<T> {
    return within(this.#parts.clock, D_MS, work);
  }
}
