/** What somebody should look at now, with what to do about it. Long-term rules belong to the metrics; these need no other server. */
import { ANYBODYS } from '../observation.js';
import type { Summary } from '../statistics/tally.js';

export interface Alert {
  readonly id: string;
  readonly severity: 'warning' | 'critical';
  readonly title: string;
  readonly advice: string;
}

export interface Watched {
  readonly mismatches: number;
  readonly lapses: number;
  readonly lastFiveMinutes: Summary;
  /** Null where nothing is cached by us. */
  readonly lease: {
    readonly isLive: boolean;
    readonly lapsedForMs: number | null;
    readonly fault: string | null;
  } | null;
  /** Since the ledger of writes was last heard of. Milliseconds. */
  readonly ledgerAgeMs: number | null;
  readonly breakers: readonly { readonly name: string; readonly state: string }[];
  readonly members: readonly { readonly id: string; readonly isSilent: boolean }[];
  readonly eventLoopDelayMs: number | null;
}

/** Rates of fewer requests than this say nothing. */
const ENOUGH = 50;
const MIN_HIT_RATE = 0.8;
const MAX_P95_MS = 200;
const MAX_ERROR_RATE = 0.01;
const MAX_LOOP_DELAY_MS = 200;
/** Two beats were missed. */
const MAX_LEDGER_AGE_MS = 1_500;

export function alertsOf(watched: Watched): Alert[] {
  return [...promiseAlerts(watched), ...leaseAlerts(watched), ...trafficAlerts(watched), ...surroundings(watched)];
}

/** They stay until the figures are reset. */
function promiseAlerts({ mismatches, lapses }: Watched): Alert[] {
  const alerts: Alert[] = [];
  if (mismatches > 0)
    alerts.push(
      critical(
        'mismatch',
        `${mismatches} of the hits that were checked were not what the database says`,
        'This breaks the promise of the cache. The log has their tags: invalidate these, or flush, and report it.',
      ),
    );
  if (lapses > 0)
    alerts.push(
      warning(
        'lapses',
        `The lease has lapsed ${lapses} times`,
        'For so long nothing was served from the cache. Look for pauses of this process and of the database.',
      ),
    );
  return alerts;
}

function leaseAlerts({ lease, ledgerAgeMs }: Watched): Alert[] {
  if (!lease) return [];
  if (lease.fault !== null) return [critical('fault', 'Writes are not captured, so nothing is cached', lease.fault)];
  if (lease.isLive && (ledgerAgeMs ?? 0) <= MAX_LEDGER_AGE_MS) return [];
  if (lease.isLive)
    return [
      warning(
        'lag',
        `The ledger of writes was last heard of ${((ledgerAgeMs ?? 0) / 1_000).toFixed(1)} s ago`,
        'The lease is about to lapse. Look at the load of the database, and of this process.',
      ),
    ];
  const advice =
    'It does not reach the ledger in PostgreSQL in time. Look at the database and at the load of this process; it joins again by itself.';
  return [critical('lease', 'This instance has no lease and serves nothing from the cache', advice)];
}

function trafficAlerts({ lastFiveMinutes }: Watched): Alert[] {
  const { requests, hitRate, memory, remote, stale, miss, p95, errors, shed } = lastFiveMinutes;
  const alerts: Alert[] = [];
  if (hitRate !== null && memory + remote + stale + miss >= ENOUGH && hitRate < MIN_HIT_RATE)
    alerts.push(
      warning(
        'hit-rate',
        `Hit rate ${percent(hitRate)} in five minutes, under ${percent(MIN_HIT_RATE)}`,
        'See why answers were not cached, and which operations writes end most. After a start or a flush, warm the cache.',
      ),
    );
  if (requests >= ENOUGH && p95 !== null && p95 > MAX_P95_MS)
    alerts.push(
      warning(
        'latency',
        `95 % of requests take up to ${Math.round(p95)} ms, more than ${MAX_P95_MS} ms`,
        'Sort the operations by p95: many statements point at a missing loader, few at a slow query or a busy database.',
      ),
    );
  if (shed > 0)
    alerts.push(
      warning(
        'shed',
        `${shed} requests were turned away in five minutes, because there was too much to do`,
        'Add workers or instances. If the load is ordinary, look for what holds up the event loop or the database, and see MAX_IN_FLIGHT.',
      ),
    );
  if (requests >= ENOUGH && errors / requests > MAX_ERROR_RATE)
    alerts.push(
      critical(
        'errors',
        `${percent(errors / requests)} of requests fail or are turned away`,
        'The log has each that failed ("a request failed") by its request id, and twice a minute how many were turned away. See the error codes, the database and the limits.',
      ),
    );
  return alerts;
}

function surroundings({ breakers, members, eventLoopDelayMs }: Watched): Alert[] {
  const open = breakers.filter(({ name, state }) => state !== 'closed' && name !== ANYBODYS);
  const silent = members.filter(({ isSilent }) => isSilent);
  return [
    ...open.map(({ name }) =>
      warning(
        `breaker-${name}`,
        `The breaker of ${name} is open`,
        'It failed several times in a row and is asked again by itself. Reset the breaker when you have mended it.',
      ),
    ),
    ...silent.map(({ id }) =>
      warning(
        `silent-${id}`,
        `Instance ${id.slice(0, 8)} is silent`,
        'Mutations wait for it for two seconds at most, then it is expelled. Is it paused, cut off, or gone without a word?',
      ),
    ),
    ...(eventLoopDelayMs !== null && eventLoopDelayMs > MAX_LOOP_DELAY_MS
      ? [
          warning(
            'event-loop',
            `The event loop is held up for ${Math.round(eventLoopDelayMs)} ms`,
            'This process has more to do than one core does. Add workers or instances.',
          ),
        ]
      : []),
  ];
}

const warning = (id: string, title: string, advice: string): Alert => ({ id, severity: 'warning', title, advice });
const critical = (id: string, title: string, advice: string): Alert => ({ id, severity: 'critical', title, advice });
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
