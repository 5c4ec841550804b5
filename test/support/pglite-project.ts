/** For the project `pglite`: migrates one embedded database per run. Every app starts from its dump, which takes a tenth of the time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import type { TestProject } from 'vitest/node';
import { migrate, readMigrations } from '../../src/platform/migrations.js';
import { MIGRATIONS } from './migrations.js';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-pglite-'));
  const file = join(directory, 'migrated.tar');
  await writeFile(file, Buffer.from(await (await dumpMigrated()).arrayBuffer()));
  project.provide('database', { kind: 'pglite', dump: file });
  return () => rm(directory, { recursive: true, force: true });
}

async function dumpMigrated(): Promise<Blob> {
  const pglite = await PGlite.create({ extensions: { pg_trgm } });
  await migrate(
    {
      query: async <Row>(sql: string, values?: unknown[]) => (await pglite.query<Row>(sql, values)).rows,
      script: async (sql) => {
        await pglite.exec(sql);
      },
    },
    await readMigrations(MIGRATIONS),
  );
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  return dump;
}
