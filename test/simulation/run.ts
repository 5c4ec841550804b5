/**
 * The simulator as a command.
 *
 *   npx tsx test/simulation/run.ts --seeds 100000 --from 1 --workers 2   all of them must keep the promise
 *   npx tsx test/simulation/run.ts --weakened --seeds 20000               each weakened protocol must break it: searches until it does
 *   npx tsx test/simulation/run.ts --weakened --with 'no fill check'      only this one
 *   npx tsx test/simulation/run.ts --replay 591                           tells what happens in one seed, step by step
 *   npx tsx test/simulation/run.ts --replay 591 --with 'no fill check'    the same with a weakened protocol
 *
 * Progress goes to stderr, the result to stdout, as JSON.
 */
import { parseArgs } from 'node:util';
import { type Summary, conduct } from './campaign.js';
import { WEAKENED } from './weakened/all.js';

const { values: asked } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    weakened: { type: 'boolean', default: false },
    replay: { type: 'string' },
    with: { type: 'string' },
  },
});

const from = Number(asked.from);
const count = Number(asked.seeds);
const workers = Number(asked.workers);

if (asked.replay !== undefined) await replay(Number(asked.replay));
else if (asked.weakened) await searchWeakened();
else await run();

async function run(): Promise<void> {
  const since = performance.now();
  const summary = await conduct({ patches: patchesOf(asked.with), from, count, workers, onProgress: tell(since) });
  const seconds = Math.round((performance.now() - since) / 1_000);
  process.stderr.write('\n');
  console.log(JSON.stringify({ from, ...summary, seconds, replay: replayOf(summary) }, null, 2));
  if (summary.broken > 0) process.exitCode = 1;
}

async function replay(seed: number): Promise<void> {
  const { firstBroken } = await conduct({
    patches: patchesOf(asked.with),
    from: seed,
    count: 1,
    workers: 1,
    isTold: true,
  });
  for (const { at, kind, text } of firstBroken?.violations ?? []) console.log(`! ${at.toFixed(2)} ${kind}: ${text}`);
  if (firstBroken) process.exitCode = 1;
}

async function searchWeakened(): Promise<void> {
  const rows: object[] = [];
  for (const { name, patches } of WEAKENED.filter(({ name }) => asked.with === undefined || name === asked.with)) {
    process.stderr.write(`${name}\n`);
    const { seeds, firstBroken } = await conduct({ patches, from, count, workers, untilBroken: true, wrongOnly: true });
    const seed = firstBroken?.seed ?? null;
    process.stderr.write(`  ${seed === null ? 'NOT CAUGHT' : `seed ${seed}: ${firstBroken!.violations[0]!.kind}`}\n`);
    rows.push({ name, isCaught: seed !== null, seed, seeds, kind: firstBroken?.violations[0]?.kind ?? null });
    if (seed === null) process.exitCode = 1;
  }
  console.log(JSON.stringify(rows, null, 2));
}

function patchesOf(name: string | undefined) {
  if (name === undefined) return [];
  const weakening = WEAKENED.find((known) => known.name === name);
  if (weakening) return weakening.patches;
  throw new Error(
    `There is no weakened protocol "${name}". There are: ${WEAKENED.map((known) => known.name).join('; ')}.`,
  );
}

function tell(since: number): (summary: Summary) => void {
  return ({ seeds, broken, tally }) => {
    const perSeed = (performance.now() - since) / seeds;
    const left = Math.round(((count - seeds) * perSeed) / 1_000);
    process.stderr.write(
      `\r${seeds} of ${count} seeds, ${tally.reads} reads (${Math.round((tally.hits / tally.reads) * 100)} % hits), ${broken} broken, ${left} s left   `,
    );
  };
}

function replayOf({ firstBroken }: Summary): string | null {
  return firstBroken && `npx tsx test/simulation/run.ts --replay ${firstBroken.seed}`;
}
