/** A migrated, empty database of its own for each app that a test starts. */
import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';
import { runSql } from './postgres.js';

/** What the global setup of the project has prepared. */
type Prepared = { kind: 'pglite'; dump: string } | { kind: 'postgres'; url: string; template: string };

declare module 'vitest' {
  export interface ProvidedContext {
    database: Prepared;
  }
}

export interface TestDatabase {
  url: string;
  dump?: Blob;
  remove(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const prepared = inject('database');
  if (prepared.kind === 'pglite')
    return { url: 'memory://', dump: await openAsBlob(prepared.dump), remove: () => Promise.resolve() };
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new URL('postgres', prepared.url).href;
  await runSql(admin, `CREATE DATABASE ${name} TEMPLATE ${prepared.template}`);
  return {
    url: new URL(name, prepared.url).href,
    remove: () => runSql(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
