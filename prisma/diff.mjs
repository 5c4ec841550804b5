/* Compares what the migrations build with prisma/schema.prisma, over a throw-away PGlite: tables by Prisma's own engine, and the triggers that capture
   writes by ours.
     npm run db:check               fails when they differ, and prints the SQL that is missing
     npm run db:diff                prints that SQL only, to start a new migration from
     npm run db:diff -- --capture   prints all statements that make the triggers, to put back what somebody changed */
import { readFile, readdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { INSTALLED_TRIGGERS, CAPTURE_PREFIX, differingTriggers } from '../src/cache/postgres/capture.js';
import { LEDGER_TABLES } from '../src/cache/postgres/ledger.js';
import { POPULAR_TABLE } from '../src/response-cache/popular-operations.js';
import { allModels } from '../src/tracking/models.js';
import { captureSql, captureTriggers, dropCaptureSql } from '../src/tracking/triggers.js';
import { openSchemaEngine } from './schema-engine.mjs';

if (process.argv.includes('--capture')) {
  console.log(allModels.map(captureSql).join('\n'));
  process.exit(0);
}

const root = new URL('..', import.meta.url);
const schema = await readFile(new URL('prisma/schema.prisma', root), 'utf8');

async function migrations() {
  const folder = new URL('prisma/migrations/', root);
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    names
      .map((entry) => entry.name)
      .sort()
      .map((name) => readFile(new URL(`${name}/migration.sql`, folder), 'utf8')),
  );
}

/** What the server writes down for itself alone while it works: no responses are made of it, so it is no model, and nothing captures it. */
const WORK_TABLES = ['refresh_owner', 'refresh_score'];

const database = await PGlite.create({ extensions: { pg_trgm } });
for (const sql of await migrations()) await database.exec(sql);

/** Prisma's part. @returns SQL, or nothing. */
async function missingTables() {
  const engine = await openSchemaEngine(schema, new PrismaPGlite(database));
  const files = [{ path: 'schema.prisma', content: schema }];
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: {
      externalTables: [...LEDGER_TABLES, POPULAR_TABLE, ...WORK_TABLES].map((table) => `public.${table}`),
      externalEnums: [],
    },
  });
  return exitCode === 0 ? '' : stdout;
}

/** The functions and triggers of models that have none, or other ones; and the end of those whose model is gone. */
async function missingCapture() {
  const { rows: installed } = await database.query(INSTALLED_TRIGGERS);
  const differing = new Set(differingTriggers(captureTriggers(allModels), installed).map(({ table }) => table));
  const { rows: functions } = await database.query(
    'SELECT proname AS name FROM pg_proc WHERE starts_with(proname, $1)',
    [CAPTURE_PREFIX],
  );
  const gone = functions
    .map(({ name }) => name.slice(CAPTURE_PREFIX.length))
    .filter((table) => !allModels.some(({ name }) => name === table));
  const made = allModels.filter(({ name }) => differing.has(name)).map(captureSql);
  return [...gone.map(dropCaptureSql), ...made].join('\n');
}

const missing = [await missingTables(), await missingCapture()].filter(Boolean).join('\n');
await database.close();

const check = process.argv.includes('--check');
if (missing === '') console.log('The migrations build exactly what prisma/schema.prisma describes.');
else if (check)
  console.error(`prisma/schema.prisma and the migrations differ. A new migration would need:\n\n${missing}`);
else console.log(missing);
process.exit(check && missing !== '' ? 2 : 0);
