/** Counts what the clients saw. */
import type { Fault, Finding } from './check.js';

/** An answer that must not be, with all that is known about it. */
export interface Incident extends Finding {
  how: string;
  trace: readonly string[];
  answer: string;
}

export interface Totals {
  reads: number;
  /** By `X-Cache`, of the reads that were answered. */
  byCache: Record<string, number>;
  readFailures: Record<string, number>;
  mutations: number;
  mutationFailures: Record<string, number>;
  writesPastTheApi: number;
  incidents: Partial<Record<Fault, number>>;
  /** Reads that failed when all faults were over. */
  failedAfterwards: number;
  /** In the order in which they began. */
  phases: Phase[];
}

/** A time in which something is the case, such as that Redis is dead. */
export interface Phase {
  name: string;
  reads: number;
  failedReads: number;
  mutations: number;
  failedMutations: number;
  /** Milliseconds. */
  readMs: Percentiles;
  mutationMs: Percentiles;
  /** Of both, the slowest first: who wonders about a maximum is told what it was. */
  slowest: readonly Slow[];
}

export interface Slow {
  /** Which request, of which server, and how it was answered. */
  what: string;
  ms: number;
  /** When it was answered: milliseconds since its phase began. */
  atMs: number;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

export function createTotals() {
  const counted = { reads: 0, mutations: 0, writesPastTheApi: 0 };
  const byCache: Record<string, number> = {};
  const readFailures: Record<string, number> = {};
  const mutationFailures: Record<string, number> = {};
  const incidents: Partial<Record<Fault, number>> = {};
  const phases = [createPhase('load')];
  const phase = () => phases.at(-1)!;
  const add = (to: Record<string, number>, name: string) => (to[name] = (to[name] ?? 0) + 1);

  return {
    read(what: string, ms: number, failure: string | null, cache: string) {
      phase().reads.add(ms, failure !== null);
      phase().slowest.add(`${what} ${failure ?? cache}`, ms);
      if (failure !== null) {
        add(readFailures, failure);
        return;
      }
      counted.reads += 1;
      add(byCache, cache || 'none');
    },
    write(what: string, ms: number, failure: string | null) {
      phase().mutations.add(ms, failure !== null);
      phase().slowest.add(failure === null ? what : `${what} ${failure}`, ms);
      if (failure !== null) add(mutationFailures, failure);
      else counted.mutations += 1;
    },
    outOfBand(committed: boolean) {
      if (committed) counted.writesPastTheApi += 1;
    },
    beginPhase: (name: string) => void phases.push(createPhase(name)),
    failedReads: () => Object.values(readFailures).reduce((sum, one) => sum + one, 0),
    /** @returns how many there are by now. */
    incident: (fault: Fault): number => (incidents[fault] = (incidents[fault] ?? 0) + 1),
    sum: (): Totals => ({
      ...counted,
      byCache,
      readFailures,
      mutationFailures,
      incidents,
      failedAfterwards: 0,
      phases: phases.map((phase) => phase.sum()),
    }),
  };
}

function createPhase(name: string) {
  const [reads, mutations, slowest] = [createTally(), createTally(), createSlowest()];
  return {
    reads,
    mutations,
    slowest,
    sum: (): Phase => ({
      name,
      reads: reads.count(),
      failedReads: reads.failed(),
      readMs: reads.percentiles(),
      mutations: mutations.count(),
      failedMutations: mutations.failed(),
      mutationMs: mutations.percentiles(),
      slowest: slowest.list(),
    }),
  };
}

const SLOWEST_KEPT = 5;

function createSlowest() {
  const begunAt = performance.now();
  const list: Slow[] = [];
  return {
    add(what: string, ms: number) {
      if (list.length === SLOWEST_KEPT && ms <= list.at(-1)!.ms) return;
      list.push({ what, ms: round(ms), atMs: Math.round(performance.now() - begunAt) });
      list.sort((a, b) => b.ms - a.ms);
      list.length = Math.min(list.length, SLOWEST_KEPT);
    },
    list: () => list,
  };
}

/** How long requests of one kind took, whether they succeeded or not. */
function createTally() {
  const times = createHistogram();
  let [count, failed] = [0, 0];
  return {
    add(ms: number, isFailure: boolean) {
      times.add(ms);
      count += 1;
      if (isFailure) failed += 1;
    },
    count: () => count,
    failed: () => failed,
    percentiles: times.percentiles,
  };
}

/** Times in steps of 0.1 ms up to 1 s, and of 10 ms beyond, so that millions cost no memory. */
export function createHistogram() {
  const fine = new Uint32Array(10_000);
  const coarse = new Uint32Array(10_000);
  let count = 0;
  let max = 0;
  const at = (share: number): number => {
    let left = Math.ceil(count * share);
    for (const [steps, width] of [
      [fine, 0.1],
      [coarse, 10],
    ] as const)
      for (const [step, here] of steps.entries()) if ((left -= here) <= 0) return (step + 1) * width;
    return max;
  };
  return {
    add(ms: number) {
      const [steps, width] = ms < 1_000 ? [fine, 0.1] : [coarse, 10];
      const step = Math.min(Math.floor(ms / width), steps.length - 1);
      steps[step]! += 1;
      count += 1;
      max = Math.max(max, ms);
    },
    percentiles: (): Percentiles => ({
      p50: round(at(0.5)),
      p95: round(at(0.95)),
      p99: round(at(0.99)),
      p999: round(at(0.999)),
      max: round(max),
    }),
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
