/** That the load test can fail: it counts what goes wrong, and a target that is missed is told. */
import { afterEach, describe, expect, test } from 'vitest';
import { burst, load } from '../loadtest/load.js';
import { climb } from '../loadtest/ramp.js';
import { type Outcome, missedBy, tallyOf } from '../loadtest/tally.js';
import { type Listening, listen } from '../support/listen.js';

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  status: 200,
  isHit: true,
  isError: false,
  ms: 1,
  ...more,
});
const times = (number: number, more?: Partial<Outcome>) => Array.from({ length: number }, () => outcome(more));

describe('a target', () => {
  const TARGET = { p95: 10, hitRate: 0.95 };

  test.each([
    ['is met by hits that are fast', times(100), []],
    ['bears a few slow ones', [...times(95), ...times(5, { ms: 50 })], []],
    ['is missed when more are slow', [...times(94), ...times(6, { ms: 50 })], ['p95 not under 10 ms']],
    ['is missed by one error', [...times(99), outcome({ isError: true, status: 500 })], ['1 errors']],
    ['is missed by misses', [...times(95), ...times(5, { isHit: false })], ['hit rate not over 95 %']],
    ['is missed by nothing at all', [], ['nothing was asked']],
  ])('%s', (_what, outcomes, missed) => {
    expect(missedBy(tallyOf(outcomes, 1), TARGET)).toEqual(missed);
  });
});

test('percentiles are those of the requests, and only right answers in time are goodput', () => {
  const outcomes = Array.from({ length: 200 }, (_, index) => outcome({ ms: index + 1 }));
  expect(tallyOf(outcomes, 2)).toMatchObject({ p50: 100, p95: 190, p99: 198, goodput: 100 });
  const bad = [outcome(), outcome({ ms: 1_001 }), outcome({ isError: true })];
  expect(tallyOf(bad, 1).goodput).toBe(1);
});

describe('load', () => {
  let server: Listening;
  afterEach(() => server.close());
  const asked = [{ method: 'GET', path: '/' } as const];

  test('is sent at its rate, and hits, errors in answers and statuses are counted', async () => {
    let number = 0;
    server = await listen((_request, response) => {
      number += 1;
      if (number % 4 === 0) response.writeHead(503).end();
      else response.setHeader('x-cache', 'HIT').end(number % 4 === 1 ? '{"errors":[]}' : '{}');
    });
    const tally = await load({ url: server.url, connections: 5, rate: 400, seconds: 0.5, asked });
    expect(tally).toMatchObject({ requests: 200, errors: 100, hits: 150 });
    expect([...tally.statuses]).toEqual(
      expect.arrayContaining([
        [200, 150],
        [503, 50],
      ]),
    );
  });

  test('counts from when a request was due: one connection that is held up makes all that follow late', async () => {
    let held = false;
    server = await listen((_request, response) => {
      if (held) response.end();
      else setTimeout(() => response.end(), 300);
      held = true;
    });
    const { p50 } = await load({ url: server.url, connections: 1, rate: 100, seconds: 0.2, asked });
    expect(p50).toBeGreaterThan(150);
  });

  test('who gives no answer is an error', async () => {
    server = await listen((request) => request.socket.destroy());
    expect(await burst(server.url, [...asked, ...asked])).toMatchObject({ requests: 2, errors: 2, goodput: 0 });
  });
});

describe('a ramp', () => {
  /** Answers at most 300 a second in time. */
  const at = async (rate: number) => tallyOf([...times(Math.min(rate, 300)), ...times(rate, { ms: 5_000 })], 1);
  const say = () => undefined;

  test('ends where too little is answered in time, and knows the most that was', async () => {
    expect(await climb({ from: 100, factor: 2, steps: 9, at, say })).toEqual({ breaksAt: 400, peak: 300 });
  });

  test('says when nothing was too much', async () => {
    expect(await climb({ from: 100, factor: 2, steps: 2, at, say })).toEqual({ breaksAt: null, peak: 200 });
  });
});
