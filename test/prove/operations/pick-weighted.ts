import type { Random } from '../../../src/data/seed/random.js';

export function pickWeighted<T>(random: Random, items: readonly T[], weightOf: (item: T) => number): T {
  const weights = items.map(weightOf);
  let left = random.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return items[index === -1 ? items.length - 1 : index]!;
}
