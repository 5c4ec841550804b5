/** One database with two apps: the one whose cache is tried, and one without any cache, which tells what is true. */
import pg from 'pg';
import { type TestApp, startApp } from '../support/app.js';
import type { TestDatabase } from '../support/test-database.js';
import { type Ask, Tokens, askOf } from './asking.js';
import { type Table, readTables } from './data/catalogue.js';
import { type Rows, readRows } from './data/rows.js';
import { SMALL_MARKETPLACE } from './data/small-marketplace.js';
import { Writer } from './writes/writer.js';

export interface StageOptions {
  /** CACHE_ENGINE of the app that is tried. */
  engine: string;
  /** A cache in front of it. */
  through?: (ask: Ask) => Ask;
  /** Statements after those of the small marketplace. */
  more?: readonly string[];
}

export class Stage {
  readonly askFresh: Ask;

  private constructor(
    readonly cached: TestApp,
    readonly askCached: Ask,
    readonly fresh: TestApp,
    readonly tokens: Tokens,
    readonly tables: readonly Table[],
    readonly writer: Writer,
    private readonly sql: pg.Client,
  ) {
    this.askFresh = askOf(fresh);
  }

  /** `place` is removed when the stage closes. */
  static async open(place: TestDatabase, { engine, through = (ask) => ask, more = [] }: StageOptions): Promise<Stage> {
    const sql = new pg.Client({ connectionString: place.url });
    await sql.connect();
    for (const statement of [...SMALL_MARKETPLACE, ...more]) await sql.query(statement);
    const cached = await startApp({ place, env: { CACHE_ENGINE: engine } });
    const fresh = await startApp({ place: { ...place, remove: async () => undefined } });
    const tokens = new Tokens(fresh);
    const writer = await Writer.connect(cached, tokens, place.url);
    return new Stage(cached, through(askOf(cached)), fresh, tokens, await readTables(sql), writer, sql);
  }

  rows(): Promise<Rows> {
    return readRows(this.sql, this.tables);
  }

  /** Resolves when the cache has learnt of every commit until now. By itself it would, within milliseconds. */
  async caughtUp(): Promise<void> {
    await this.cached.poll();
  }

  async close(): Promise<void> {
    await this.writer.end();
    await this.sql.end();
    await this.fresh.close();
    await this.cached.close();
  }
}
