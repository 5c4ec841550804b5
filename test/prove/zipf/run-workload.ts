/** The workload on one engine, request after request, and what came of it. */
import pg from 'pg';
import { type TestApp, startApp } from '../../support/app.js';
import type { TestDatabase } from '../../support/test-database.js';
import { type Ask, type Reply, Tokens, askOf } from '../asking.js';
import { createProgress } from '../program.js';
import { INSTALLER, ZIPF_MARKETPLACE } from './marketplace.js';
import { type Asked, INSTALL, type Request, createWorkload } from './requests.js';
import { type StatementCounter, countStatements } from './statement-counter.js';

/** Of the hits, every so manieth is asked again past the cache. */
const CHECKED = 20;

export interface Tally {
  requests: number;
  hits: number;
  checked: number;
  stale: number;
  installations: number;
  /** All that the database was sent meanwhile, by requests and by the cache itself. */
  statements: number;
  /** Entries that were found invalid by a change, and how many of them would really have answered otherwise. */
  removed: number;
  changed: number;
  seconds: number;
}

export async function runWorkload(engine: string, requests: number, seed: string, place: TestDatabase): Promise<Tally> {
  const sql = new pg.Client({ connectionString: place.url });
  await sql.connect();
  for (const statement of ZIPF_MARKETPLACE) await sql.query(statement);
  await sql.end();
  const counter = await countStatements(place.url);
  const kept = { ...place, remove: async () => undefined };
  const fresh = await startApp({ place: kept });
  const app = await startApp({ place: { ...kept, url: counter.url }, env: { CACHE_ENGINE: engine } });
  try {
    return await new Run(app, fresh, counter).play(engine, requests, seed);
  } finally {
    await app.close();
    await fresh.close();
    await counter.close();
    await place.remove();
  }
}

class Run {
  readonly #ask: Ask;
  readonly #askFresh: Ask;
  readonly #tokens: Tokens;
  /** The answer that each operation had last, and since when. */
  readonly #last = new Map<Asked, { text: string; since: number }>();
  readonly #tally: Tally = {
    ...{ requests: 0, hits: 0, checked: 0, stale: 0, installations: 0, statements: 0, removed: 0, changed: 0 },
    seconds: 0,
  };

  constructor(
    app: TestApp,
    fresh: TestApp,
    private readonly counter: StatementCounter,
  ) {
    this.#ask = askOf(app);
    this.#askFresh = askOf(fresh);
    this.#tokens = new Tokens(fresh);
  }

  /** Every operation is asked once before anything is counted: how cold a cache starts is another question. */
  async play(engine: string, requests: number, seed: string): Promise<Tally> {
    const tally = this.#tally;
    const workload = createWorkload(seed);
    for (const asked of workload.operations) this.#note(asked, await this.#ask(asked.operation));
    const started = performance.now();
    const progress = createProgress(`zipf, ${engine}`, requests);
    for (const request of workload.requests(requests)) {
      await this.#send(request);
      tally.requests += 1;
      progress(tally.requests, `${tally.hits} hits, ${tally.statements} statements, ${tally.stale} stale`);
    }
    tally.seconds = Math.round((performance.now() - started) / 1_000);
    return tally;
  }

  async #send(request: Request): Promise<void> {
    const before = this.counter.statements;
    if (request.kind === 'install') await this.#install(request.input);
    else await this.#read(request.asked, before);
    this.#tally.statements += this.counter.statements - before;
  }

  async #install(input: Record<string, string>): Promise<void> {
    const authorization = await this.#tokens.authorization({ user: INSTALLER, role: 'USER' });
    const operation = { document: INSTALL, variables: { input }, operationName: null };
    const { data, text } = await this.#ask(operation, { authorization });
    if (!data) throw new Error(`An agent could not be installed: ${text}`);
    this.#tally.installations += 1;
  }

  async #read(asked: Asked, statementsBefore: number): Promise<void> {
    const tally = this.#tally;
    const reply = await this.#ask(asked.operation);
    // An engine that does not say is taken at its statements: an answer without any came from memory.
    const isHit = reply.cache === null ? this.counter.statements === statementsBefore : reply.cache === 'HIT';
    if (isHit) {
      tally.hits += 1;
      if (tally.hits % CHECKED === 0) await this.#check(asked, reply);
      return;
    }
    const last = this.#last.get(asked);
    if (last && performance.now() < last.since + asked.maxAge * 1_000) {
      tally.removed += 1;
      if (last.text !== reply.text) tally.changed += 1;
    }
    this.#note(asked, reply);
  }

  async #check({ operation }: Asked, { text }: Reply): Promise<void> {
    this.#tally.checked += 1;
    if ((await this.#askFresh(operation)).text !== text) this.#tally.stale += 1;
  }

  #note(asked: Asked, { text, data }: Reply): void {
    if (!data) throw new Error(`The workload was refused: ${text}`);
    this.#last.set(asked, { text, since: performance.now() });
  }
}
