/**
 * Whether answers keep the promise. Every cell's versions only rise, so linear time will do: an answer must show at least what was acknowledged before its
 * question was asked, and what was committed long enough before, whoever wrote it; and never what had not begun.
 */
import type { Cell } from './catalogue.js';
import type { Scheduler } from './scheduler.js';

export interface Violation {
  readonly kind:
    'older than an acknowledged write' | 'older than the bound' | 'lost' | 'from the future' | 'strange' | 'stuck';
  readonly at: number;
  readonly text: string;
}

/** What was known when a question was asked. */
export interface Question {
  readonly askedAt: number;
  readonly lineage: number;
  readonly acknowledged: readonly number[];
  readonly due: readonly number[];
}

export interface Checker {
  readonly violations: readonly Violation[];
  /** A version that a transaction writes now. */
  begin(cell: Cell): number;
  /** From now on others can see it. */
  committed(versions: ReadonlyMap<Cell, number>): void;
  /** Its client has been told, in the lineage in which it committed. */
  acknowledged(versions: ReadonlyMap<Cell, number>, lineage: number): void;
  /** A backup came back: what is not in it never was. */
  restored(cells: ReadonlyMap<Cell, number>): void;
  ask(cells: readonly Cell[]): Question;
  judge(question: Question, cells: readonly Cell[], versions: readonly number[], of: () => string): void;
  complain(kind: Violation['kind'], text: string): void;
}

interface Lost {
  readonly above: number;
  readonly upTo: number;
  readonly at: number;
}

/** No lease that began before a commit lasts longer after it, so no instance may show what is older. Not taken from the code that is checked. */
const BOUND_MS = 2_100;

export function createChecker(scheduler: Scheduler): Checker {
  const newest = new Map<Cell, number>();
  const acknowledged = new Map<Cell, number>();
  const due = new Map<Cell, number>();
  const lost = new Map<Cell, Lost[]>();
  const violations: Violation[] = [];
  let lineage = 0;

  const complain = (kind: Violation['kind'], text: string): void => {
    violations.push({ kind, at: scheduler.now, text });
  };

  const raise = (map: Map<Cell, number>, versions: ReadonlyMap<Cell, number>): void => {
    for (const [cell, version] of versions) if (version > (map.get(cell) ?? 0)) map.set(cell, version);
  };

  const isLost = (cell: Cell, version: number, askedAt: number): boolean =>
    lost.get(cell)?.some(({ above, upTo, at }) => version > above && version <= upTo && askedAt > at + BOUND_MS) ??
    false;

  const faultOf = (question: Question, index: number, cell: Cell, version: number): Violation['kind'] | null => {
    if (version > (newest.get(cell) ?? 0)) return 'from the future';
    if (isLost(cell, version, question.askedAt)) return 'lost';
    if (question.lineage !== lineage) return null;
    if (version < question.acknowledged[index]!) return 'older than an acknowledged write';
    return version < question.due[index]! ? 'older than the bound' : null;
  };

  return {
    violations,
    complain,
    begin(cell) {
      const version = (newest.get(cell) ?? 0) + 1;
      newest.set(cell, version);
      return version;
    },
    committed(versions) {
      const mine = lineage;
      scheduler.after(BOUND_MS, () => {
        if (lineage === mine) raise(due, versions);
      });
    },
    acknowledged(versions, of) {
      if (of === lineage) raise(acknowledged, versions);
    },
    restored(cells) {
      lineage += 1;
      for (const [cell, upTo] of newest) {
        const above = cells.get(cell) ?? 0;
        lost.set(cell, [...(lost.get(cell) ?? []), { above, upTo, at: scheduler.now }]);
        acknowledged.set(cell, Math.min(above, acknowledged.get(cell) ?? 0));
        due.set(cell, Math.min(above, due.get(cell) ?? 0));
      }
    },
    ask: (cells) => ({
      askedAt: scheduler.now,
      lineage,
      acknowledged: cells.map((cell) => acknowledged.get(cell) ?? 0),
      due: cells.map((cell) => due.get(cell) ?? 0),
    }),
    judge(question, cells, versions, of) {
      cells.forEach((cell, index) => {
        const fault = faultOf(question, index, cell, versions[index]!);
        if (fault)
          complain(
            fault,
            `${of()}: ${cell} is ${versions[index]}, acknowledged ${question.acknowledged[index]}, due ${question.due[index]}, asked at ${question.askedAt.toFixed(1)}`,
          );
      });
    },
  };
}
