/* A case of cases.mjs: the same request, or one of a kind, to each server and to the limit, in rounds that take turns. */
import { writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signToken } from '../src/platform/auth.ts';
import { SECRET } from '../test/prove/fleet/server.ts';
import { ask, measure, median, requireSame } from './measure.mjs';
import { start } from './process.mjs';

const WARM_REQUESTS = 3_000;
/** It is a new process each time, and is done with these in a moment. */
const WARM_LIMIT = 15_000;
/** Of the requests of a round, for those that take several times as long as the others: the bench would be theirs. */
const PART_OF = { apollo: 0.5, yoga: 0.25, 'yoga-postgres': 0.25 };
const LIMIT = fileURLToPath(new URL('servers/limit.mjs', import.meta.url));

export const requestsOf = (one) => ({
  name: one.name,
  needs: one.servers,
  run: (bench) => compare(bench, one),
});

async function compare(bench, one) {
  const { rounds, say } = bench;
  const { connections = bench.connections } = one;
  const servers = await bench.servers.all(one.servers);
  const asked = await requestOf(one, servers[0]);
  const answer = await settledAnswer(servers[0], asked);
  const tags = new Map();
  if (one.tagged) for (const server of servers) tags.set(server.name, await tagOf(server, asked));
  const askedOf = ({ name }) => ({ ...asked, headers: { ...asked.headers, ...tags.get(name) } });
  const status = one.tagged ? 304 : 200;
  const body = answer.headers.has('content-encoding') ? await rawBody(servers[0].url, asked) : answer.body;
  const limit = await startLimit(bench.scratch, body, status);
  try {
    if (asked.anew) await requireSame(servers, asked);
    const compared = [limit, ...servers];
    const found = Object.fromEntries(compared.map(({ name }) => [name, []]));
    const amountFor = ({ name }) => Math.ceil(bench.requests * (one.part ?? 1) * (PART_OF[name] ?? 1));
    for (const server of compared) {
      const warm = server === limit ? WARM_LIMIT : Math.min(WARM_REQUESTS, 2 * amountFor(server));
      await measure(server, askedOf(server), { connections, amount: warm, status });
    }
    for (let round = 1; round <= rounds; round += 1) {
      say(`${one.name}: round ${round} of ${rounds}`);
      for (const server of compared)
        found[server.name].push(
          await measure(server, askedOf(server), { connections, amount: amountFor(server), status }),
        );
    }
    return evaluate(one, found, one.tagged ? 0 : body.length);
  } finally {
    await limit.stop();
  }
}

let questions = 0;

async function requestOf({ request, anew, anewAt, withToken }, server) {
  const token = withToken && (await signToken(SECRET, { user: 'demo', role: 'USER', ttlSeconds: 3_600 }));
  const authorization = token && { authorization: `Bearer ${token}` };
  if (request) return { ...request, headers: { ...request.headers, ...authorization } };
  const make = anewAt ? await anewAt(server) : anew;
  const next = () => JSON.stringify(make((questions += 1)));
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: next(),
    anew: next,
  };
}

/** Until its compressed form is there. */
async function settledAnswer({ url }, asked) {
  let answer;
  for (let n = 0; n < 20; n += 1) answer = await ask(url, asked);
  return answer;
}

/** Each has a key of its own for them. */
async function tagOf(server, asked) {
  const { headers } = await settledAnswer(server, asked);
  return { 'if-none-match': headers.get('etag') };
}

async function startLimit(scratch, body, status) {
  const file = join(scratch, 'body');
  writeFileSync(file, body);
  return { ...(await start(LIMIT, { BODY_FILE: file, STATUS: String(status) })), name: 'limit' };
}

/** As it comes over the wire: fetch would decode it. */
function rawBody(url, { headers, body }) {
  return new Promise((resolve, reject) => {
    const sent = send(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    sent.on('response', (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    });
    sent.on('error', reject).end(body);
  });
}

/** Each round is compared within itself. */
function evaluate({ name, goal = {}, atMost }, found, bytes) {
  const ofLimit = (server) => median(found[server].map(({ cpu }, round) => found.limit[round].cpu / cpu));
  const goals = Object.entries(goal).map(([server, least]) => ({
    what: name,
    server,
    goal: `the limit’s CPU ÷ it ≥ ${least.toFixed(2)}`,
    seen: ofLimit(server).toFixed(2),
    isMet: ofLimit(server) >= least,
    most: medians(found.limit).cpu / least,
  }));
  const beside = atMost && comparedWithBest(found, atMost.server, atMost.of);
  if (atMost) goals.push(besideGoal(name, atMost, beside));
  const rows = Object.entries(found).map(([server, rounds]) => ({
    name,
    bytes,
    server,
    ...medians(rounds),
    ofLimit: ofLimit(server),
    beside: server === atMost?.server ? beside : null,
  }));
  return { rows, goals };
}

export const medians = (rounds) =>
  Object.fromEntries(['cpu', 'perSecond', 'p50', 'p99'].map((part) => [part, median(rounds.map((one) => one[part]))]));

/** A server's CPU, divided by that of the best of others in the same round. */
export function comparedWithBest(found, server, others) {
  const least = (round) => Math.min(...others.map((other) => found[other][round].cpu));
  const [best] = [...others].sort((a, b) => medians(found[a]).cpu - medians(found[b]).cpu);
  return {
    ratio: median(found[server].map(({ cpu }, round) => cpu / least(round))),
    best,
    cpu: medians(found[best]).cpu,
  };
}

export function besideGoal(what, { server, ratio, isLess = false, of }, beside) {
  return {
    what,
    server,
    goal: `its CPU ${isLess ? '<' : '≤'} ${ratio.toFixed(2)} × ${of.length > 1 ? 'the best peer' : of[0]}`,
    seen: `${beside.ratio.toFixed(2)} × ${beside.best}`,
    isMet: isLess ? beside.ratio < ratio : beside.ratio <= ratio,
    most: ratio * beside.cpu,
  };
}
