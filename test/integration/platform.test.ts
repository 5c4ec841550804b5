import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

test('a new database answers with empty lists, in one statement', async () => {
  const { result, statements } = await app.countStatements(() => app.execute('{ collections { nodes { name } } }'));
  expect(result.errors).toEqual([]);
  expect(result.data).toEqual({ collections: { nodes: [] } });
  expect(statements).toHaveLength(1);
});
