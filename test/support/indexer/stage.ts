/** One app, and one indexer that it may be told of, for all tests of a file. */
import type { Logger } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { type TestApp, startApp } from '../app.js';
import { type FakeIndexer, startFakeIndexer } from './fake-indexer.js';

export interface Stage {
  app: TestApp;
  indexer: FakeIndexer;
}

/** What is there once the tests begin. @param envOf and `logger`: of the app. */
export function standStage(
  envOf: (indexer: FakeIndexer) => Record<string, string> = () => ({}),
  logger?: Logger,
): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    stage.indexer = await startFakeIndexer();
    stage.app = await startApp({ env: envOf(stage.indexer), ...(logger && { logger }) });
  });
  afterAll(async () => {
    await stage.app.close();
    await stage.indexer.close();
  });
  return stage;
}
