import { beforeEach, describe, expect, test } from 'vitest';
import { Observations } from '../../../src/monitoring/observation.js';
import { Histogram } from '../../../src/monitoring/statistics/histogram.js';
import { Statistics } from '../../../src/monitoring/statistics/statistics.js';
import { missed, observed } from '../../support/observed.js';

const START = Date.UTC(2026, 0, 1);
let now: number;
let statistics: Statistics;
beforeEach(() => {
  now = START;
  statistics = new Statistics(() => now);
});

const times = (count: number, task: (index: number) => void) => {
  for (let index = 0; index < count; index += 1) task(index);
};

describe('a histogram', () => {
  test.each([0.02, 0.5, 3, 47, 190, 2_500, 60_000])('gives %d ms back to within 10 %%', (ms) => {
    const histogram = new Histogram();
    times(10, () => histogram.record(ms));
    expect(Math.abs(histogram.quantile(0.95)! - ms) / ms).toBeLessThan(0.1);
  });

  test('tells the slow few from the fast many', () => {
    const histogram = new Histogram();
    times(96, () => histogram.record(1));
    times(4, () => histogram.record(500));
    expect(histogram.quantile(0.5)).toBeLessThan(1.1);
    expect(histogram.quantile(0.95)).toBeLessThan(1.1);
    expect(histogram.quantile(0.99)).toBeGreaterThan(450);
  });

  test('has nothing to say of nothing', () => {
    expect(new Histogram().quantile(0.5)).toBeNull();
  });

  test('takes whatever a clock may say', () => {
    const histogram = new Histogram();
    for (const ms of [0, -1, 1e9]) histogram.record(ms);
    expect(histogram.count).toBe(3);
    expect(histogram.quantile(1)).toBeGreaterThan(100_000);
  });
});

describe('the time line', () => {
  test('has a point for each second that has ended, empty ones included', () => {
    statistics.record(observed());
    now += 1_000;
    times(2, () => statistics.record(missed()));
    now += 2_000;
    const points = statistics.points('second', 4);
    expect(points.map(({ at }) => at - START)).toEqual([-1_000, 0, 1_000, 2_000]);
    expect(points.map(({ requests }) => requests)).toEqual([0, 1, 2, 0]);
  });

  test('has a point for ten seconds that have ended, for an hour', () => {
    const perSecond = 3_620;
    times(perSecond, () => {
      statistics.record(observed());
      now += 1_000;
    });
    now += 4_000;
    const points = statistics.points('ten-seconds', 1_000);
    expect(points).toHaveLength(360);
    expect(points.at(-1)!.at).toBe(START + 3_610_000);
    expect(points.map(({ requests }) => requests)).toEqual(Array<number>(360).fill(10));
    expect(statistics.figures().lastHour.requests).toBe(3_595);
  });

  test('forgets what is older than it is long', () => {
    statistics.record(observed());
    now += 3_610_000;
    statistics.record(observed());
    expect(statistics.figures().lastMinute.requests).toBe(1);
    expect(statistics.points('second', 3_609).reduce((sum, { requests }) => sum + requests, 0)).toBe(0);
  });

  test('the hit rate is of what was looked up: mutations do not lower it', () => {
    times(8, () => statistics.record(observed()));
    statistics.record(observed({ tier: 'remote' }));
    statistics.record(missed());
    times(5, () => statistics.record(observed({ status: 'BYPASS', tier: null, kind: 'mutation' })));
    const { lastMinute } = statistics.figures();
    expect(lastMinute).toMatchObject({ requests: 15, memory: 8, remote: 1, miss: 1, bypass: 5, hitRate: 0.9 });
  });

  test('errors are what failed by our fault, whatever its status, and not what blames the client or is not set up', () => {
    for (const httpStatus of [200, 400, 401, 404, 429, 503]) statistics.record(missed({ httpStatus }));
    for (const httpStatus of [200, 500]) statistics.record(missed({ httpStatus, isFault: true }));
    expect(statistics.figures().lastMinute.errors).toBe(2);
  });
});

describe('operations', () => {
  test('each has its own figures, by document and by name', () => {
    statistics.record(observed({ hash: 'a', name: 'One' }));
    statistics.record(missed({ hash: 'a', name: 'Two', reason: 'changed' }));
    statistics.record(missed({ hash: 'a', name: 'Two', statements: 1 }));
    const [two, one] = statistics.figures().operations;
    expect(two).toMatchObject({ name: 'Two', requests: 2, statements: 2.5, purged: 1, hitRate: 0 });
    expect(one).toMatchObject({ name: 'One', requests: 1, statements: null, hitRate: 1 });
  });

  test('however many clients make up, 200 are kept, the longest unasked go, and nothing is uncounted', () => {
    statistics.record(observed({ hash: 'kept' }));
    times(500, (index) => {
      statistics.record(missed({ hash: `made up ${index}` }));
      statistics.record(observed({ hash: 'kept' }));
    });
    const { operations, others } = statistics.figures();
    expect(operations).toHaveLength(200);
    expect(operations[0]).toMatchObject({ hash: 'kept', requests: 501 });
    expect(others).toMatchObject({ requests: 301, statements: 4 });
  });
});

test('reasons are counted, the most frequent first', () => {
  times(2, () => statistics.record(missed()));
  statistics.record(missed({ reason: 'errors', errorCodes: ['NOT_FOUND'] }));
  const { reasons, errorCodes } = statistics.figures();
  expect(reasons).toEqual([
    { reason: 'absent', count: 2 },
    { reason: 'errors', count: 1 },
  ]);
  expect(errorCodes).toEqual([{ code: 'NOT_FOUND', count: 1 }]);
});

test('of changes the latest 200 are kept, of their tags the first', () => {
  times(450, (index) => statistics.recordChange({ tags: [`Agent:${index}`] }));
  statistics.recordChange({ tags: Array.from({ length: 30 }, (_, index) => `Nft:${index}`) });
  times(7, () => statistics.record(missed({ reason: 'changed', purgedBy: 'Nft:3' })));
  statistics.record(missed({ reason: 'changed', purgedBy: 'Gone:1' }));
  const { changes, lastMinute } = statistics.figures();
  expect(changes).toHaveLength(200);
  expect(changes[0]).toMatchObject({ number: 451, moreTags: 22, purged: 7 });
  expect(changes[0]!.tags).toHaveLength(8);
  expect(lastMinute.purged).toBe(8);
});

test('it hears what is told from listenTo() on, and forgets it with reset()', () => {
  const observations = new Observations();
  statistics.listenTo(observations);
  observations.emit('operation', observed());
  observations.emit('change', { tags: ['Agent:1'] });
  expect(statistics.figures()).toMatchObject({
    lastMinute: { requests: 1 },
    changes: [{ tags: ['Agent:1'] }],
    since: START,
  });
  now += 5_000;
  statistics.reset();
  expect(statistics.figures()).toMatchObject({
    since: START + 5_000,
    lastMinute: { requests: 0 },
    lastHour: { requests: 0 },
    operations: [],
    reasons: [],
    changes: [],
  });
});
