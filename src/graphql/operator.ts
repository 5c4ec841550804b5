/** What admins may do to the server itself. Mutations reach it here and know no cache; app.ts says who does it. */

export interface SelfTestCheck {
  readonly name: string;
  readonly ok: boolean;
  /** How long it took. Milliseconds. */
  readonly ms: number;
  /** What to do about it; null where it is well. */
  readonly advice: string | null;
}

export interface Operator {
  /**
   * Ends what depends on these tags, on every instance. Resolves with the number of entries that went from this instance's memory.
   * @throws BAD_USER_INPUT for a tag that names nothing.
   */
  invalidateCache(tags: readonly string[]): Promise<number>;
  /** The same of everything. */
  flushCache(): Promise<number>;
  /** Executes the most used operations. Resolves with their number. */
  warmCache(): Promise<number>;
  /** Closes the breakers of this instance that are open. Resolves with their names. */
  resetCircuitBreakers(): Promise<readonly string[]>;
  /** Resolves with the time from which this instance counts now. */
  resetStatistics(): Promise<Date>;
  runSelfTest(): Promise<readonly SelfTestCheck[]>;
}

const operators = new WeakMap<object, () => Operator>();

/** From now on operatorOf() finds it. */
export function allowOperations<C extends object>(context: C, operator: () => Operator): C {
  operators.set(context, operator);
  return context;
}

export function operatorOf(context: object): Operator {
  const operator = operators.get(context);
  if (!operator) throw new Error('Only mutations operate the server: this context was made for something else.');
  return operator();
}
