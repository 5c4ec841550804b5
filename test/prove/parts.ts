/** Everything that is claimed of the cache, how it is proved, and at which size. The table of docs/PROOF.md has its rows from here. */
import type { Size } from './verdict.js';

export interface Part {
  name: string;
  what: string;
  mustShow: string;
  /** A program of Node that ends with 0 if it is shown, and with JSON on standard output. */
  command: (size: Size) => readonly string[];
  /** The result in a few words. Left out: what the JSON calls `result`. */
  tell?: (json: Json) => string;
}

/** What a program printed. */
export type Json = unknown;

const ours = (name: string) => (size: Size) => [`test/prove/${name}.ts`, ...(size === 'ci' ? ['--ci'] : [])];
const sized = (file: string, option: string, ci: number, release: number) => (size: Size) => [
  file,
  `--${option}`,
  String(size === 'ci' ? ci : release),
];

const written = (value: number): string => value.toLocaleString('en');

export const PARTS: readonly Part[] = [
  {
    name: 'simulation',
    what: 'deterministic simulator of the protocol: virtual clock, pauses, kills, partitions, Redis loss and rollback, long transactions, clock rates ±4 %',
    mustShow: '0 reads older than an acknowledged mutation',
    command: sized('test/simulation/run.ts', 'seeds', 2_000, 100_000),
    tell(json) {
      const { seeds, broken, tally } = json as { seeds: number; broken: number; tally: { reads: number } };
      return `${written(broken)} of ${written(seeds)} seeds broken, ${written(tally.reads)} reads`;
    },
  },
  {
    name: 'weakened',
    what: 'weakened protocols in the simulator: each unsafe one, and one for each correction',
    mustShow: 'every one is caught',
    command: () => ['test/simulation/run.ts', '--weakened', '--seeds', '20000'],
    tell(json) {
      const rows = json as { isCaught: boolean; name: string }[];
      const missed = rows.filter(({ isCaught }) => !isCaught).map(({ name }) => name);
      return `${rows.length - missed.length} of ${rows.length} caught${missed.length > 0 ? `, not: ${missed.join('; ')}` : ''}`;
    },
  },
  {
    name: 'chaos',
    what: 'real processes: 4 instances, PostgreSQL, Redis; pauses, kills, crashes, partitions, lies, writes past the API',
    mustShow: '0 wrong answers',
    command: ours('chaos'),
  },
  {
    name: 'chaos-can-fail',
    what: 'the same on servers that were broken on purpose',
    mustShow: 'each is caught',
    command: ours('chaos-can-fail'),
  },
  {
    name: 'soundness',
    what: 'random operations of our schema, random writes by mutation and raw SQL: cached against fresh answers',
    mustShow: '0 differences',
    command: ours('soundness'),
  },
  {
    name: 'schedules',
    what: 'schedules of fill, invalidate and evict (fast-check)',
    mustShow: '0 stale; the unfenced variant fails',
    command: sized('test/prove/schedules.ts', 'runs', 10_000, 100_000),
    tell(json) {
      const { schedules, failure } = json as { schedules: number; failure: string | null };
      return `${written(schedules)} schedules, ${failure === null ? '0 stale' : 'one is stale'}`;
    },
  },
  {
    name: 'isolation',
    what: 'a canary per user in every private field; random users × operations × aliases × fragments × headers',
    mustShow: '0 foreign canaries',
    command: ours('isolation'),
  },
  {
    name: 'fuzz',
    what: 'random bad requests over sockets, between right ones: bodies, heads, variables, documents, chunks, pipelines, pieces, cut-offs',
    mustShow: '0 crashes, 0 5xx, 0 leaks, no right one answered wrongly',
    command: ours('fuzz'),
  },
  {
    name: 'spending',
    what: 'people who spend all of their budget on 4 instances at once: by operations nobody asked before, by hits, by both',
    mustShow: 'at most 1 % more than the limit, and not less',
    command: ours('spending'),
  },
  {
    name: 'aborts',
    what: '100,000 clients that go away at every stage of a request, in every manner, hits and misses, beside one that stays',
    mustShow: '0 crashes, 0 failed answers to who stays; sockets, places and memory as before',
    command: ours('aborts'),
  },
  {
    name: 'dribble',
    what: '1,000 clients that never come to the end of a request, in windows that take turns with none',
    mustShow:
      "others' p99 at most 1.5 × that without and 2 ms; at most 0.75 × more CPU for a request; each cut off at most 5 s after its time is up",
    command: ours('dribble'),
  },
  {
    name: 'stampede',
    what: '1,000 equal misses at once, on 1 and on 4 instances',
    mustShow: '1 execution, 1 execution',
    command: ours('stampede'),
  },
  {
    name: 'zipf',
    what: 'Zipf workload of 2,000 operations, with 1 % installAgent, both engines side by side',
    mustShow: "hit rate ≥ 97 %, 0 stale, at most half of envelop's statements, precision ≥ 60 %",
    command: ours('zipf'),
  },
  {
    name: 'invalidation-cost',
    what: 'one mutation with 1,000 entries in Redis, and with very many',
    mustShow: 'flat within 1.3 ×; no KEYS, no SCAN',
    command: ours('invalidation-cost'),
  },
  {
    name: 'mutation-wait',
    what: 'wait of a mutation after its commit, 4 instances',
    mustShow: 'p50 ≤ 2 ms, p99 ≤ 15 ms with Redis',
    command: ours('mutation-wait'),
  },
  {
    name: 'redis-away',
    what: 'Redis killed and stopped under load',
    mustShow: '0 failed requests; none waits over 100 ms more; 0 stale afterwards',
    command: ours('redis-away'),
  },
  {
    name: 'soak',
    what: '30 min under half of the load that a server can bear: Zipf reads, 2 % that nobody asked before, writes; the line is that of the last 20 min',
    mustShow: '0 failed, 0 wrong; memory grows by less than 1 % an hour; the cache keeps to its budget',
    command: ours('soak'),
  },
  {
    name: 'rolling-restarts',
    what: '2 workers, replaced one after the other again and again (SIGHUP) while clients read and write',
    mustShow: '0 failed requests',
    command: ours('rolling-restarts'),
  },
  {
    name: 'rolling-instances',
    what: '2 instances behind a balancer that asks whether they are ready, stopped (SIGTERM) and started in turns while clients read and write',
    mustShow: '0 failed requests',
    command: ours('rolling-instances'),
  },
  {
    name: 'known-faults',
    what: 'every fault of the stock caches, as a test of ours',
    mustShow: 'absent',
    command: () => [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'prove',
      '--reporter',
      'json',
      'known-faults',
    ],
    tell(json) {
      const { numPassedTests, numTotalTests } = json as { numPassedTests: number; numTotalTests: number };
      return `${numPassedTests} of ${numTotalTests} tests passed`;
    },
  },
  {
    name: 'memory-of-an-entry',
    what: 'memory of an entry with 1, 20 and 200 dependencies',
    mustShow: 'at most 1.3 × its bytes + 100 B per dependency',
    command: ours('memory-of-an-entry'),
  },
];
