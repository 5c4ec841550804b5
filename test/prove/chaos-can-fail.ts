/** That chaos finds something where there is something to be found: each of these servers is broken on purpose. */
import { chaos } from './chaos.js';
import { type Arguments, type Say, type Verdict, asProgram } from './verdict.js';

const BROKEN = [
  'answers without acknowledgements',
  'stores whatever a slow fill brings, and believes Redis',
  'leases never end',
  'hears of writes by the bus alone',
];
/** Each ends when it is caught, mostly within seconds. */
const SECONDS = { ci: '60', release: '600' };
/** One is enough for every day: the simulator has all of them, and more. */
const TRIED = { ci: 1, release: BROKEN.length };

export async function chaosCanFail({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const tried = options.broken === undefined ? BROKEN.slice(0, TRIED[size]) : [options.broken];
  const caught: Record<string, unknown> = {};
  for (const broken of tried) {
    say(`chaos-can-fail: a server that ${broken}`);
    const given = { seconds: SECONDS[size], broken, ...(options.seed !== undefined && { seed: options.seed }) };
    const { numbers } = await chaos({ size, options: given }, () => undefined);
    const wrong = numbers.incidents as Record<string, number>;
    say(`chaos-can-fail: ${JSON.stringify(wrong)}`);
    if (Object.keys(wrong).length > 0) caught[broken] = { wrong, seed: numbers.seed, example: numbers.firstIncidents };
  }
  const count = Object.keys(caught).length;
  return {
    ok: count === tried.length,
    result: `${count} of ${tried.length} caught`,
    numbers: { tried, caught },
  };
}

await asProgram(import.meta.url, ['broken', 'seed'], chaosCanFail);
