/** The audits of GraphQL over HTTP that graphql-http brings, on a server with its cache: cold, and when it has answered before. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

let app: TestApp;
let server: Listening;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const audits = serverAudits({ url: () => `${server.url}/graphql` });

test('there are 61 of them', () => {
  expect(audits).toHaveLength(61);
});

describe.each(['cold', 'warm'])('%s', () => {
  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});
