/** Admission for what is executed without the server: the same prices, limits and headers as by the plugin. What is not let in at once is left to the server, which says why. */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { type Admission, type Asker, type Caller, MAX_COST } from './admission.js';
import type { Account } from './budgets.js';
import type { OperationCosts } from './operation-cost.js';
import { rateLimitHeaders } from './rate-limit-headers.js';

interface Query {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export class DirectVisits {
  readonly #admission: Admission;
  readonly #costs: OperationCosts;

  constructor(admission: Admission, costs: OperationCosts) {
    this.#admission = admission;
    this.#costs = costs;
  }

  /** Null: it is to be refused. */
  begin(asker: Asker | null, request: Caller, { document, operation, variables }: Query): DirectVisit | null {
    if (this.#admission.isFull) return null;
    const account = this.#admission.accountOf(asker, request);
    if (account && this.#admission.isSpent(account)) return null;
    const cost = this.#costs.of(document, operation, variables);
    return cost > MAX_COST ? null : new DirectVisit(this.#admission, account, cost);
  }
}

class DirectVisit {
  readonly #admission: Admission;
  readonly #account: Account | null;
  readonly #price: number;
  readonly #leave: () => void;
  #isExecuted = false;

  constructor(admission: Admission, account: Account | null, price: number) {
    this.#admission = admission;
    this.#account = account;
    this.#price = price;
    this.#leave = admission.enter();
  }

  get cost(): number | null {
    return this.#isExecuted ? this.#price : null;
  }

  pay(): Promise<boolean> | boolean {
    if (this.#account) return this.#spend(this.#account);
    this.#isExecuted = true;
    return true;
  }

  async #spend(account: Account): Promise<boolean> {
    this.#isExecuted = await this.#admission.spend(account, this.#price);
    return this.#isExecuted;
  }

  headers(): [name: string, value: string][] | null {
    const cost: [string, string][] = this.#isExecuted ? [['x-operation-cost', String(this.#price)]] : [];
    if (!this.#account) return cost;
    if (!this.#isExecuted && !this.#admission.payHit(this.#account)) return null;
    return [...cost, ...rateLimitHeaders(this.#admission.standingOf(this.#account))];
  }

  end(): void {
    this.#leave();
  }
}
