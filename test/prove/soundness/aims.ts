/**
 * Where to write so that an answer has a real chance to change: read off the statements that a fresh execution sends, since what our own
 * tracking believes is what is tried.
 */
import type { Random } from '../../../src/data/seed/random.js';
import type { Table } from '../data/catalogue.js';
import type { Operation } from '../operations/operation.js';
import type { Aim as Reads } from '../writes/column-values.js';

export interface Aim extends Reads {
  /** The statement without its parameters, which stands for all that differ in these alone. */
  readonly statement: string;
}

interface Sent {
  query: string;
  params: string;
}

/** One for each statement. */
export const aimsOf = ({ document }: Operation, sent: readonly Sent[], tables: readonly Table[]): Aim[] =>
  sent.flatMap(({ query, params }) => {
    const quoted = new Set([...query.matchAll(/"(\w+)"/g)].map(([, name = '']) => name));
    const read = tables.map(({ name }) => name).filter((name) => quoted.has(name));
    if (read.length === 0) return [];
    return [
      {
        statement: query.replace(/\$\d+(?:\s*,\s*\$\d+)*/g, '$'),
        tables: read,
        values: new Set(params.match(/[\w-]+/g) ?? []),
        names: new Set([...quoted, ...(document.match(/\w+/g) ?? [])]),
      },
    ];
  });

/** Statements that were aimed at before, and tables of theirs. */
export class Aimed {
  readonly #times = new Map<string, number>();

  /** The one that was aimed at least, at the table that was written to least for its sake; null if there is none. */
  pick(random: Random, aims: readonly Aim[]): Aim | null {
    const single = aims.flatMap((aim) => aim.tables.map((table) => ({ ...aim, tables: [table] })));
    const [least] = random.shuffled(single).sort((one, other) => this.#count(one) - this.#count(other));
    if (!least) return null;
    this.#times.set(keyOf(least), this.#count(least) + 1);
    return least;
  }

  /** How many statements, by the tables in them. */
  get size(): number {
    return this.#times.size;
  }

  #count(aim: Aim): number {
    return this.#times.get(keyOf(aim)) ?? 0;
  }
}

const keyOf = ({ statement, tables }: Aim): string => `${tables.join()} in ${statement}`;
