import { describe, expect, test } from 'vitest';
import { createRandom } from '../random.js';
import { type Point, medianOf, slopeOf, stretchesOf } from './slope.js';

const line = (count: number, valueAt: (at: number) => number): Point[] =>
  Array.from({ length: count }, (_, at) => ({ at, value: valueAt(at) }));

describe('the slope of a line', () => {
  test('is found in spite of values that lie far off', () => {
    expect(slopeOf(line(30, (at) => (at % 7 === 3 ? 10_000 : 5 + 2 * at))).slope).toBeCloseTo(2);
  });

  test('lies within its bounds in about 95 of 100 cases, and these are narrower the more is known', () => {
    const random = createRandom(1);
    const noisy = (count: number) => slopeOf(line(count, (at) => 3 * at + 40 * random.next()));
    const many = Array.from({ length: 200 }, () => noisy(20));
    const within = many.filter(({ from, to }) => from <= 3 && 3 <= to).length;
    expect(within).toBeGreaterThan(180);
    expect(within).toBeLessThan(200);
    const width = ({ from, to }: { from: number; to: number }) => to - from;
    expect(width(noisy(60))).toBeLessThan(medianOf(many.map(width)));
  });

  test('is none where there are too few points', () => {
    expect(() => slopeOf(line(2, (at) => at))).toThrow('no slope');
  });
});

test('a stretch is told by its median, in its middle', () => {
  const points = [1, 2, 9, 12, 14].map((at) => ({ at, value: at === 9 ? 1_000 : at }));
  expect(stretchesOf(points, 10, medianOf)).toEqual([
    { at: 5, value: 2 },
    { at: 15, value: 13 },
  ]);
});
