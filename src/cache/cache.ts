/**
 * The cache: memory before a store that instances share, both of them checked against what the instance knows of the writes, and one execution for
 * many callers. It knows nothing of what it keeps but bytes, what these depend on, and how long they last.
 *
 * A tier, the bus or the ledger that is away costs misses, never an error and never a wrong answer.
 */
import { type Answer, answerOf } from './answer.js';
import type { Body } from './body.js';
import { type Clock, sleep } from './clock.js';
import type { Dependency } from './dependency.js';
import { EarlyRefreshes } from './early-refreshes.js';
import { FORM, decodeEntry, encodeEntry } from './entry-codec.js';
import { type Entry, type Lifetime, memoryOf } from './entry.js';
import { Flights } from './flights.js';
import type { Instance } from './instance.js';
import type { Knowledge, Objection } from './knowledge.js';
import type { Position } from './ledger.js';
import { MAX_ENTRY_BYTES, MemoryTier } from './memory-tier.js';
import { type Claim, NO_CLAIM, type RemoteTier } from './remote-tier.js';
import type { Seal } from './seal.js';

/** What an execution has brought. */
export interface Loaded {
  readonly body: Body;
  readonly dependencies: readonly Dependency[];
  /** Null: it must not be stored, and nobody else may have it. */
  readonly lifetime: Lifetime | null;
  /** What it answers, if that turned out to be another key than was asked for. */
  readonly key?: string;
  readonly note?: unknown;
  /** Nothing could be read. Callers rather take an older answer, within its staleIfError. */
  readonly isFailure?: boolean;
}

export type Status =
  | 'HIT'
  | 'MISS'
  /** Older than its maxAge, within staleWhileRevalidate or staleIfError. */
  | 'STALE';

/** Why an answer is no hit. */
export type Reason =
  | Objection
  | { readonly kind: 'absent' }
  | { readonly kind: 'expired' }
  /** This instance may trust nothing at the moment: it has not heard of the ledger for too long. */
  | { readonly kind: 'lapsed' }
  /** The caller wanted it so. */
  | { readonly kind: 'asked' };

export interface Outcome {
  readonly body: Body;
  readonly status: Status;
  /** Where a hit came from. */
  readonly tier: 'memory' | 'remote' | null;
  readonly entry: Entry | null;
  /** Seconds since it was executed. */
  readonly age: number;
  readonly reason: Reason | null;
  /** Whether it was put into the tiers. */
  readonly isStored: boolean;
  /** Whether another caller has executed. */
  readonly isJoined: boolean;
}

interface CacheParts {
  knowledge: Knowledge;
  instance: Pick<Instance, 'isLive' | 'lapsedForMs' | 'poll' | 'position'>;
  clock: Clock;
  seal: Seal;
  /** Null: memory is all there is. */
  remote: RemoteTier | null;
  maxBytes: number;
}

export interface Wants {
  /** Executes in any case, and stores the result. */
  readonly fresh?: boolean;
  /** Keeps what is fetched in memory, whoever has asked for it before. */
  readonly keeps?: boolean;
}

/** An instance that executes keeps the others from it for so long; then they do it themselves. Milliseconds. */
const CLAIM_MS = 5_000;
/** One instance waits for another so long, and looks so often. Milliseconds. */
const CLAIM_PATIENCE_MS = 1_000;
const CLAIM_PAUSE_MS = 15;

export class Cache {
  readonly memory: MemoryTier;
  readonly #parts: CacheParts;
  readonly #flights: Flights<Answer>;
  readonly #early = new EarlyRefreshes();

  constructor(parts: CacheParts) {
    this.#parts = parts;
    this.memory = new MemoryTier(parts.maxBytes);
    this.#flights = new Flights(parts.clock);
  }

  /**
   * A valid entry of memory that is good by time, too. No I/O, no promise; what is old is left for respond(), which tells why, and so is what is soon to be
   * old, once: respond() has it executed anew.
   * @param hasRoom asked of what is soon to be old: false if nothing can be executed now.
   */
  peek(key: string, hasRoom: () => boolean = ALWAYS): Entry | null {
    if (!this.#parts.instance.isLive) return null;
    const checked = this.memory.get(key);
    if (!checked || this.#parts.knowledge.recheck(checked)) return null;
    const leftMs = -this.#overdueMs(checked.entry);
    return leftMs <= 0 || (this.#early.isDue(checked.entry, leftMs) && hasRoom()) ? null : checked.entry;
  }

  /**
   * The answer to `key`: a valid entry, or what `load` brings, which is stored if it may be and nothing it depends on has changed meanwhile.
   * `load` must begin to read only when it is called.
   * @throws what `load` throws, unless an older answer may stand in for it.
   */
  async respond(key: string, load: () => Promise<Loaded>, wants: Wants = {}): Promise<Outcome> {
    const found = wants.fresh ? ASKED : this.#look(key);
    if (found.kind === 'found') return this.#serve(found.entry, 'memory', key, load);
    try {
      const { result, isJoined } = wants.fresh
        ? { result: await this.#executeAfresh(key, load), isJoined: false }
        : await this.#fly(key, load, wants.keeps ?? false);
      if (result.isFailure) return this.#standIn(key) ?? missOf(result, { reason: found, isJoined, age: 0 });
      if (result.tier && result.entry) return this.#serve(result.entry, result.tier, key, load);
      return missOf(result, { reason: found, isJoined, age: this.#ageOf(result.entry) });
    } catch (error) {
      const old = this.#standIn(key);
      if (old) return old;
      throw error;
    }
  }

  /** Executions under way that whoever asks for the same may share. */
  get flights(): number {
    return this.#flights.count;
  }

  /** Drops what is not valid any more from memory, where it would stay until it is asked for or pushed out. @returns how many entries went. */
  sweep(): number {
    const gone = [...this.memory.values()].filter((checked) => this.#parts.knowledge.recheck(checked) !== null);
    for (const { entry } of gone) this.memory.delete(entry.key);
    return gone.length;
  }

  #look(key: string): { kind: 'found'; entry: Entry } | Reason {
    if (!this.#parts.instance.isLive) return { kind: 'lapsed' };
    const checked = this.memory.get(key);
    if (!checked) return { kind: 'absent' };
    const objection = this.#parts.knowledge.recheck(checked);
    if (objection) {
      this.memory.delete(key);
      return objection;
    }
    const { entry } = checked;
    return this.#overdueMs(entry) < entry.lifetime.staleWhileRevalidate * 1_000
      ? { kind: 'found', entry }
      : { kind: 'expired' };
  }

  /** One that is past its maxAge is served once more, while it is executed again for those who come after. */
  #serve(entry: Entry, tier: 'memory' | 'remote', key: string, load: () => Promise<Loaded>): Outcome {
    const leftMs = -this.#overdueMs(entry);
    const isOverdue = leftMs <= 0;
    if (!isOverdue && this.#early.isDue(entry, leftMs)) this.#refreshEarly(entry, key, load);
    if (isOverdue && !this.#flights.isUnderWay(key))
      void this.#flights.fly(key, () => this.#execute(key, load), isAnswerTo(key), ALWAYS).catch(() => undefined);
    return {
      body: entry.body,
      status: isOverdue ? 'STALE' : 'HIT',
      tier,
      entry,
      age: this.#ageOf(entry),
      reason: isOverdue ? { kind: 'expired' } : null,
      isStored: true,
      isJoined: false,
    };
  }

  #refreshEarly(entry: Entry, key: string, load: () => Promise<Loaded>): void {
    this.#early.begin(entry);
    if (this.#flights.isUnderWay(key)) return;
    const refresh = () => this.#executeUnlessOthersDo(entry, key, load);
    void this.#flights.fly(key, refresh, isAnswerTo(key), ALWAYS).catch(() => undefined);
  }

  /** Other instances find the same due at the same moment. What one of them brings is found in the remote tier when this entry has expired. */
  async #executeUnlessOthersDo(entry: Entry, key: string, load: () => Promise<Loaded>): Promise<Answer> {
    const { remote } = this.#parts;
    if (!remote) return await this.#execute(key, load);
    const claim = await remote.claim(this.#remoteKey(key), CLAIM_MS);
    if (!claim) return answerOf(entry, 'remote');
    const newer = await this.#fetch(remote, key, true, entry.createdAt);
    if (newer) {
      void claim.release();
      return answerOf(newer, 'remote');
    }
    return await this.#executeWith(claim, remote, key, load);
  }

  #fly(key: string, load: () => Promise<Loaded>, keeps: boolean) {
    return this.#flights.fly(
      key,
      () => this.#answer(key, load, keeps),
      isAnswerTo(key),
      async ({ entry }) => entry !== null && (await this.#isValidSoon(entry)),
      () => this.#storedMeanwhile(key),
    );
  }

  #storedMeanwhile(key: string): Answer | null {
    const entry = this.peek(key, NEVER);
    return entry && answerOf(entry, null);
  }

  async #isValidSoon(entry: Entry): Promise<boolean> {
    await this.#renewLapsed();
    return this.#isValidNow(entry);
  }

  /** A lease that ended while a thousand callers kept us busy is renewed for all of them by one beat. */
  async #renewLapsed(): Promise<void> {
    if (!this.#parts.instance.isLive) await this.#parts.instance.poll();
  }

  /** Whether an entry is valid by all that is known, and good by time. */
  isGood(entry: Entry): boolean {
    return this.#isValidNow(entry) && this.#overdueMs(entry) < 0;
  }

  #isValidNow(entry: Entry): boolean {
    return this.#parts.instance.isLive && this.#parts.knowledge.objectionTo(entry) === null;
  }

  #answer(key: string, load: () => Promise<Loaded>, keeps: boolean): Promise<Answer> {
    const { remote } = this.#parts;
    return remote ? this.#answerWith(remote, key, load, keeps) : this.#execute(key, load);
  }

  async #answerWith(remote: RemoteTier, key: string, load: () => Promise<Loaded>, keeps: boolean): Promise<Answer> {
    await this.#renewLapsed();
    // Without a lease nothing from outside could be judged.
    if (!this.#parts.instance.isLive) return await this.#execute(key, load);
    const turn = await this.#takeTurn(remote, key, this.memory.meets(key) || keeps);
    if (turn.entry) return answerOf(turn.entry, 'remote');
    return await this.#executeWith(turn.claim ?? null, remote, key, load);
  }

  async #executeWith(
    claim: Claim | null,
    remote: RemoteTier,
    key: string,
    load: () => Promise<Loaded>,
  ): Promise<Answer> {
    const answer = await this.#execute(key, load).catch(async (error: unknown) => {
      void claim?.release();
      throw error;
    });
    // Not waited for. The others get their turn when there is something to be found.
    void this.#share(remote, answer).then(() => claim?.release());
    return answer;
  }

  /** The entry that another instance has stored, or the right to execute. Who has waited long enough does it without. */
  async #takeTurn(remote: RemoteTier, key: string, keeps: boolean): Promise<{ entry?: Entry; claim?: Claim | null }> {
    const { clock } = this.#parts;
    const deadline = clock.monotonicMs() + CLAIM_PATIENCE_MS;
    for (let name = this.#remoteKey(key); ; name = this.#remoteKey(key)) {
      const entry = await this.#fetch(remote, key, keeps);
      if (entry) return { entry };
      const claim = await remote.claim(name, CLAIM_MS);
      if (claim === NO_CLAIM) return { claim };
      if (claim) {
        // Whoever had it before us may have stored something since we looked.
        const late = await this.#fetch(remote, key, keeps);
        if (!late) return { claim };
        void claim.release();
        return { entry: late };
      }
      if (clock.monotonicMs() >= deadline) return { claim: null };
      await sleep(clock, CLAIM_PAUSE_MS);
    }
  }

  /**
   * @param keeps whether it is put into memory. Most of what others have stored is asked for once here: kept, it would push out what is asked for again, and be copied and
   * collected as what is old (a tenth of the CPU of such a hit, 2026-11-30). What has come before is kept.
   * @param madeAfter of older ones there is no need.
   */
  async #fetch(remote: RemoteTier, key: string, keeps: boolean, madeAfter = -Infinity): Promise<Entry | null> {
    const sealed = await remote.get(this.#remoteKey(key));
    const entry = sealed && decodeEntry(sealed, key, this.#parts.seal);
    if (!entry || entry.createdAt <= madeAfter) return null;
    await this.#renewLapsed();
    // Judged and held in one go: what became known in between would count as checked.
    if (!this.#isValidNow(entry)) return null;
    if (this.#overdueMs(entry) >= entry.lifetime.staleWhileRevalidate * 1_000) return null;
    if (keeps) this.memory.set(this.#parts.knowledge.hold(entry));
    return entry;
  }

  async #executeAfresh(key: string, load: () => Promise<Loaded>): Promise<Answer> {
    const answer = await this.#execute(key, load);
    if (this.#parts.remote) void this.#share(this.#parts.remote, answer);
    return answer;
  }

  async #execute(key: string, load: () => Promise<Loaded>): Promise<Answer> {
    const { instance, knowledge, clock } = this.#parts;
    const createdAt = clock.wallMs();
    // Before the first read. Without one the answer is right, but nothing can be said of it later.
    const position = await instance.position().catch(() => null);
    const loaded = await load();
    const entry = position && loaded.lifetime && entryOf(key, loaded, position, createdAt);
    const isStored = entry !== null && entry.bytes <= MAX_ENTRY_BYTES && knowledge.objectionTo(entry) === null;
    if (isStored) this.memory.set(knowledge.hold(entry));
    const answers = loaded.lifetime && (loaded.key ?? key);
    return { body: loaded.body, answers, entry, tier: null, isStored, isFailure: loaded.isFailure ?? false };
  }

  async #share(remote: RemoteTier, { entry, isStored }: Answer): Promise<void> {
    // What was captured while nothing could be trusted is not for others either.
    if (!entry || !isStored) return;
    await this.#renewLapsed();
    if (!this.#parts.instance.isLive) return;
    const { maxAge, staleWhileRevalidate, staleIfError } = entry.lifetime;
    const ttlMs = (maxAge + Math.max(staleWhileRevalidate, staleIfError)) * 1_000;
    await remote.set(this.#remoteKey(entry.key), encodeEntry(entry, this.#parts.seal), ttlMs);
  }

  /** An older answer, when nothing can be read: of memory, nothing against it being known. */
  #standIn(key: string): Outcome | null {
    const checked = this.memory.get(key);
    if (!checked || this.#parts.knowledge.recheck(checked)) return null;
    const { entry } = checked;
    const lateMs = Math.max(this.#overdueMs(entry), this.#parts.instance.lapsedForMs);
    if (lateMs >= entry.lifetime.staleIfError * 1_000) return null;
    const reason: Reason = this.#parts.instance.isLive ? { kind: 'expired' } : { kind: 'lapsed' };
    const age = this.#ageOf(entry);
    return { body: entry.body, status: 'STALE', tier: 'memory', entry, age, reason, isStored: true, isJoined: false };
  }

  /** How long its maxAge is over; negative while it is not. */
  #overdueMs({ createdAt, lifetime }: Entry): number {
    return this.#parts.clock.wallMs() - createdAt - lifetime.maxAge * 1_000;
  }

  #ageOf(entry: Entry | null): number {
    return entry ? Math.max(0, Math.floor((this.#parts.clock.wallMs() - entry.createdAt) / 1_000)) : 0;
  }

  #remoteKey(key: string): string {
    return `${FORM}:${this.#parts.knowledge.epoch}:${key}`;
  }
}

const ALWAYS = () => true;
const NEVER = () => false;

const ASKED: Reason = { kind: 'asked' };

const isAnswerTo =
  (key: string) =>
  ({ answers }: Answer): boolean =>
    answers === key;

function entryOf(key: string, loaded: Loaded, { epoch, snapshot }: Position, createdAt: number): Entry | null {
  const { body, dependencies, lifetime, note = null } = loaded;
  if (!lifetime || lifetime.maxAge <= 0) return null;
  const answered = loaded.key ?? key;
  const bytes = memoryOf(answered, body, dependencies.length);
  return { key: answered, epoch, snapshot, dependencies, createdAt, lifetime, note, body, bytes };
}

const missOf = (
  { body, entry, isStored }: Answer,
  circumstances: { reason: Reason; isJoined: boolean; age: number },
): Outcome => ({ body, status: 'MISS', tier: null, entry, isStored, ...circumstances });
