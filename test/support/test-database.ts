/** A migrated, empty database of its own for each app that a test starts. */
import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';

/** What the project's global setup prepared. */
export type Prepared = { kind: 'pglite'; dump: string } | { kind: 'postgres'; url: string; template: string };

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
  throw new Error('not yet');
}
