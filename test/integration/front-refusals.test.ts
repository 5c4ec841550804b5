/** What the server refuses is refused as well when the front knows the query: it answers nothing that the server would not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

let app: TestApp;
let server: Listening;
let front = 0;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  server = await listen(app);
  await createAgent(app.prisma, { slug: 'one' });
  await app.poll();
  app.observations.on('operation', ({ isFront }) => (front += isFront ? 1 : 0));
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Body {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: unknown;
}
const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: Body) =>
  fetch(`${server.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
const get = ({ query, variables }: Body, headers = {}) => {
  const search = new URLSearchParams({
    query,
    ...(variables !== undefined && { variables: JSON.stringify(variables) }),
  });
  return fetch(`${server.url}/graphql?${search}`, { headers });
};

/** Each test has a query that no other has made known. */
let query = '';
let number = 0;
beforeEach(() => {
  number += 1;
  query = `# test ${number}\n{ agents(first: 1) { nodes { slug name${number}: name } } }`;
});

/** Refused when nobody knows the query, and when the front does. @param send asks for it otherwise. */
async function refusedTwice(send: () => Promise<Response>, ask: () => Promise<Response>, status: number) {
  expect((await send()).status).toBe(status);
  front = 0;
  for (let times = 0; times < 4; times += 1) expect((await ask()).status).toBe(200);
  expect(front).toBeGreaterThan(0);
  front = 0;
  for (let times = 0; times < 3; times += 1) expect((await send()).status).toBe(status);
  expect(front).toBe(0);
}

describe('a GET', () => {
  test.each(['application/jsonp', 'application/json-patch+json', 'application/jsonlines; charset=utf-8'])(
    'of type %s, which only begins like JSON',
    async (type) => {
      await refusedTwice(
        () => get({ query }, { 'content-type': type }),
        () => get({ query }),
        415,
      );
    },
  );

  test.each(['application/json', 'Application/JSON ; charset=utf-8'])('of type %s is answered', async (type) => {
    for (let times = 0; times < 4; times += 1)
      expect((await get({ query }, { 'content-type': type })).status).toBe(200);
  });
});

describe('a name of an operation that holds a part of a query', () => {
  test('by which the name and the query would read like another query without a name', async () => {
    const [first, rest] = query.split('\n') as [string, string];
    await refusedTwice(
      () => post({ operationName: `\n${first}`, query: rest }),
      () => post({ query }),
      400,
    );
  });

  test('by which they would read like those of another query with a name', async () => {
    const named = `# first\nquery Named { agents(first: 1) { nodes { slug name${number}: name } } }`;
    await refusedTwice(
      () => post({ operationName: 'Named\n# first', query: named.split('\n')[1]! }),
      () => post({ operationName: 'Named', query: named }),
      400,
    );
  });
});

describe('variables that nest too deep', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  test.each([{ junk: nested(60) }, { slug: { a: nested(50) } }])('%#, whatever they are called', async (deep) => {
    const asked = `query ($slug: String = "one") { agent(slug: $slug) { slug name${number}: name } }`;
    await refusedTwice(
      () => post({ query: asked, variables: deep }),
      () => post({ query: asked, variables: {} }),
      400,
    );
    await refusedTwice(
      () => get({ query: asked, variables: deep }),
      () => get({ query: asked, variables: {} }),
      400,
    );
  });

  test('and such that do not are of no account where nobody asked for them', async () => {
    const asked = `query ($slug: String = "one") { agent(slug: $slug) { slug name${number}: name } }`;
    for (let times = 0; times < 4; times += 1)
      expect((await post({ query: asked, variables: { junk: nested(49), times } })).status).toBe(200);
  });
});
