/** Row locks: who wants one that is held waits for its transaction to end. All are taken in one order, so nobody waits in a circle. */
import type { Cell } from './catalogue.js';

export interface Locks {
  acquire(owner: object, cells: readonly Cell[], done: () => void): void;
  releaseAll(owner: object): void;
}

interface Lock {
  owner: object;
  readonly waiting: (() => void)[];
}

export function createLocks(): Locks {
  const held = new Map<Cell, Lock>();

  const take = (owner: object, cells: readonly Cell[], from: number, done: () => void): void => {
    for (let index = from; index < cells.length; index += 1) {
      const lock = held.get(cells[index]!);
      if (!lock) held.set(cells[index]!, { owner, waiting: [] });
      else if (lock.owner !== owner) return void lock.waiting.push(() => take(owner, cells, index, done));
    }
    done();
  };

  return {
    acquire: (owner, cells, done) => take(owner, cells, 0, done),
    releaseAll(owner) {
      const freed = [...held].filter(([, lock]) => lock.owner === owner);
      for (const [cell] of freed) held.delete(cell);
      for (const [, { waiting }] of freed) for (const goOn of waiting) goOn();
    },
  };
}
