/** The clients, in a process of their own: readers, writers and a writer past the API. Checks every answer. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { type HttpClient, type Reply, createHttpClient, failureOf } from '../fleet/http-client.js';
import { createRandom } from '../random.js';
import { findingsOf } from './check.js';
import * as layout from './layout.js';
import { type Write, birth, createWriteDrawer } from './mutations.js';
import { type Read, createReadDrawer, readsOf } from './operations.js';
import { Registers, textOf } from './registers.js';
import { type Incident, createTotals } from './totals.js';

export interface Plan {
  seed: number;
  servers: readonly { name: string; url: string }[];
  /** Past every proxy. */
  databaseUrl: string;
  ids: layout.Ids;
  readersPerServer: number;
  writers: number;
  /** A reader pauses so long between two reads. */
  thinkMs: number;
  /** The part of the reads that nobody has asked for before. None if left out. */
  unheardOf?: number;
}

/** Longer than anything may hang, so that late answers are checked, too. */
const REQUEST_MS = 12_000;
/** After this at the latest a write past the API must be seen: the promise is about 2.5 s, the rest is slack for two busy cores. */
export const OUT_OF_BAND_MS = 3_000;
/** A reader that keeps to a rate does not make up for more. */
const LATE_MS = 1_000;
/** After a request that found nobody. */
const RETRY_MS = 50;
const INCIDENTS_KEPT = 20;

export function startLoad(plan: Plan, tell: (incident: Incident) => void) {
  const random = createRandom(plan.seed);
  const registers = new Registers(layout.REGISTERS);
  const reads = readsOf(plan.ids);
  const drawRead = createReadDrawer(reads, random, plan.unheardOf ?? 0);
  const drawWrite = createWriteDrawer(plan.ids, registers, random);
  const totals = createTotals();
  const servers = plan.servers.map((server) => ({
    ...server,
    client: createHttpClient(server.url, plan.readersPerServer + plan.writers + 2),
  }));
  type Server = (typeof servers)[number];
  let stopped = false;
  /** How long a reader has from one read to the next; null: it does not wait. */
  let everyMs: number | null = null;

  async function read(server: Server, asked: Read): Promise<void> {
    const floors = registers.floors();
    const sentAt = registers.now();
    const reply = await attempt(server.client, asked);
    const took = registers.now() - sentAt;
    const failure = 'failed' in reply ? reply.failed : failureOf(reply);
    totals.read(`${asked.name} of ${server.name}`, took, failure, 'failed' in reply ? '' : reply.cache);
    if (failure !== null || 'failed' in reply) {
      await wait(RETRY_MS);
      return;
    }
    // Served because the database is away, and marked as such: outside the promise.
    if (reply.cache === 'STALE') return;
    for (const finding of findingsOf(reply.body, asked, floors, registers)) {
      const { cache, age } = reply;
      const how = `${server.name} answered ${asked.name} (${cache || 'no X-Cache'}${age && `, age ${age} s`}), sent ${sentAt.toFixed(0)} ms, after ${took.toFixed(0)} ms: version ${finding.got}, wanted ${finding.wanted}`;
      registers.note(finding.key, how);
      if (totals.incident(finding.fault) <= INCIDENTS_KEPT)
        tell({ ...finding, how, trace: registers.trace(finding.key), answer: reply.body.slice(0, 2_000) });
    }
  }

  async function write(server: Server, drawn: Write): Promise<boolean> {
    const note = (what: string) =>
      drawn.growths.forEach(({ key, version }) => registers.note(key, `version ${version} ${what}`));
    note(`by ${drawn.name} sent to ${server.name}`);
    const sentAt = registers.now();
    const reply = await attempt(server.client, drawn);
    const failure = 'failed' in reply ? reply.failed : failureOf(reply);
    totals.write(`${drawn.name} of ${server.name}`, registers.now() - sentAt, failure);
    note(failure === null ? 'acknowledged' : `may have failed: ${failure}`);
    if (failure !== null) return false;
    for (const { key, version, isCount } of drawn.growths) {
      if (isCount) registers.acknowledgeOne(key);
      else registers.acknowledge(key, version);
    }
    return true;
  }

  async function reader(server: Server): Promise<void> {
    let dueAt = registers.now();
    while (!stopped) {
      await read(server, drawRead());
      if (plan.thinkMs > 0) await wait(plan.thinkMs * 2 * random.next());
      if (everyMs === null) continue;
      // One that is late catches up a little: what is asked in all stays the same.
      dueAt = Math.max(dueAt + everyMs, registers.now() - LATE_MS);
      if (dueAt > registers.now()) await wait(dueAt - registers.now());
    }
  }

  async function writer(): Promise<void> {
    while (!stopped) {
      await write(random.pick(servers), drawWrite());
      await wait(random.integer(0, 200));
    }
  }

  async function births(): Promise<void> {
    while (!stopped) {
      await write(random.pick(servers), birth(registers, plan.ids));
      await wait(random.integer(200, 1_500));
    }
  }

  async function outOfBand(): Promise<void> {
    while (!stopped) {
      const all = random.next() < 0.05;
      const keys = all
        ? Array.from({ length: layout.OUT_OF_BAND }, (_, index) => index)
        : [random.integer(0, layout.OUT_OF_BAND - 1)];
      await writePast(keys.map((index) => ({ index, version: registers.begin(layout.keyOf.outOfBand(index)) })));
      await wait(random.integer(50, 300));
    }
  }

  async function writePast(rows: { index: number; version: number }[]): Promise<void> {
    const note = (what: string) =>
      rows.forEach(({ index, version }) =>
        registers.note(layout.keyOf.outOfBand(index), `version ${version} past the API ${what}`),
      );
    note('begun');
    const committed = await update(plan.databaseUrl, rows).catch(() => false);
    totals.outOfBand(committed);
    note(committed ? 'committed' : 'may have failed');
    if (!committed) return;
    const acknowledge = () =>
      rows.forEach(({ index, version }) => registers.acknowledge(layout.keyOf.outOfBand(index), version));
    setTimeout(acknowledge, OUT_OF_BAND_MS).unref();
  }

  const lanes = [
    ...servers.flatMap((server) => Array.from({ length: plan.readersPerServer }, () => reader(server))),
    ...Array.from({ length: plan.writers }, writer),
    ...(plan.writers > 0 ? [births()] : []),
    outOfBand(),
  ];

  return {
    totals: totals.sum,
    beginPhase: totals.beginPhase,
    /** From now on so many reads a second, by all readers together. */
    keepTo(rate: number) {
      everyMs = (plan.readersPerServer * servers.length * 1_000) / rate;
    },
    /** Ends the load, waits until every write past the API must be seen, and reads everything on every server once. */
    async stop() {
      stopped = true;
      await Promise.all(lanes);
      await wait(OUT_OF_BAND_MS + 100);
      const failedBefore = totals.failedReads();
      const everything = async (server: Server) => {
        for (const asked of Object.values(reads).flat()) await read(server, asked);
      };
      await Promise.all(servers.map(everything));
      servers.forEach(({ client }) => client.close());
      return { ...totals.sum(), failedAfterwards: totals.failedReads() - failedBefore };
    },
  };
}

async function attempt(client: HttpClient, { body, token }: Read | Write): Promise<Reply | { failed: string }> {
  try {
    return await client.post(body, token, REQUEST_MS);
  } catch (error) {
    return { failed: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** More than one row: one statement that touches very many. */
async function update(url: string, rows: readonly { index: number; version: number }[]): Promise<true> {
  const client = new pg.Client({ connectionString: url, statement_timeout: 3_000, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const texts = Object.fromEntries(
      rows.map(({ index, version }) => [`oob-${index}`, textOf(layout.keyOf.outOfBand(index), version)]),
    );
    const only = rows.length === 1 ? `slug = '${Object.keys(texts)[0]}'` : `category IN ('oob', 'filler')`;
    await client.query(
      `UPDATE "Agent" SET tagline = coalesce($1::jsonb ->> slug, tagline), description = clock_timestamp() WHERE ${only}`,
      [JSON.stringify(texts)],
    );
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
