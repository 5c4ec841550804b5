/* Compares what the migrations build with prisma/schema.prisma, without Prisma's downloaded engine: its WebAssembly
   build does the work, over a throw-away PGlite.
     npm run db:check    fails when they differ, and prints the SQL that is missing
     npm run db:diff     prints that SQL only, to start a new migration from */
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';

const root = new URL('..', import.meta.url);
const schema = await readFile(new URL('prisma/schema.prisma', root), 'utf8');

/** The package expects a bundler to import its .wasm; Node 20 does not, so it is instantiated by hand. */
async function loadEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm')
    .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engine.SchemaEngine;
}

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

const database = await PGlite.create({ extensions: { pg_trgm } });
for (const sql of await migrations()) await database.exec(sql);

const SchemaEngine = await loadEngine();
const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(database));
const file = { path: 'schema.prisma', content: schema };
const engine = await SchemaEngine.new({ datamodels: [[file.path, file.content]] }, () => {}, adapter);
const { exitCode, stdout } = await engine.diff({
  from: { tag: 'schemaDatasource', files: [file], configDir: '.' },
  to: { tag: 'schemaDatamodel', files: [file] },
  script: true,
  exitCode: true,
  filters: { externalTables: [], externalEnums: [] },
});
await database.close();

const check = process.argv.includes('--check');
if (exitCode === 0) console.log('The migrations build exactly what prisma/schema.prisma describes.');
else if (check)
  console.error(`prisma/schema.prisma and the migrations differ. A new migration would need:\n\n${stdout}`);
else console.log(stdout);
process.exit(check ? exitCode : 0);
