/** What happened, counted. */
export interface Tally {
  reads: number;
  hits: number;
  stale: number;
  joined: number;
  failed: number;
  mutations: number;
  unanswered: number;
  outside: number;
  faults: number;
  longestWaitMs: number;
}

export const nothingYet = (): Tally => ({
  reads: 0,
  hits: 0,
  stale: 0,
  joined: 0,
  failed: 0,
  mutations: 0,
  unanswered: 0,
  outside: 0,
  faults: 0,
  longestWaitMs: 0,
});

export function addTally(sum: Tally, { longestWaitMs, ...counts }: Tally): void {
  sum.longestWaitMs = Math.max(sum.longestWaitMs, longestWaitMs);
  for (const key of Object.keys(counts) as (keyof typeof counts)[]) sum[key] += counts[key];
}
