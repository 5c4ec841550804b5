/*
 * Whether the memory that answers may take is all that they take, and whether hits are as quick among many of them. Two instances with the same budget: one has
 * many entries, the other few. Entries for which there is no room are evicted, as they must be.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { signToken } from '../src/platform/auth.ts';
import { SECRET } from '../test/prove/fleet/server.ts';
import { bodyOf } from '../test/prove/fleet/http-client.ts';
import { drive, median } from './measure.mjs';
import { residentBytes } from './process.mjs';
import { startLarder } from './servers.mjs';

const MEBIBYTE = 2 ** 20;
const WHOLE = { entries: 100_000, budgetMb: 512 };
/** Not many more than there is room for. */
const QUICK = { entries: 12_000, budgetMb: 160 };
/** Of an answer: 320 times the 32 characters of a checksum, and a little around them. */
const REPEATS = 320;
const FEW = 1_000;
/** Of the entries, the last: they are in memory still. */
const ASKED_PART = 0.1;
/** So that what is measured is the server and not the queue before it. */
const CONNECTIONS = 8;
const MOST_GROWTH = 1.2;
/** What counts as unchanged, on a machine that others use. */
const MOST_P99 = 1.2;
const SETTLE_MS = 2_000;
/** Agents that are written by one statement: all of them took a slow disk longer than a statement may (2026-11-30). */
const AT_ONCE = 5_000;

export const manyEntries = { name: 'memory with many entries', needs: [], run };

async function run({ rounds, requests, connections, isQuick, say }) {
  const { entries, budgetMb } = isQuick ? QUICK : WHOLE;
  const name = `memory with ${entries.toLocaleString('en')} entries of 10 KB (budget ${budgetMb} MB)`;
  say(`${name}: starting two instances`);
  const many = await startLarder({
    instances: 2,
    redis: false,
    env: { CACHE_MEMORY_MB: String(budgetMb) },
    populate: (prisma) => populate(prisma, entries),
  });
  try {
    const [few] = many.others;
    for (const server of [many, few]) await warm(server, connections);
    await wait(SETTLE_MS);
    const idle = residentBytes(many.pid);
    say(`${name}: filling`);
    await fill(few, FEW, connections);
    const peak = await highest(many.pid, () => fill(many, entries, connections));
    await wait(SETTLE_MS);
    const memory = { idle, peak, after: residentBytes(many.pid), held: await heldBy(many) };
    const hits = { few: [], many: [] };
    const asked = { few: [1, FEW], many: [entries * (1 - ASKED_PART) + 1, entries] };
    for (let round = 0; round <= rounds; round += 1) {
      say(`${name}: round ${round} of ${rounds}`);
      for (const [which, server] of Object.entries({ few, many })) {
        const measured = await hitsAmong(server, asked[which], requests);
        // The first is for compilers, and for what is sent of an entry.
        if (round > 0) hits[which].push(measured);
      }
    }
    return evaluate(name, { ...memory, hits, budgetMb });
  } finally {
    await many.stop();
  }
}

/** As many agents, each with a description of its own. */
async function populate(prisma, agents) {
  await prisma.$executeRawUnsafe(`INSERT INTO "Category" (slug, name) VALUES ('all', 'All')`);
  await prisma.$executeRawUnsafe(`INSERT INTO "User" (subject, username, "displayName") VALUES ('ann', 'ann', 'Ann')`);
  for (let from = 1; from <= agents; from += AT_ONCE)
    await prisma.$executeRawUnsafe(
      `INSERT INTO "Agent" (slug, name, tagline, description, category, "authorId")
       SELECT 'agent-' || i, 'Agent ' || i, 'one of many', repeat(md5(i::text), ${REPEATS}), 'all', 1
       FROM generate_series(${from}, ${Math.min(agents, from + AT_ONCE - 1)}) AS i`,
    );
}

const questionOf = (number) =>
  bodyOf('query Description($slug: String!) { agent(slug: $slug) { description } }', { slug: `agent-${number}` });

/** Small answers, until its compilers have seen enough of fills and of hits. */
async function warm(server, connections) {
  for (let times = 0; times < 2; times += 1) {
    let number = 0;
    const next = () => ({
      body: bodyOf('query Slug($slug: String!) { agent(slug: $slug) { slug } }', { slug: `agent-${(number += 1)}` }),
    });
    await drive(server, { connections, amount: 3_000, next });
  }
}

async function fill(server, entries, connections) {
  let number = 0;
  await drive(server, { connections, amount: entries, next: () => ({ body: questionOf((number += 1)) }) });
}

async function highest(pid, task) {
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, residentBytes(pid))), 100);
  await task().finally(() => clearInterval(look));
  return most;
}

/** As it says itself. */
async function heldBy({ url }) {
  const token = await signToken(SECRET, { user: 'admin', role: 'ADMIN', ttlSeconds: 600 });
  const response = await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${token}` } });
  const [, entries] = /^larder_memory_entries (\d+)$/m.exec(await response.text()) ?? [];
  return Number(entries);
}

async function hitsAmong(server, [first, last], amount) {
  let [place, hits] = [0, 0];
  // A step that shares no factor with their number comes by all of them, in no order that a processor foresees.
  const next = () => ({ body: questionOf(first + ((place += 7_919) % (last - first + 1))) });
  const seen = ({ cache }) => (hits += cache === 'HIT' ? 1 : 0);
  const measured = await drive(server, { connections: CONNECTIONS, amount, next, seen });
  return { ...measured, hits: hits / amount };
}

function evaluate(name, { idle, peak, after, held, hits, budgetMb }) {
  const growth = (peak - idle) / MEBIBYTE;
  const ratio = median(hits.many.map(({ p99 }, round) => p99 / hits.few[round].p99));
  const of = (which, part) => median(hits[which].map((round) => round[part]));
  const mebibytes = (bytes) => Math.round(bytes / MEBIBYTE);
  return {
    goals: [
      {
        what: `${name}: what the process grows by, at its most`,
        server: 'larder',
        goal: `≤ ${Math.round(MOST_GROWTH * budgetMb)} MB`,
        seen: `${Math.round(growth)} MB`,
        isMet: growth <= MOST_GROWTH * budgetMb,
      },
      {
        what: `${name}: p99 of hits`,
        server: 'larder',
        goal: `≤ ${MOST_P99.toFixed(2)} × that with ${FEW.toLocaleString('en')} entries`,
        seen: `${ratio.toFixed(2)} ×`,
        isMet: ratio <= MOST_P99,
      },
    ],
    tables: [
      {
        title: name[0].toUpperCase() + name.slice(1),
        heads: ['MB of the process, idle', 'at its most', 'after that', 'entries that it kept'],
        rows: [[mebibytes(idle), mebibytes(peak), mebibytes(after), held]],
      },
      {
        title: `Hits of 10 KB over ${CONNECTIONS} connections`,
        heads: ['entries', 'CPU µs', 'p50 ms', 'p99 ms', 'hits'],
        rows: ['few', 'many'].map((which) => [
          which,
          of(which, 'cpu').toFixed(1),
          of(which, 'p50').toFixed(2),
          of(which, 'p99').toFixed(2),
          `${(100 * of(which, 'hits')).toFixed(1)} %`,
        ]),
      },
    ],
    bars: [
      {
        title: name,
        unit: 'MB of the process: shorter is better',
        bars: [
          { label: 'idle', value: idle / MEBIBYTE },
          {
            label: 'at its most',
            value: peak / MEBIBYTE,
            note: `${held.toLocaleString('en')} entries`,
            goal: idle / MEBIBYTE + MOST_GROWTH * budgetMb,
            isMissed: growth > MOST_GROWTH * budgetMb,
          },
        ],
      },
    ],
  };
}
