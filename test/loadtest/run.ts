/**
 * Whether a server of this build, on this machine, is fast enough to open the doors: starts one as production has it, with a PostgreSQL and a Redis of its
 * own, puts it under the loads of an operator, and ends with 1 if a target is missed. `npm run loadtest`, `-- --quick`. Wants a quiet machine.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { startFleet } from '../prove/fleet/fleet.js';
import { say } from '../prove/verdict.js';
import { POINTS_PER_MINUTE, type Result, SCENARIOS } from './scenarios.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

/** Of the servers, in their order. */
const ENVIRONMENTS: readonly Record<string, string>[] = [
  {},
  { RATE_LIMIT_PER_MINUTE: String(POINTS_PER_MINUTE) },
  { CACHE_ENGINE: 'off' },
];

/**
 * The servers have a core to themselves, as in the benchmark: otherwise whoever sends five times the requests takes time from who is to answer them (2026-11-29: the thread that answers had 87 % of
 * a core in place of 91 %). What is started here, as PostgreSQL, inherits the other cores.
 */
const [first, ...others] = allowedCores();
const isApart = others.length > 0;
if (isApart)
  execFileSync('taskset', ['-acp', others.join(), String(process.pid)], { stdio: ['ignore', 'ignore', 'inherit'] });

say('loadtest: starting PostgreSQL, Redis and three servers over a made-up marketplace');
const fleet = await startFleet({
  instances: ENVIRONMENTS.length,
  redis: true,
  isDirect: true,
  cores: isApart ? first : undefined,
  envOf: (index) => ENVIRONMENTS[index]!,
  populate: async (prisma) => {
    await seed(prisma, DEFAULTS);
  },
});
try {
  const [open, limited, uncached] = fleet.instances.map(({ url }) => url) as [string, string, string];
  const results: Result[] = [];
  for (const scenario of SCENARIOS) {
    const result = await scenario({ fleet, urls: { open, limited, uncached }, isQuick: values.quick, say });
    say(`loadtest: ${result.name}: ${verdictOf(result)}`);
    results.push(result);
  }
  console.log(`${cpus()[0]!.model}, ${cpus().length} cores; Node ${process.version}; ${new Date().toISOString()}`);
  console.table(results.map(rowOf));
  for (const { name, found } of results) if (found !== undefined) console.log(`${name}: ${found}`);
  process.exitCode = results.every(({ missed }) => missed.length === 0) ? 0 : 1;
} finally {
  await fleet.stop();
}

/** That this process may run on (proc_pid_status(5)). */
function allowedCores(): string[] {
  if (platform() !== 'linux') return [];
  const [, list] = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return list!.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, index) => String(from! + index));
  });
}

function rowOf(result: Result) {
  const { name, tally, isCached, target } = result;
  return {
    scenario: name,
    requests: tally.requests,
    'p50 ms': tally.p50.toFixed(1),
    'p95 ms': tally.p95.toFixed(1),
    'p99 ms': tally.p99.toFixed(1),
    errors: tally.errors,
    hits: isCached ? `${((100 * tally.hits) / tally.requests).toFixed(1)} %` : '',
    target,
    verdict: verdictOf(result),
  };
}

function verdictOf({ missed }: Result): string {
  return missed.length === 0 ? 'pass' : `FAIL: ${missed.join(', ')}`;
}
