/** What an operator wants to know before opening the doors. Each runs by itself, on servers as production has them. */
import type { Fleet } from '../prove/fleet/fleet.js';
import { type Asked, burst, load } from './load.js';
import { LIVE, MIX, ONCE, READY, distinct } from './operations.js';
import { KEEPS_UP, climb } from './ramp.js';
import { type Tally, type Target, missedBy } from './tally.js';

export interface Result {
  name: string;
  tally: Tally;
  /** Whether the cache had a part in it. */
  isCached: boolean;
  /** What is wanted, and what more was found, in words. */
  target: string;
  found?: string;
  missed: readonly string[];
}

export interface Stage {
  fleet: Fleet;
  /** Production as it is, with the limit, without the cache: addresses. */
  urls: { open: string; limited: string; uncached: string };
  isQuick: boolean;
  say: (line: string) => void;
}

type Scenario = (stage: Stage) => Promise<Result>;

/** Of the limited server. */
export const POINTS_PER_MINUTE = 100;
const BEYOND = 50;
const CACHED: Target = { p95: 10, hitRate: 0.95 };

const coldStart: Scenario = async ({ fleet, urls }) => {
  const [instance] = fleet.instances;
  await instance!.end('SIGTERM');
  await fleet.redis!.with((client) => client.flushall());
  const from = performance.now();
  await instance!.start();
  const readyMs = performance.now() - from;
  const tally = await burst(urls.open, ONCE);
  const missed = missedBy(tally, { p95: 1_000 });
  if (readyMs > 10_000) missed.push('not ready in 10 s');
  const found = `ready after ${(readyMs / 1_000).toFixed(1)} s`;
  return { name: 'cold start', tally, isCached: true, target: 'ready in 10 s, first answers in 1 s', found, missed };
};

const light = steady({ name: 'light endpoint', asked: [LIVE], rate: 500, target: { p95: 10 } });
const deep = steady({ name: 'deep health', asked: [READY], rate: 50, target: { p95: 100 } });
const concurrent = steady({ name: '200 connections', asked: MIX, connections: 200, rate: 2_000, target: CACHED });
const sustained = steady({ name: 'sustained', asked: MIX, rate: 1_000, seconds: [8, 30], target: CACHED });
const cacheOff = steady({ name: 'cache off', asked: MIX, rate: 50, at: 'uncached', target: { p95: 200 } });

const rateLimit: Scenario = async ({ urls }) => {
  const tally = await burst(urls.limited, distinct(POINTS_PER_MINUTE + BEYOND));
  const [passed, refused] = [tally.statuses.get(200) ?? 0, tally.statuses.get(429) ?? 0];
  const isRight = passed === POINTS_PER_MINUTE && refused === BEYOND;
  return {
    name: 'rate limit',
    tally: { ...tally, errors: tally.requests - passed - refused },
    isCached: false,
    target: `${POINTS_PER_MINUTE} pass, ${BEYOND} get 429`,
    found: `${passed} passed, ${refused} got 429`,
    missed: isRight ? [] : ['the limit is not exact'],
  };
};

/** What is executed each time breaks first: of hits, one process that asks cannot send enough. */
const overload: Scenario = async ({ urls, isQuick, say }) => {
  const seconds = isQuick ? 2 : 5;
  const at = (rate: number) => load({ url: urls.uncached, connections: 500, rate, seconds, asked: MIX });
  const { breaksAt, peak } = await climb({ from: 100, factor: isQuick ? 2 : 1.5, steps: isQuick ? 6 : 12, at, say });
  say(`ramp: five times the peak, ${Math.round(5 * peak)}/s`);
  const tally = await at(5 * peak);
  const share = tally.goodput / peak;
  const turnedAway = tally.statuses.get(503) ?? 0;
  const unanswered = tally.statuses.get(0) ?? 0;
  // Whoever gets neither an answer nor a refusal has waited in vain.
  const failures = tally.requests - turnedAway - (tally.statuses.get(200) ?? 0);
  const breaks = breaksAt === null ? 'did not break' : `breaks at ${breaksAt}/s`;
  return {
    name: '5 × peak, cache off',
    tally: { ...tally, errors: tally.errors - turnedAway },
    isCached: false,
    target: `goodput ≥ ${100 * KEEPS_UP} % of peak, all are answered`,
    found: `peak ${Math.round(peak)}/s, ${breaks}; then ${Math.round(tally.goodput)}/s (${Math.round(100 * share)} %), ${turnedAway} turned away, ${unanswered} not answered`,
    missed: [
      ...(share >= KEEPS_UP ? [] : ['goodput fell']),
      ...(failures > 0 ? [`${failures} neither answered nor turned away`] : []),
    ],
  };
};

export const SCENARIOS: readonly Scenario[] = [
  coldStart,
  light,
  deep,
  rateLimit,
  concurrent,
  sustained,
  cacheOff,
  overload,
];

interface Steady {
  name: string;
  asked: readonly Asked[];
  /** Requests a second. */
  rate: number;
  connections?: number;
  /** Quick, and at length. */
  seconds?: readonly [number, number];
  at?: keyof Stage['urls'];
  target: Target;
}

function steady({ name, asked, rate, connections = 50, seconds = [3, 10], at = 'open', target }: Steady): Scenario {
  return async ({ urls, isQuick }) => {
    const url = urls[at];
    // Compiled, connected, and stored where something is stored.
    for (let round = 0; round < 3; round += 1) await burst(url, asked === MIX ? ONCE : asked);
    const tally = await load({ url, connections, rate, seconds: seconds[isQuick ? 0 : 1], asked });
    const { p95, hitRate } = target;
    return {
      name,
      tally,
      isCached: hitRate !== undefined,
      target: `no errors${p95 ? `, p95 < ${p95} ms` : ''}${hitRate ? `, hits > ${100 * hitRate} %` : ''}`,
      missed: missedBy(tally, target),
    };
  };
}
