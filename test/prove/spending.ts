/**
 * Somebody who asks four instances at once may not spend four times as much: operations that nobody has asked before, hits, and both, each on the budget of somebody who has
 * spent nothing yet, until nearly everything is refused. `tsx test/prove/spending.ts --ci`
 */
import { signToken } from '../../src/platform/auth.js';
import { createAgent } from '../support/marketplace.js';
import { type BrokenBuild, brokenBuild } from './broken-builds.js';
import { startFleet } from './fleet/fleet.js';
import { type HttpClient, bodyOf, createHttpClient } from './fleet/http-client.js';
import { SECRET } from './fleet/server.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const INSTANCES = 4;
/** Points a minute, small enough to be spent within that on a busy machine. */
const LIMIT = 100;
/** A hundred hits cost a point (src/admission). */
const HITS_OF_A_POINT = 100;
/** People who each spend all that they have, in each way. */
const SPENDERS = { ci: 1, release: 10 };
/** So much more is asked for than there is. */
const EXCESS = 1.5;
const LANES = 32;
const TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;
const MOST = 1.01;
/** Who may not spend what is theirs has another reason to complain. */
const LEAST = 0.99;

const QUERY = 'query ($slug: String!) { agent(slug: $slug) { slug } }';
const HIT = bodyOf(QUERY, { slug: 'one' });

/** Of the points that are asked for, the part that is asked for by hits. */
const WAYS = { 'operations nobody asked before': 0, hits: 1, both: 0.5 } as const;

interface Spent {
  way: string;
  passed: number;
  /** Of these. */
  hits: number;
  refused: number;
  others: number;
  ms: number;
}

export async function spending({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const spenders = wholeNumber(options.spenders, SPENDERS[size]);
  const fleet = await startFleet({
    isDirect: true,
    instances: INSTANCES,
    redis: true,
    env: { RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_MEMBERS_PER_MINUTE: String(LIMIT) },
    broken: buildOf(size, options.broken),
    populate: async (prisma) => {
      await createAgent(prisma, { slug: 'one' });
    },
  });
  const clients = fleet.instances.map(({ url }) => createHttpClient(url, LANES));
  try {
    await warm(clients);
    const found: Spent[] = [];
    for (let number = 0; number < spenders; number += 1) {
      for (const [way, share] of Object.entries(WAYS)) {
        const user = `spender-${number}-${way.replaceAll(' ', '-')}`;
        const token = await signToken(SECRET, { user, role: 'USER', ttlSeconds: 3_600 });
        found.push(await spend(clients, { way, share, token, user }));
        say(`spending: ${JSON.stringify(found.at(-1))}`);
      }
    }
    return judge(found);
  } finally {
    for (const client of clients) client.close();
    await fleet.stop();
  }
}

/** In CI Redis is waited for: a machine that has no time would have it given up, and each instance would count alone, which is another question. */
function buildOf(size: Arguments['size'], broken: string | undefined): BrokenBuild | undefined {
  if (broken !== undefined) return brokenBuild(broken);
  return size === 'ci' ? brokenBuild('waits for Redis') : undefined;
}

/** Until each instance answers strangers, who pay nothing, from its cache. */
async function warm(clients: readonly HttpClient[]): Promise<void> {
  for (const client of clients)
    for (let time = 0; time < 200; time += 1)
      await client.post(time % 2 === 0 ? HIT : bodyOf(QUERY, { slug: `warm-${time}` }), null, TIMEOUT_MS);
}

interface Spender {
  way: string;
  share: number;
  token: string;
  user: string;
}

async function spend(clients: readonly HttpClient[], { way, share, token, user }: Spender): Promise<Spent> {
  const wanted = Math.ceil(EXCESS * LIMIT);
  const hits = Math.round(wanted * share) * HITS_OF_A_POINT;
  const asks = hits + Math.round(wanted * (1 - share));
  const spent: Spent = { way, passed: 0, hits: 0, refused: 0, others: 0, ms: 0 };
  let asked = 0;
  const lane = async () => {
    while (asked < asks) {
      const number = (asked += 1);
      // Spread, so that what is left is wanted by both until the end.
      const isHit = Math.floor((number * hits) / asks) > Math.floor(((number - 1) * hits) / asks);
      const body = isHit ? HIT : bodyOf(QUERY, { slug: `${user}-${number}` });
      const { status, cache } = await clients[number % clients.length]!.post(body, token, TIMEOUT_MS);
      if (status === 429) spent.refused += 1;
      else if (status !== 200) spent.others += 1;
      else {
        spent.passed += 1;
        spent.hits += cache === 'HIT' ? 1 : 0;
      }
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: LANES }, lane));
  spent.ms = Math.round(performance.now() - from);
  return spent;
}

const pointsOf = ({ passed, hits }: Spent): number => passed - hits + hits / HITS_OF_A_POINT;

function judge(found: readonly Spent[]): Verdict {
  const others = found.reduce((sum, one) => sum + one.others, 0);
  const [most, least] = [Math.max, Math.min].map((of) => of(...found.map((one) => pointsOf(one) / LIMIT))) as [
    number,
    number,
  ];
  const slow = found.filter(({ ms }) => ms >= MINUTE_MS).length;
  const told = Object.keys(WAYS).map((name) => {
    const points = Math.max(...found.filter(({ way }) => way === name).map(pointsOf));
    return `${points.toFixed(2)} (${name})`;
  });
  return {
    ok: others === 0 && slow === 0 && most <= MOST && least >= LEAST && found.every(({ refused }) => refused > 0),
    result:
      `of ${LIMIT} points ${found.length} people spent on ${INSTANCES} instances at most ${told.join(', ')}; at least ${(LIMIT * least).toFixed(2)}` +
      `${slow > 0 ? `; ${slow} took longer than a minute, which says nothing` : ''}${others > 0 ? `; ${others} failed otherwise` : ''}`,
    numbers: { limit: LIMIT, most, least, found },
  };
}

await asProgram(import.meta.url, ['spenders', 'broken'], spending);
