/**
 * Who is let in, and at what price: the one place that refuses requests for their number, their cost or the strain on this process, whichever way they come.
 * The front asks it for each hit, the server before it reads a request, and whoever executes an operation before it runs.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { ClientAddress } from './client-address.js';
import { type Account, type Balance, type Budgets, FRACTIONS } from './budgets.js';
import type { Load } from './load.js';

/** What an operation may cost: a page of 100 with a page of 100 in each, and four objects beside each of these. */
export const MAX_COST = 50_000;
/** One point of a minute's budget pays so much cost. */
const COST_OF_A_POINT = 100;
/** An answer that is there already takes about a hundredth of the work of one that must be made. */
const HIT_FRACTIONS = 1;
/** Accounts of strangers that are kept; others are made anew. */
const MAX_STRANGERS = 10_000;
/** The clients that are refused for strain are asked to wait so long. Seconds. */
export const SHED_RETRY_SECONDS = 1;

export type RefusalKind = 'rate-limited' | 'shed';

interface AdmissionParts {
  /** Points a minute; 0 for no limit. */
  readonly strangersPerMinute: number;
  readonly membersPerMinute: number;
  readonly clientAddress: ClientAddress;
  readonly budgets: Budgets;
  readonly load: Load;
  /** Told of each refusal. */
  readonly onRefusal: (kind: RefusalKind) => void;
}

/** What a request tells of where it comes from. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

export interface Asker {
  readonly subject: string;
}

export interface Standing extends Balance {
  readonly limit: number;
}

export class Admission {
  readonly #parts: AdmissionParts;
  /** By address: a hit is not to make one. */
  readonly #strangers = new LRUCache<string, Account>({ max: MAX_STRANGERS });

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Whose budget a request spends: that of the viewer, of a stranger's address, or nobody's where there is no limit.
   * @param request as Node has it, if it came over the network.
   */
  accountOf(asker: Asker | null, request: Caller | undefined): Account | null {
    const { membersPerMinute, strangersPerMinute } = this.#parts;
    const points = asker ? membersPerMinute : strangersPerMinute;
    if (points === 0) return null;
    const limit = points * FRACTIONS;
    if (asker) return { name: `member:${asker.subject}`, limit };
    return this.#strangerAt(this.addressOf(request), limit);
  }

  #strangerAt(address: string, limit: number): Account {
    const known = this.#strangers.get(address);
    if (known) return known;
    const account = { name: `at:${address}`, limit };
    this.#strangers.set(address, account);
    return account;
  }

  /** By which strangers are told apart: see ClientAddress. */
  addressOf(request: Caller | undefined): string {
    const remoteAddress = request?.socket.remoteAddress;
    return this.#parts.clientAddress({ remoteAddress, forwardedFor: forwardedFor(request) });
  }

  /** A hit, paid at once: false if the budget does not allow it. */
  hit(asker: Asker | null, request: Caller | undefined): boolean {
    const account = this.accountOf(asker, request);
    return account === null || this.payHit(account);
  }

  /** The same by the account, for one that was found further inside. */
  payHit(account: Account): boolean {
    return this.#parts.budgets.note(account, HIT_FRACTIONS);
  }

  /** The same, where what is known here does not allow it: the other instances are asked. */
  async payHitTogether(account: Account): Promise<boolean> {
    return await this.#parts.budgets.takeTogether(account, HIT_FRACTIONS);
  }

  /** Pays for a request that was refused after some work. */
  chargeRefused(account: Account): void {
    this.#parts.budgets.charge(account, FRACTIONS);
  }

  /** Whether nothing is left, by what is known here. */
  isSpent(account: Account): boolean {
    return this.#parts.budgets.balanceOf(account).spent >= account.limit;
  }

  /** Pays for an operation before it runs: false if the budget does not allow it. Whoever has a whole minute's budget may spend it on one. */
  async spend(account: Account, cost: number): Promise<boolean> {
    return await this.#parts.budgets.take(account, Math.min(account.limit, pointsOf(cost) * FRACTIONS));
  }

  standingOf(account: Account): Standing {
    const { spent, leftMs } = this.#parts.budgets.balanceOf(account);
    return { limit: account.limit, spent, leftMs };
  }

  /** Whether one more request would be too many. */
  get isFull(): boolean {
    return this.#parts.load.isFull;
  }

  /** One more request is inside, until the function that is returned is called. */
  enter(): () => void {
    const { load } = this.#parts;
    const since = performance.now();
    load.enter();
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      load.leave(performance.now() - since);
    };
  }

  refused(kind: RefusalKind): void {
    this.#parts.onRefusal(kind);
  }
}

export const pointsOf = (cost: number): number => Math.ceil(cost / COST_OF_A_POINT);

function forwardedFor(request: Caller | undefined): string | undefined {
  const header = request?.headers['x-forwarded-for'];
  return Array.isArray(header) ? header.join() : header;
}
