/** A migrated, empty database of its own for each app that a test starts. */
import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';
import { type MigratedServer, copyDatabase } from './migrated-server.js';

/** What the global setup of the project has prepared. */
type Prepared = { kind: 'pglite'; dump: string } | ({ kind: 'postgres' } & MigratedServer);

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
  return await copyDatabase(prepared);
}
