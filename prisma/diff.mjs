/* Compares what the migrations build with prisma/schema.prisma, over a throw-away PGlite.
     npm run db:check    fails when they differ, and prints the SQL that is missing
     npm run db:diff     prints that SQL only, to start a new migration from */
import { readFile, readdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { openSchemaEngine } from './schema-engine.mjs';

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

const database = await PGlite.create({ extensions: { pg_trgm } });
for (const sql of await migrations()) await database.exec(sql);

const engine = await openSchemaEngine(schema, new PrismaPGlite(database));
const files = [{ path: 'schema.prisma', content: schema }];
const { exitCode, stdout } = await engine.diff({
  from: { tag: 'schemaDatasource', files, configDir: '.' },
  to: { tag: 'schemaDatamodel', files },
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
