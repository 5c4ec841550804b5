/** What came of the requests of one scenario, and whether that is enough. */

/** One request, as whoever sent it saw it. */
export interface Outcome {
  /** 0: there was no answer. */
  status: number;
  isHit: boolean;
  /** The answer has errors, or its status is not 200. */
  isError: boolean;
  /** From when it should have been sent, however late it was. */
  ms: number;
}

export interface Tally {
  requests: number;
  errors: number;
  hits: number;
  /** By HTTP status; 0 for no answer. */
  statuses: ReadonlyMap<number, number>;
  p50: number;
  p95: number;
  p99: number;
  /** Right answers, within GOOD_MS, a second. */
  goodput: number;
}

export interface Target {
  /** Milliseconds. */
  p95?: number;
  /** A share of the requests. */
  hitRate?: number;
  /** None if left out. */
  errors?: number;
}

/** Later than this nobody waits for an answer any more. */
export const GOOD_MS = 1_000;

export function tallyOf(outcomes: readonly Outcome[], seconds: number): Tally {
  const sorted = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const statuses = new Map<number, number>();
  for (const { status } of outcomes) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const percentile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return {
    requests: outcomes.length,
    errors: outcomes.filter(({ isError }) => isError).length,
    hits: outcomes.filter(({ isHit }) => isHit).length,
    statuses,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    goodput: outcomes.filter(({ isError, ms }) => !isError && ms <= GOOD_MS).length / seconds,
  };
}

/** What is missing, in words; nothing if the target is met. No requests meet no target. */
export function missedBy(tally: Tally, { p95, hitRate, errors = 0 }: Target): string[] {
  if (tally.requests === 0) return ['nothing was asked'];
  const missed: string[] = [];
  if (tally.errors > errors) missed.push(`${tally.errors} errors`);
  if (p95 !== undefined && !(tally.p95 < p95)) missed.push(`p95 not under ${p95} ms`);
  if (hitRate !== undefined && !(tally.hits / tally.requests > hitRate))
    missed.push(`hit rate not over ${100 * hitRate} %`);
  return missed;
}
