/** For projects on PostgreSQL: one server per run, with a migrated database that those of the tests are copies of. */
import type { TestProject } from 'vitest/node';
import { startMigratedServer } from './migrated-server.js';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, template, stop } = await startMigratedServer();
  project.provide('database', { kind: 'postgres', url, template });
  return stop;
}
