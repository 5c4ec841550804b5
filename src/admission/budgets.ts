/**
 * What everyone may spend in a minute, and has spent. With a Redis the instances count together: what an operation costs is taken there, at once and
 * atomically, before it runs. What hits cost is noted here and told later, and no instance notes more of a budget than a small share of it before it has
 * told. Without a Redis, or while it is away, each instance counts alone.
 */
import { LRUCache } from 'lru-cache';

/** Of a minute's points, so that a hit costs a whole number of them. */
export const FRACTIONS = 100;
export const WINDOW_MS = 60_000;
/** Whoever is forgotten here begins anew, unless Redis knows better. */
const MAX_TALLIES = 100_000;
/** Tells Redis on behalf of so many in one turn, and leaves the others to the next. */
const MAX_SETTLED = 500;
/**
 * The part of a budget that an instance may give away before the others know of it: four instances together exceed it by less than four times as much, 1 %.
 * When half of it is given away it is told, so that who asks at an ordinary pace never meets the end of it. Never less than one hit.
 */
const UNTOLD_SHARE = 0.002;

/** What of one budget is left. */
export interface Balance {
  /** Of `FRACTIONS`. */
  readonly spent: number;
  /** When the minute is over. */
  readonly leftMs: number;
}

/** Where instances count together. */
export interface SharedCount {
  /**
   * Takes `fractions` if `limit` allows it, and nothing if not; `spent` is more than `limit` then. Null: it is away. Never rejects.
   */
  take(name: string, fractions: number, limit: number): Promise<Balance | null>;
  /** Takes them whatever is left: they were given away already. Null and never rejects, as above. */
  charge(name: string, fractions: number): Promise<Balance | null>;
}

/** Whose budget it is, and how large. */
export interface Account {
  readonly name: string;
  /** Of `FRACTIONS`. */
  readonly limit: number;
}

interface Tally {
  readonly account: Account;
  /** What may be given away before it is told. */
  readonly maxUntold: number;
  /** By all, as far as is known. */
  spent: number;
  /** Spent here, and not known to be told. */
  untold: number;
  /** Of that, what is being told. */
  onItsWay: number;
  /** Wanted from all, and not answered yet: who counts alone meanwhile must not give it away again. */
  asked: number;
  /** Whether it is about to be told. */
  isDue: boolean;
  /** Those who want little, until the others have been asked for them. */
  readonly waiting: Waiting[];
  isAsking: boolean;
  /** By the clock that was given. */
  until: number;
}

interface Waiting {
  readonly fractions: number;
  readonly answer: (isTaken: boolean) => void;
}

export class Budgets {
  readonly #shared: SharedCount | null;
  readonly #monotonicMs: () => number;
  readonly #soon: (work: () => void) => void;
  readonly #tallies = new LRUCache<string, Tally>({ max: MAX_TALLIES });
  readonly #indebted = new Set<Tally>();
  /** Whether each instance counts for itself: nobody could be told. */
  #isAlone: boolean;

  /** @param soon does something when what is being done has been: what many requests have noted in one turn is told at once. */
  constructor(
    shared: SharedCount | null,
    monotonicMs: () => number,
    soon: (work: () => void) => void = (work) => void setImmediate(work),
  ) {
    this.#shared = shared;
    this.#isAlone = shared === null;
    this.#monotonicMs = monotonicMs;
    this.#soon = soon;
  }

  /** Takes `fractions` at once, by what is known here; takes nothing and says no if they are more than what is left, or more than may be untold. No I/O. */
  note(account: Account, fractions: number): boolean {
    const tally = this.#tallyOf(account);
    if (!this.#isAlone && tally.untold + fractions > tally.maxUntold) return false;
    return this.#note(tally, fractions);
  }

  /** The same whatever is left: for what has been done already. */
  charge(account: Account, fractions: number): void {
    this.#owe(this.#tallyOf(account), fractions);
  }

  /** Takes `fractions` for all instances; takes nothing and says no if they are more than what is left. */
  async take(account: Account, fractions: number): Promise<boolean> {
    const tally = this.#tallyOf(account);
    const shared = this.#shared;
    if (!shared) return this.#note(tally, fractions);
    const told = tally.untold - tally.onItsWay;
    // What cannot be had here anyway is not kept from others.
    const reserved = this.#fits(tally, fractions) ? fractions : 0;
    tally.asked += reserved;
    const balance = await this.#tell(tally, told, () => shared.take(account.name, fractions + told, account.limit));
    tally.asked -= reserved;
    if (!balance) return this.#note(tally, fractions);
    // What was refused was not taken.
    const isTaken = balance.spent <= account.limit;
    if (isTaken) tally.untold -= told;
    else if (told > 0) this.#indebted.add(tally);
    tally.spent = isTaken ? balance.spent : balance.spent - fractions - told;
    return isTaken;
  }

  /** The same for the little that many want at once: the others are asked for all who wait, once at a time. */
  takeTogether(account: Account, fractions: number): Promise<boolean> {
    const tally = this.#tallyOf(account);
    return new Promise((answer) => {
      tally.waiting.push({ fractions, answer });
      if (!tally.isAsking) void this.#takeForAll(tally);
    });
  }

  async #takeForAll(tally: Tally): Promise<void> {
    const { account, waiting } = tally;
    tally.isAsking = true;
    while (waiting.length > 0) {
      const all = waiting.splice(0);
      const wanted = total(all);
      let left = (await this.take(account, wanted)) ? wanted : 0;
      if (left === 0) {
        // As many as there is something left for.
        const rest = Math.min(wanted, account.limit - this.balanceOf(account).spent);
        if (rest > 0 && (await this.take(account, rest))) left = rest;
      }
      for (const { fractions, answer } of all) {
        answer(fractions <= left);
        left -= fractions;
      }
    }
    tally.isAsking = false;
  }

  balanceOf(account: Account): Balance {
    const { spent, untold, until } = this.#tallyOf(account);
    return { spent: Math.min(account.limit, spent + untold), leftMs: until - this.#monotonicMs() };
  }

  /** Tells the others of what was only noted. */
  async settle(): Promise<void> {
    await Promise.all([...this.#indebted].slice(0, MAX_SETTLED).map((tally) => this.#settle(tally)));
  }

  async #settle(tally: Tally): Promise<void> {
    const shared = this.#shared;
    this.#indebted.delete(tally);
    const told = tally.untold - tally.onItsWay;
    if (!shared || told === 0 || tally.until <= this.#monotonicMs()) return;
    const balance = await this.#tell(tally, told, () => shared.charge(tally.account.name, told));
    if (!balance) return;
    tally.untold -= told;
    tally.spent = balance.spent;
  }

  async #tell(tally: Tally, told: number, tell: () => Promise<Balance | null>): Promise<Balance | null> {
    tally.onItsWay += told;
    const balance = await tell();
    tally.onItsWay -= told;
    this.#isAlone = balance === null;
    if (balance) tally.until = this.#monotonicMs() + balance.leftMs;
    else if (told > 0) this.#indebted.add(tally);
    return balance;
  }

  #note(tally: Tally, fractions: number): boolean {
    if (!this.#fits(tally, fractions)) return false;
    this.#owe(tally, fractions);
    return true;
  }

  #fits({ spent, untold, asked, account }: Tally, fractions: number): boolean {
    return spent + untold + asked + fractions <= account.limit;
  }

  #owe(tally: Tally, fractions: number): void {
    tally.untold += fractions;
    if (!this.#shared) return;
    this.#indebted.add(tally);
    if (tally.isDue || this.#isAlone || 2 * (tally.untold - tally.onItsWay) < tally.maxUntold) return;
    tally.isDue = true;
    this.#soon(() => {
      tally.isDue = false;
      void this.#settle(tally);
    });
  }

  #tallyOf(account: Account): Tally {
    let tally = this.#tallies.get(account.name);
    const now = this.#monotonicMs();
    if (tally && now < tally.until && tally.account.limit === account.limit) return tally;
    if (tally) this.#indebted.delete(tally);
    const maxUntold = Math.max(1, Math.floor(account.limit * UNTOLD_SHARE));
    tally = {
      account,
      maxUntold,
      spent: 0,
      untold: 0,
      onItsWay: 0,
      asked: 0,
      isDue: false,
      waiting: [],
      isAsking: false,
      until: now + WINDOW_MS,
    };
    this.#tallies.set(account.name, tally);
    return tally;
  }
}

const total = (waiting: readonly Waiting[]): number => waiting.reduce((sum, { fractions }) => sum + fractions, 0);
