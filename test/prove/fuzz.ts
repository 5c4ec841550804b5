/**
 * Random bad requests over real sockets to a real server: broken bodies, heads, variables, documents and chunks, in one go or in pieces, between right ones, cut off
 * and sent one after the other. None may end the server, come to a 5xx, show anything of our inside, or get into the way of a right one beside it on its connection.
 *
 *     tsx test/prove/fuzz.ts --cases 100000 --seed 1
 */
import { Random } from '../../src/data/seed/random.js';
import { createAgent } from '../support/marketplace.js';
import { brokenBuild } from './broken-builds.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { isUp } from './fleet/http-client.js';
import { isAlive } from './fleet/process-figures.js';
import { exchange } from './fuzz/exchange.js';
import { findingsOf, isInLog } from './fuzz/findings.js';
import { AGENTS, drawCase, nameOf } from './fuzz/requests.js';
import { createProgress } from './program.js';
import { type Arguments, type Verdict, asProgram, wholeNumber } from './verdict.js';

const CASES = { ci: 3_000, release: 100_000 };
const AT_ONCE = 20;
/** More would be more of the same. */
const FAILURES_KEPT = 10;

export async function fuzz({ size, options }: Arguments): Promise<Verdict> {
  const cases = wholeNumber(options.cases, CASES[size]);
  const seed = options.seed ?? '1';
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: false,
    env: { LOG_LEVEL: 'info' },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      for (const slug of AGENTS) await createAgent(prisma, { slug, name: nameOf(slug) });
    },
  });
  const [server] = fleet.instances as [Instance];
  try {
    const found = await tryAll(server, cases, seed);
    const lives = await isUp(server.url);
    const leaksIntoLog = isInLog(server.log());
    const { requests, wrong, failures } = found;
    return {
      ok: lives && failures.length === 0 && !leaksIntoLog && found.right > 0,
      result: [
        `${wrong.toLocaleString('en')} bad requests of ${requests.toLocaleString('en')} on ${cases.toLocaleString('en')} connections, ${lives ? 'no crash' : 'a crash'}`,
        failures[0]?.findings.join() ?? 'no 5xx, no leak, no wrong answer to the right ones between them',
        ...(leaksIntoLog ? ['a secret in the log'] : []),
      ].join(', '),
      numbers: { cases, seed, lives, leaksIntoLog, ...found },
    };
  } finally {
    await fleet.stop();
  }
}

interface Found {
  requests: number;
  /** Of these, those that were wrong somewhere; beside them are those that were cut off. */
  wrong: number;
  /** Of these, those that were right, and were answered so. */
  right: number;
  statuses: Record<string, number>;
  failures: { findings: string[]; case: object; text: string }[];
}

async function tryAll({ url, pid }: Instance, cases: number, seed: string): Promise<Found> {
  const port = Number(new URL(url).port);
  const random = new Random(seed, 'fuzz');
  const progress = createProgress('fuzz', cases);
  const found: Found = { requests: 0, wrong: 0, right: 0, statuses: {}, failures: [] };
  let [begun, done] = [0, 0];
  const lane = async () => {
    while (begun < cases && found.failures.length < FAILURES_KEPT && isAlive(pid!)) {
      begun += 1;
      const drawn = drawCase(random);
      const exchanged = await exchange(port, drawn.sent);
      const findings = findingsOf(drawn, exchanged);
      if (findings.length > 0)
        found.failures.push({ findings, case: drawn.sent, text: exchanged.text.slice(0, 3_000) });
      found.requests += drawn.requests.length;
      found.wrong += drawn.requests.filter(({ body }) => body === null).length;
      found.right += drawn.requests.filter(({ body }, index) => body === exchanged.answers[index]?.body).length;
      for (const { status } of exchanged.answers) found.statuses[status] = (found.statuses[status] ?? 0) + 1;
      progress((done += 1), JSON.stringify(found.statuses));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return found;
}

await asProgram(import.meta.url, ['cases', 'seed', 'broken'], fuzz);
