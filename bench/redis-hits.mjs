/*
 * Hits that are found in Redis. What is asked lies there and nowhere else: for Larder another instance has executed it, and this one was never asked before;
 * the peers keep nothing in memory where they have Redis.
 */
import { page } from './cases.mjs';
import { placesBefore } from './first-pages.mjs';
import { ask, drive, requireSame } from './measure.mjs';
import { besideGoal, comparedWithBest, medians } from './requests.mjs';

const NAME = 'hit in Redis, not in memory, 10 agents';
const LARDER = 'larder-fleet';
const PEERS = ['mercurius-redis', 'apollo-redis', 'yoga-redis'];
/** After 5,000 ours is not compiled yet: the next rounds of as many took 135 and 109 µs, those after them 93, 93 and 91 (2026-11-30). */
const WARM_QUESTIONS = 10_000;
/** Of the requests of a round: each question must be executed first. */
const PART = 0.25;
/** Less, and it was not the cache that was measured. */
const MIN_HITS = 0.99;

export const redisHits = { name: NAME, needs: [LARDER, ...PEERS], run };

async function run({ servers, rounds, requests, connections, say }) {
  const compared = await servers.all([LARDER, ...PEERS]);
  const nextBody = await questionsOf(compared[0]);
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: nextBody() };
  await requireSame(compared, asked);
  const found = Object.fromEntries(compared.map(({ name }) => [name, []]));
  const amount = Math.ceil(requests * PART);
  const warm = Math.min(WARM_QUESTIONS, 2 * amount);
  for (const server of compared) await askedTwice(server, { amount: warm, connections, nextBody });
  for (let round = 1; round <= rounds; round += 1) {
    say(`${NAME}: round ${round} of ${rounds}`);
    for (const server of compared) found[server.name].push(await askedTwice(server, { amount, connections, nextBody }));
  }
  const beside = comparedWithBest(found, LARDER, PEERS);
  const bytes = (await ask(compared[0].url, asked)).body.length;
  const rows = Object.entries(found).map(([server, measured]) => ({
    name: NAME,
    bytes,
    server,
    ...medians(measured),
    ofLimit: null,
    beside: server === LARDER ? beside : null,
  }));
  return { rows, goals: [besideGoal(NAME, { server: LARDER, ratio: 1, isLess: true, of: PEERS }, beside)] };
}

/** The second time is measured: the answer is in Redis then. */
async function askedTwice(server, { amount, connections, nextBody }) {
  const bodies = Array.from({ length: amount }, nextBody);
  const [filler = server] = server.others ?? [];
  const once = () => {
    let index = 0;
    return () => ({ body: bodies[index++] });
  };
  await drive(filler, { connections, amount, next: once() });
  let hits = 0;
  const before = await server.executions?.();
  const measured = await drive(server, {
    connections,
    amount,
    next: once(),
    seen: ({ cache }) => (hits += cache === 'HIT' ? 1 : 0),
  });
  if (before !== undefined) hits = amount - ((await server.executions()) - before);
  if (hits < MIN_HITS * amount) throw new Error(`${server.name} had only ${hits} of ${amount} answers in Redis`);
  return measured;
}

async function questionsOf({ url }) {
  const nextPlace = await placesBefore(url, 'agents');
  return () => Buffer.from(JSON.stringify(page(nextPlace())));
}
