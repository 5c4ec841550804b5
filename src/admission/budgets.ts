/**
 * What everyone may spend in a minute, and has spent. With a Redis the instances count together: what an operation costs is taken there, at once and
 * atomically, before it runs. What hits cost is noted here and taken later. Without a Redis, or while it is away, each instance counts alone.
 */
import { LRUCache } from 'lru-cache';

/** Of a minute's points, so that a hit costs a whole number of them. */
export const FRACTIONS = 100;
export const WINDOW_MS = 60_000;
/** Whoever is forgotten here begins anew, unless Redis knows better. */
const MAX_TALLIES = 100_000;
/** Takes from Redis on behalf of so many in one turn, and leaves the others to the next. */
const MAX_SETTLED = 500;

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
}

/** Whose budget it is, and how large. */
export interface Account {
  readonly name: string;
  /** Of `FRACTIONS`. */
  readonly limit: number;
}

interface Tally {
  readonly account: Account;
  /** As far as is known. */
  spent: number;
  /** Spent here, and not yet told to the others. */
  owed: number;
  /** By the clock that was given. */
  until: number;
}

export class Budgets {
  readonly #shared: SharedCount | null;
  readonly #monotonicMs: () => number;
  readonly #tallies = new LRUCache<string, Tally>({ max: MAX_TALLIES });
  readonly #indebted = new Set<Tally>();

  constructor(shared: SharedCount | null, monotonicMs: () => number) {
    this.#shared = shared;
    this.#monotonicMs = monotonicMs;
  }

  /** Takes `fractions` at once, by what is known here; takes nothing and says no if they are more than what is left. No I/O. */
  note(account: Account, fractions: number): boolean {
    const tally = this.#tallyOf(account);
    if (tally.spent + tally.owed + fractions > account.limit) return false;
    this.#owe(tally, fractions);
    return true;
  }

  /** The same whatever is left: for what has been done already. */
  charge(account: Account, fractions: number): void {
    this.#owe(this.#tallyOf(account), fractions);
  }

  /** Takes `fractions` for all instances; takes nothing and says no if they are more than what is left. */
  async take(account: Account, fractions: number): Promise<boolean> {
    const tally = this.#tallyOf(account);
    if (!this.#shared) return this.note(account, fractions);
    const { owed } = tally;
    tally.owed = 0;
    const balance = await this.#shared.take(account.name, fractions + owed, account.limit);
    if (!balance) {
      tally.owed += owed;
      return this.note(account, fractions);
    }
    if (balance.spent > account.limit) tally.owed += owed;
    this.#learn(tally, balance, fractions + owed);
    return balance.spent <= account.limit;
  }

  balanceOf(account: Account): Balance {
    const { spent, owed, until } = this.#tallyOf(account);
    return { spent: Math.min(account.limit, spent + owed), leftMs: until - this.#monotonicMs() };
  }

  /** Tells the others of what was only noted. */
  async settle(): Promise<void> {
    const shared = this.#shared;
    if (!shared) return;
    const indebted = [...this.#indebted].slice(0, MAX_SETTLED);
    await Promise.all(
      indebted.map(async (tally) => {
        this.#indebted.delete(tally);
        const { owed, account } = tally;
        if (owed === 0 || tally.until <= this.#monotonicMs()) return;
        tally.owed = 0;
        const balance = await shared.take(account.name, owed, account.limit);
        if (balance && balance.spent <= account.limit) this.#learn(tally, balance, owed);
        else this.#owe(tally, owed);
      }),
    );
  }

  #learn(tally: Tally, { spent, leftMs }: Balance, asked: number): void {
    // What was refused was not taken.
    tally.spent = spent > tally.account.limit ? spent - asked : spent;
    tally.until = this.#monotonicMs() + leftMs;
  }

  #owe(tally: Tally, fractions: number): void {
    tally.owed += fractions;
    if (this.#shared) this.#indebted.add(tally);
  }

  #tallyOf(account: Account): Tally {
    let tally = this.#tallies.get(account.name);
    const now = this.#monotonicMs();
    if (tally && now < tally.until && tally.account.limit === account.limit) return tally;
    if (tally) this.#indebted.delete(tally);
    tally = { account, spent: 0, owed: 0, until: now + WINDOW_MS };
    this.#tallies.set(account.name, tally);
    return tally;
  }
}
