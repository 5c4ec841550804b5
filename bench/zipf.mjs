/*
 * A workload as a marketplace has it, over PostgreSQL: few operations are asked often and many seldom, and one request in a hundred installs an agent.
 * Each server has a database of its own with the same data, and is sent the same requests. An answer is stale if it shows an agent with fewer installations
 * than a mutation had told before the request was sent; each answer is looked at. A hit is what was not executed.
 */
import pg from 'pg';
import { MIGRATIONS } from '../src/platform/migrations.ts';
import { openDatabase } from '../src/platform/database.ts';
import { createLogger } from '../src/platform/logger.ts';
import { signToken } from '../src/platform/auth.ts';
import { SECRET } from '../test/prove/fleet/server.ts';
import { runSql } from '../test/support/postgres.ts';
import { INSTALLER, ZIPF_MARKETPLACE } from '../test/prove/zipf/marketplace.ts';
import { INSTALL, createWorkload } from '../test/prove/zipf/requests.ts';
import { drive, median } from './measure.mjs';
import { startLarder } from './servers.mjs';

const NAME = 'Zipf workload over PostgreSQL';
/** Of the requests of a round: few of them are quick. */
const PART = 0.5;
const SEED = '1';
const LARDER = 'larder';
/** What ends an answer before its time. */
const ENDED_BY = {
  larder: 'all that is written',
  mercurius: 'what a policy names that was written for this mutation',
  apollo: 'nothing but its lifetime',
  yoga: 'objects that a mutation returns',
};
const PEERS = ['mercurius', 'apollo', 'yoga'];

export const zipf = { name: NAME, needs: [], run };

async function run(bench) {
  const { rounds, requests, connections, say, servers } = bench;
  say(`${NAME}: starting a server over a marketplace of its own`);
  const larder = await startLarder({ instances: 1, redis: false, populate });
  const started = [{ ...larder, name: LARDER }];
  try {
    const copies = await copiesOf(larder.databaseUrl, PEERS);
    for (const name of PEERS) {
      const databaseUrl = copies[name];
      const peer = await servers.overPostgres(name, { DATABASE_URL: databaseUrl, KEEP_AUTHORS: 'on' });
      started.push({ ...peer, name, databaseUrl });
    }
    const token = await signToken(SECRET, { user: INSTALLER, role: 'USER', ttlSeconds: 7_200 });
    const players = started.map((server) => new Player(server, token));
    for (const player of players) await player.warm(connections);
    for (let round = 1; round <= rounds; round += 1) {
      say(`${NAME}: round ${round} of ${rounds}`);
      for (const player of players) await player.play(Math.ceil(requests * PART), connections);
    }
    for (const player of players) await player.lookAtLists();
    return evaluate(players);
  } finally {
    for (const server of started.reverse()) await server.stop();
  }
}

async function populate(prisma) {
  for (const statement of ZIPF_MARKETPLACE) await prisma.$executeRawUnsafe(statement);
}

/** Other databases of the same server, with the same rows; nobody may be connected to the first while it is copied. */
async function copiesOf(databaseUrl, names) {
  const urls = Object.fromEntries(names.map((name) => [name, new URL(`zipf_${name}`, databaseUrl).href]));
  const [first, ...others] = names;
  await runSql(databaseUrl, `CREATE DATABASE zipf_${first}`);
  const database = await openDatabase(
    { kind: 'server', url: urls[first], poolSize: 1, waitSeconds: 0 },
    { migrations: MIGRATIONS, logger: createLogger('silent'), statementTimeoutMs: 60_000 },
  );
  await populate(database.prisma).finally(() => database.close());
  await runSql(databaseUrl, ...others.map((name) => `CREATE DATABASE zipf_${name} TEMPLATE zipf_${first}`));
  return urls;
}

/** One server's part of it. */
class Player {
  rounds = [];
  reads = 0;
  hits = 0;
  stale = 0;
  writes = 0;
  lists = 0;
  wrongLists = 0;
  #server;
  #token;
  #workload = createWorkload(SEED);
  #requests = this.#workload.requests(Infinity);
  /** By agent: what was told of its installations, in the order of telling. */
  #told = new Map();
  #tellings = 0;

  constructor(server, token) {
    this.#server = server;
    this.#token = token;
  }

  get name() {
    return this.#server.name;
  }

  /** Each operation once: how cold a cache starts is another question. Then a while of what comes after. */
  async warm(connections) {
    const { operations } = this.#workload;
    let index = 0;
    await drive(this.#server, {
      connections,
      amount: operations.length,
      next: () => readOf(operations[index++].operation),
    });
    await this.play(operations.length, connections);
    Object.assign(this, { rounds: [], reads: 0, hits: 0, stale: 0, writes: 0 });
  }

  async play(amount, connections) {
    let [reads, saidHits] = [0, 0];
    const before = await this.#server.executions?.();
    const measured = await drive(this.#server, {
      connections,
      amount,
      next: () => this.#next(),
      seen: (reply, asked) => {
        const { data, errors } = JSON.parse(reply.body);
        if (errors) throw new Error(`${this.name} refused a part of the workload: ${reply.body}`);
        if (asked.token !== undefined) return this.#hear(data.installAgent.agent);
        reads += 1;
        // What others were executing already was not executed either (RFC 9211).
        if (reply.cache === 'HIT' || reply.why.includes('collapsed')) saidHits += 1;
        if (this.#isStale(data, asked.sentAfter)) this.stale += 1;
      },
    });
    this.reads += reads;
    this.writes += amount - reads;
    // Peers say nothing.
    this.hits += before === undefined ? saidHits : reads - ((await this.#server.executions()) - before);
    this.rounds.push(measured);
  }

  /** When all is quiet, against the database: that an order has changed is not told by what an answer shows of installations. */
  async lookAtLists() {
    const sql = new pg.Client({ connectionString: this.#server.databaseUrl });
    await sql.connect();
    const lists = this.#workload.operations.map(({ operation }) => operation).filter(isList);
    let index = 0;
    const found = new Map();
    await drive(this.#server, {
      connections: 1,
      amount: lists.length,
      next: () => ({ ...readOf(lists[index]), category: lists[index++].variables.category }),
      seen: ({ body }, { category }) =>
        found.set(
          category,
          JSON.parse(body).data.agents.nodes.map(({ slug }) => slug),
        ),
    });
    for (const [category, slugs] of found) {
      const { rows } = await sql.query(LIST, [category, slugs.length]);
      this.lists += 1;
      if (rows.some(({ slug }, place) => slug !== slugs[place])) this.wrongLists += 1;
    }
    await sql.end();
  }

  #next() {
    const { value } = this.#requests.next();
    if (value.kind === 'read') return { ...readOf(value.asked.operation), sentAfter: this.#tellings };
    return { body: bodyOf(INSTALL, { input: value.input }), token: this.#token };
  }

  #hear({ id, installCount }) {
    const told = this.#told.get(id) ?? [];
    told.push({ place: (this.#tellings += 1), installCount });
    this.#told.set(id, told);
  }

  #isStale({ agent, agents }, sentAfter) {
    return (agents?.nodes ?? [agent]).some(({ id, installCount }) =>
      this.#told.get(id)?.some((told) => told.place <= sentAfter && told.installCount > installCount),
    );
  }
}

const bodyOf = (query, variables) => Buffer.from(JSON.stringify({ query, variables }));
const isList = ({ variables }) => variables.category !== undefined;
const LIST = `SELECT slug FROM "Agent" WHERE category = $1 ORDER BY "trendScore" DESC, id DESC LIMIT $2`;
const readOf = ({ document, variables }) => ({ body: bodyOf(document, variables) });

function evaluate(players) {
  const perSecond = ({ rounds }) => 1e6 / median(rounds.map(({ cpu }) => cpu));
  const ratioTo = (one, others) =>
    median(one.rounds.map(({ cpu }, round) => Math.min(...others.map(({ rounds }) => rounds[round].cpu)) / cpu));
  const honest = ({ hits, stale, reads }) => (hits - stale) / reads;
  const larder = players.find(({ name }) => name === LARDER);
  const peers = players.filter((player) => player !== larder);
  const [best] = [...peers].sort((a, b) => perSecond(b) - perSecond(a));
  const ahead = ratioTo(larder, peers);
  const peersHonest = Math.max(...peers.map(honest));
  return {
    goals: [
      {
        what: `${NAME}: requests per CPU second`,
        server: LARDER,
        goal: '> 1.00 × the best peer',
        seen: `${ahead.toFixed(2)} × ${best.name}`,
        isMet: ahead > 1,
      },
      {
        what: `${NAME}: stale answers`,
        server: LARDER,
        goal: '0',
        seen: `${larder.stale} of ${larder.reads}, and ${larder.wrongLists} of ${larder.lists} lists in an old order`,
        isMet: larder.stale + larder.wrongLists === 0 && larder.writes > 0,
      },
      {
        what: `${NAME}: hits that were not stale`,
        server: LARDER,
        goal: `≥ ${percent(peersHonest)}, the best peer’s`,
        seen: percent(honest(larder)),
        isMet: honest(larder) >= peersHonest,
      },
    ],
    tables: [
      {
        title: NAME,
        heads: [
          'server',
          'requests per CPU second',
          'CPU µs',
          'hits',
          'stale',
          'reads',
          'lists in an old order',
          'writes',
          'p99 ms',
          'ended by',
        ],
        rows: players.map((player) => [
          player.name,
          Math.round(perSecond(player)),
          median(player.rounds.map(({ cpu }) => cpu)).toFixed(1),
          percent(player.hits / player.reads),
          player.stale,
          player.reads,
          `${player.wrongLists} of ${player.lists}`,
          player.writes,
          median(player.rounds.map(({ p99 }) => p99)).toFixed(1),
          ENDED_BY[player.name],
        ]),
      },
    ],
    bars: [
      {
        title: NAME,
        unit: 'requests per second of the server’s CPU, in thousands: longer is better',
        bars: players.map((player) => ({
          label: player.name,
          value: perSecond(player) / 1_000,
          note: `${player.stale} stale`,
        })),
      },
    ],
  };
}

const percent = (part) => `${(100 * part).toFixed(1)} %`;
