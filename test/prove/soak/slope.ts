/** How steadily something grows, told by a line that single values which lie far off do not bend: the median of the slopes between all pairs (Theil 1950, Sen 1968). */

export interface Point {
  at: number;
  value: number;
}

export interface Slope {
  /** Of the value, for each unit of `at`. */
  slope: number;
  /** The true one lies between these with a confidence of 95 %, if the points do not depend on each other. */
  from: number;
  to: number;
}

/** Of the normal distribution, both sides. */
const Z_95 = 1.96;

/** @throws where there are too few points to say anything. */
export function slopeOf(points: readonly Point[]): Slope {
  const slopes = points
    .flatMap((one, index) => points.slice(index + 1).map((other) => (other.value - one.value) / (other.at - one.at)))
    .sort((a, b) => a - b);
  if (slopes.length < 3) throw new Error(`${points.length} points have no slope that could be told.`);
  const count = points.length;
  // Of Kendall's statistic, without ties.
  const spread = Z_95 * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const at = (index: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(index)))]!;
  return {
    slope: medianOf(slopes),
    from: at((slopes.length - spread) / 2 - 1),
    to: at((slopes.length + spread) / 2),
  };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) throw new Error('Nothing has no median.');
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * One point for each stretch of `length`: what `choose` makes of those within, such as their median. Values that follow each other closely are not independent, as what a collector of garbage leaves; a
 * confidence that took them so would be too good.
 */
export function stretchesOf(
  points: readonly Point[],
  length: number,
  choose: (values: readonly number[]) => number,
): Point[] {
  const stretches = new Map<number, Point[]>();
  for (const point of points) {
    const number = Math.floor(point.at / length);
    stretches.set(number, [...(stretches.get(number) ?? []), point]);
  }
  return [...stretches].map(([number, within]) => ({
    at: (number + 0.5) * length,
    value: choose(within.map(({ value }) => value)),
  }));
}
