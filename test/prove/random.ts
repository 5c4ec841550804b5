/** Chance that can be had again: the same seed, the same numbers. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** From `min` to `max`, both possible. */
  integer(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: 32 bits of state are plenty for choosing what to ask next.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    pick: (from) => from[integer(0, from.length - 1)]!,
    shuffled(from) {
      const cards = [...from];
      for (let left = cards.length - 1; left > 0; left -= 1) {
        const other = integer(0, left);
        [cards[left], cards[other]] = [cards[other]!, cards[left]!];
      }
      return cards;
    },
  };
}

/** Of `count` things the first comes twice as often as the second, three times as often as the third, and so on. */
export function createZipf(random: Random, count: number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) sums.push((sum += 1 / rank));
  return () => {
    const wanted = random.next() * sum;
    return sums.findIndex((upTo) => upTo > wanted);
  };
}
