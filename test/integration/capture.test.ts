/** The triggers against an oracle that compares rows, on tables of their own: the marketplace's counters would write beside. */
import fc from 'fast-check';
import pg from 'pg';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { parseChange } from '../../src/cache/event.js';
import type { Model } from '../../src/tracking/models.js';
import { captureSql } from '../../src/tracking/triggers.js';
import { createTestDatabase } from '../support/test-database.js';
import { type TextRow, changesBetween } from './capture/oracle.js';
import { BOX, TABLES, TOY, statement } from './capture/toys.js';

const MODELS = [BOX, TOY];
const RUNS = Number(process.env.CAPTURE_RUNS ?? 60);

interface Session {
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A superuser's: the tests stop ordinary triggers, as replication does. */
async function openSession(): Promise<Session> {
  if (inject('database').kind === 'pglite') return openPGlite();
  const place = await createTestDatabase();
  const url = new URL(place.url);
  url.username = 'postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return {
    query: async (sql) => (await client.query(sql)).rows,
    async close() {
      await client.end();
      await place.remove();
    },
  };
}

async function openPGlite(): Promise<Session> {
  const place = await createTestDatabase();
  const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm');
  const pglite = await PGlite.create({ extensions: { pg_trgm }, ...(place.dump && { loadDataDir: place.dump }) });
  return {
    query: async (sql) => (await pglite.exec(sql)).at(-1)?.rows as Record<string, unknown>[],
    close: () => pglite.close(),
  };
}

let session: Session;
beforeAll(async () => {
  session = await openSession();
  await session.query(TABLES);
  for (const model of MODELS) await session.query(captureSql(model));
});
afterAll(() => session.close());

const textOf = ({ name, columns }: Model): string =>
  `(SELECT coalesce(json_agg(json_build_object(${Object.keys(columns)
    .map((c) => `'${c}', "${c}"::text`)
    .join()})), '[]') FROM "${name}")`;

interface State {
  rows: Map<Model, TextRow[]>;
  /** Each column and tag of the events since the last look. */
  changes: Set<string>;
}

async function look(): Promise<State> {
  const [row] = await session.query(
    `WITH gone AS (DELETE FROM cache_event RETURNING changes)
     SELECT ${MODELS.map((model) => `${textOf(model)} AS "${model.name}"`).join()},
       (SELECT coalesce(json_agg(change), '[]') FROM gone, unnest(changes) AS change) AS changes`,
  );
  const texts = row!.changes as string[];
  const changes = new Set(
    texts.map(parseChange).flatMap(({ tag, columns }) => columns.map((column) => `${column} ${tag}`)),
  );
  return { rows: new Map(MODELS.map((model) => [model, row![model.name] as TextRow[]])), changes };
}

const expectedBetween = (before: State, after: State): Set<string> =>
  new Set(MODELS.flatMap((model) => [...changesBetween(model, before.rows.get(model)!, after.rows.get(model)!)]));

/** A statement that breaks a constraint changes nothing. */
const attempt = (sql: string): Promise<unknown> =>
  session.query(sql).catch((error: unknown) => {
    if (!/violates|cannot affect row a second time/.test(String(error))) throw error;
  });

beforeEach(async () => {
  await session.query('TRUNCATE "Box", "Toy"');
  await look();
});
afterEach(() => session.query('RESET session_replication_role'));

describe('the changes that are captured', () => {
  test(
    'are exactly those by which the rows differ, whatever statement made them differ',
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(statement, { minLength: 3, maxLength: 12 }), async (statements) => {
          await session.query('TRUNCATE "Box", "Toy"');
          let before = await look();
          for (const sql of statements) {
            await attempt(sql);
            const after = await look();
            expect([...after.changes].sort(), sql).toEqual([...expectedBetween(before, after)].sort());
            before = after;
          }
        }),
        { numRuns: RUNS },
      );
    },
  );

  test('are nothing for a transaction that was rolled back', async () => {
    await session.query(`BEGIN; INSERT INTO "Box" VALUES (1, 'a'); UPDATE "Box" SET code = 'b'; ROLLBACK`);
    expect((await look()).changes).toEqual(new Set());
  });

  test('are told where ordinary triggers are stopped, as they are by replication', async () => {
    await session.query('SET session_replication_role = replica');
    await session.query(`INSERT INTO "Box" (id, code) VALUES (1, 'a')`);
    expect((await look()).changes).toContain('* Box:1');
  });

  const fill = (count: number) => `INSERT INTO "Box" (id, code) SELECT n, 'a' FROM generate_series(1, ${count}) AS n`;

  test.each([
    ['an insert', 'SELECT', fill],
    ['an update', fill(201), (count: number) => `UPDATE "Box" SET code = 'b' WHERE id <= ${count}`],
    ['a delete', fill(201), (count: number) => `DELETE FROM "Box" WHERE id <= ${count}`],
  ])('of %s name 200 rows one by one, and of 201 the model as a whole', async (_, prepare, write) => {
    const changesOf = async (count: number) => {
      await session.query('TRUNCATE "Box", "Toy"');
      await session.query(prepare);
      await look();
      await session.query(write(count));
      return (await look()).changes;
    };
    expect([...(await changesOf(200))].filter((change) => / Box:\d+$/.test(change))).toHaveLength(200);
    expect(await changesOf(201)).toEqual(new Set(['* Box!']));
  });

  test('of a truncation name the model as a whole, and each that goes with it', async () => {
    await session.query('TRUNCATE "Box" CASCADE');
    expect((await look()).changes).toEqual(new Set(['* Box!', '* Toy!']));
  });
});
