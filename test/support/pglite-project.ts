/**
 * For projects on the embedded database: a migrated one, as a dump that every app starts from. To load it takes half a
 * second, to make it five; so it is kept in node_modules/.cache for as long as the migrations stay as they are.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import type { TestProject } from 'vitest/node';
import manifest from '../../package.json' with { type: 'json' };
import { type Migration, migrate, readMigrations } from '../../src/platform/migrations.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/larder/', import.meta.url));

export default async function setup(project: TestProject): Promise<void> {
  const migrations = await readMigrations(MIGRATIONS);
  const dump = join(CACHE, `migrated-${fingerprint(migrations)}.tar`);
  if (!existsSync(dump)) await keep(dump, await dumpOf(migrations));
  project.provide('database', { kind: 'pglite', dump });
}

function fingerprint(migrations: readonly Migration[]): string {
  const parts = [
    manifest.dependencies['@electric-sql/pglite'],
    ...migrations.flatMap(({ name, checksum }) => [name, checksum]),
  ];
  return createHash('sha256').update(parts.join()).digest('hex').slice(0, 16);
}

async function dumpOf(migrations: readonly Migration[]): Promise<Blob> {
  const pglite = await PGlite.create({ extensions: { pg_trgm } });
  await migrate(
    {
      query: async <Row>(sql: string, values?: unknown[]) => (await pglite.query<Row>(sql, values)).rows,
      script: async (sql) => {
        await pglite.exec(sql);
      },
    },
    migrations,
  );
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  return dump;
}

/** Another run may do the same at this moment: files appear whole, and the first one stays. */
async function keep(file: string, dump: Blob): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  await forget(await readdir(CACHE));
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
  await link(unfinished, file).catch((error: unknown) => {
    if (!existsSync(file)) throw error;
  });
  await rm(unfinished);
}

/** Dumps of other migrations may be in use by a run on another branch: they go when they are a day old. */
async function forget(names: readonly string[]): Promise<void> {
  const aDayAgo = Date.now() - 24 * 3_600_000;
  for (const path of names.map((name) => join(CACHE, name)))
    if ((await stat(path)).mtimeMs < aDayAgo) await rm(path, { force: true });
}
