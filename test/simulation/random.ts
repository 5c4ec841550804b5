/** Chance from a seed, so that a run can be repeated. (sfc32, by Chris Doty-Humphrey, public domain.) */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  chance(probability: number): boolean;
  between(least: number, below: number): number;
  whole(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** How long until something that happens every `mean`, on average. */
  wait(mean: number): number;
  /** Chance of its own: what draws from it does not disturb what draws from here. */
  fork(): Random;
}

const WARM_UP = 12;

export function createRandom(seed: number): Random {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) ^ 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;

  const integer = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const next = (): number => integer() / 2 ** 32;
  const between = (least: number, below: number): number => least + next() * (below - least);
  const whole = (least: number, most: number): number => Math.floor(between(least, most + 1));

  for (let turn = 0; turn < WARM_UP; turn += 1) integer();
  return {
    next,
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: (list) => list[whole(0, list.length - 1)]!,
    wait: (mean) => -Math.log(1 - next()) * mean,
    fork: () => createRandom(integer() * 2 ** 20 + (integer() >>> 12)),
  };
}
