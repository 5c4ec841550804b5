/** Requests that cannot be answered: each gets a sentence and a code, writes nothing, and shows nothing of our inside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../../src/platform/auth.js';
import { SECRET, type TestApp, startApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  // With the cache, whose key is made of the variables.
  app = await startApp({ env: { CACHE_ENGINE: 'envelop' } });
});
afterAll(() => app.close());

interface Refusal {
  status: number;
  code: unknown;
  message: string;
}

/** Sends the request, and sees to it that it came to no SQL and that its answer is fit for strangers. */
async function refusal(path: string, init?: RequestInit): Promise<Refusal> {
  const { result: response, statements } = await app.countStatements(() => app.request(path, init));
  const text = await response.text();
  expect(statements).toEqual([]);
  expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|originalError|stack/);
  expect(response.headers.get('x-request-id')).toMatch(/^[\w-]+$/);
  const { errors } = JSON.parse(text) as { errors: { message: string; extensions: { code: string } }[] };
  expect(errors).toHaveLength(1);
  return { status: response.status, code: errors[0]!.extensions.code, message: errors[0]!.message };
}

const post = (body: string, headers: Record<string, string> = {}) =>
  refusal('/graphql', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const refused = (status: number, code: string, message: RegExp): Refusal => ({
  status,
  code,
  message: expect.stringMatching(message) as string,
});

describe('a body that is no request', () => {
  test.each([
    ['', /invalid JSON/],
    ['{"query": ', /invalid JSON/],
    ['\u0000', /invalid JSON/],
    ['null', /expected to be object/],
    ['"{ __typename }"', /expected to be object/],
    ['{}', /Must provide query string/],
    ['{"query": 1}', /"query" param to be a string/],
    ['{"query": "{ __typename }", "variables": "x"}', /"variables" param to be empty or an object/],
    ['{"query": "{ __typename }", "variables": []}', /"variables" param to be empty or an object/],
    ['{"query": "{ __typename }", "surprise": 1}', /Unexpected parameter "surprise"/],
    ['{"query": "query A { __typename }", "operationName": "B"}', /what operation to execute/],
  ])('%j', async (body, message) => {
    expect(await post(body)).toEqual(refused(400, 'BAD_USER_INPUT', message));
  });

  test('of several operations is refused: a batch would pass every limit of one', async () => {
    const batch = JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
    expect(await post(batch)).toEqual(refused(400, 'BAD_USER_INPUT', /Batching is not supported/));
  });

  test('of more than 100 kB is refused before it is read', async () => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { padding: 'x'.repeat(100_000) } });
    expect(await post(body)).toEqual(refused(413, 'BAD_USER_INPUT', /too large/));
  });

  test('of another type, asked for in another type, or at another place, is told where to go', async () => {
    const body = '{"query": "{ __typename }"}';
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/graphql', 'application/jsonp'];
    for (const type of types) {
      expect(await post(body, { 'content-type': type })).toEqual(
        refused(415, 'BAD_USER_INPUT', /Content-Type: application\/json/),
      );
    }
    expect(await post(body, { accept: 'text/xml' })).toEqual(
      refused(406, 'BAD_USER_INPUT', /accept application\/json/),
    );
    expect(await refusal('/graph')).toEqual(refused(404, 'NOT_FOUND', /the API is at \/graphql/));
    expect(await refusal('/graphql', { method: 'PUT' })).toEqual(
      refused(405, 'BAD_USER_INPUT', /by GET, HEAD, POST or QUERY/),
    );
  });

  test('of the right type is read however the type is written', async () => {
    const response = await app.request('/graphql', {
      method: 'POST',
      body: '{"query": "{ __typename }"}',
      headers: { 'content-type': 'APPLICATION/JSON ; charset=utf-8' },
    });
    expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  test('a mutation by GET is refused, so that no link and no picture can write', async () => {
    expect(await refusal('/graphql?query=mutation{createWalletNonce{nonce}}')).toEqual(
      refused(405, 'BAD_USER_INPUT', /mutation .* POST/),
    );
  });
});

test.each(['variables', 'extensions'])('%s of a GET that are no JSON are named', async (name) => {
  for (const value of ['{', 'x']) {
    expect(await refusal(`/graphql?query={__typename}&${name}=${encodeURIComponent(value)}`)).toEqual(
      refused(400, 'BAD_USER_INPUT', new RegExp(`parameter "${name}" is not JSON`)),
    );
  }
});

test('variables of a GET that are no object are refused', async () => {
  for (const value of ['1', '[]', '"x"']) {
    expect(await refusal(`/graphql?query={__typename}&variables=${encodeURIComponent(value)}`)).toEqual(
      refused(400, 'BAD_USER_INPUT', /"variables" param to be empty or an object/),
    );
  }
});

describe.each(['variables', 'extensions'])('%s that nest deeper than any client writes', (name) => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  // One level is the object itself.
  const ask = (levels: number) => `{"query": "{ __typename }", "${name}": {"x": ${nested(levels - 1)}}}`;

  test('are refused, declared or not', async () => {
    for (const levels of [51, 40_000]) {
      expect(await post(ask(levels))).toEqual(refused(400, 'BAD_USER_INPUT', /at most 50 levels/));
    }
  });

  test('and 50 levels are read', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.request('/graphql', { method: 'POST', body: ask(50), headers });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('a document or variables that the schema does not know', () => {
  const DEEP = `{ ${'collections { nodes { '.repeat(2_000)} id ${'} } '.repeat(2_000)} }`;

  test.each([
    ['a syntax error', '{ collections { ', {}, /^Syntax Error: Expected Name, found <EOF>/],
    ['an unknown field', '{ colections { totalCount } }', {}, /Cannot query field "colections".*Did you mean/],
    ['an unknown argument', '{ collections(page: 1) { totalCount } }', {}, /Unknown argument "page"/],
    ['an unknown enum value', '{ collections(orderBy: PRICE) { totalCount } }', {}, /"PRICE" does not exist/],
    ['an unknown input field', '{ collections(filter: { name: "x" }) { totalCount } }', {}, /"name" is not defined/],
    ['a wrong type', '{ collections(first: "10") { totalCount } }', {}, /Int cannot represent non-integer/],
    ['a number beyond 32 bits', '{ collections(first: 99999999999) { totalCount } }', {}, /non 32-bit/],
    ['a missing variable', 'query ($id: ID!) { node(id: $id) { id } }', {}, /"\$id" of required type "ID!"/],
    [
      'a variable of a wrong type',
      'query ($n: Int) { collections(first: $n) { totalCount } }',
      { n: 1.5 },
      /"\$n" got/,
    ],
    ['more than any client writes', DEEP, {}, /more that 2000 tokens/],
  ])('%s', async (_what, query, variables, message) => {
    const body = JSON.stringify({ query, variables });
    expect(await post(body)).toEqual(refused(200, 'BAD_USER_INPUT', message));
    const accept = 'application/graphql-response+json';
    expect(await post(body, { accept })).toEqual(refused(400, 'BAD_USER_INPUT', message));
  });
});

describe('arguments', () => {
  const cursorOf = (...place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');

  test.each([
    ['first: 101', ['first'], /between 0 and 100/],
    ['first: 2147483647', ['first'], /between 0 and 100/],
    ['first: -1', ['first'], /between 0 and 100/],
    ['last: -1', ['last'], /between 0 and 100/],
    ['first: 1, last: 1', ['last'], /either first or last, not both/],
    ['after: ""', ['after'], /not a cursor of this list/],
    ['after: "x"', ['after'], /not a cursor of this list/],
    [`before: "${'x'.repeat(5_000)}"`, ['before'], /not a cursor of this list/],
    [`after: "${cursorOf('collections:OWNERS', 'many', 1)}"`, ['after'], /not a cursor of this list/],
    [`after: "${cursorOf('collections:OWNERS', 1, 2 ** 31)}"`, ['after'], /not a cursor of this list/],
    [`after: "${cursorOf('collections:NAME', 'A', 1)}"`, ['after'], /in this order/],
    [`after: "${cursorOf('agents:POPULAR', 1, 1)}"`, ['after'], /not a cursor of this list/],
    ['filter: { search: "" }', ['filter', 'search'], /must not be empty/],
    [`filter: { search: "${'x'.repeat(101)}" }`, ['filter', 'search'], /at most 100/],
  ])('collections(%s) is refused', async (args, path, message) => {
    const { errors, data } = await app.execute(`{ collections(${args}) { nodes { id } } }`);
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        path: ['collections'],
        extensions: { code: 'BAD_USER_INPUT', issues: [{ path, message: expect.stringMatching(message) }] },
      },
    ]);
  });

  const idOf = (text: string) => Buffer.from(text).toString('base64');

  test.each([
    '',
    'x',
    '💥',
    idOf('Agent'),
    idOf('Agent:'),
    idOf('Agent:0'),
    idOf('Agent:-1'),
    idOf('Agent:1.5'),
    idOf('Agent:01'),
    idOf('Agent:2147483648'),
    idOf('Agent:1 OR 1=1'),
    idOf('Nothing:1'),
    idOf('Query:1'),
    idOf('constructor:1'),
    'x'.repeat(10_000),
  ])('node(id: %j) is refused', async (id) => {
    const { result, statements } = await app.countStatements(() =>
      app.execute('query ($id: ID!) { node(id: $id) { id } }', { id }),
    );
    expect(result.data).toEqual({ node: null });
    expect(result.errors).toMatchObject([
      { path: ['node'], extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['id'] }] } },
    ]);
    expect(statements).toEqual([]);
  });

  test('nodes names each id that is none by its place, and takes at most 100', async () => {
    const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const some = await app.execute(NODES, { ids: [idOf('Agent:1'), 'x'] });
    expect(some.data).toEqual({ nodes: [null, null] });
    expect(some.errors).toMatchObject([{ path: ['nodes', 1], extensions: { issues: [{ path: ['ids', 1] }] } }]);
    const many = await app.execute(NODES, { ids: Array.from({ length: 101 }, (_, i) => idOf(`Agent:${i + 1}`)) });
    expect(many.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['ids'] }] } }]);
  });
});

describe('an address', () => {
  const CHECKSUMMED = '0xb47e3cd837dDF8e4c57F05d70Ab865de6e193BBB';
  const collection = (address: string) =>
    app.execute('query ($address: String!) { collection(address: $address) { address } }', { address });

  test('is found in whatever form it is written, and shown in one', async () => {
    await app.prisma.collection.create({ data: { address: CHECKSUMMED.toLowerCase(), name: 'CryptoPunks' } });
    for (const form of [CHECKSUMMED, CHECKSUMMED.toLowerCase(), `0x${CHECKSUMMED.slice(2).toUpperCase()}`]) {
      const { data, errors } = await collection(form);
      expect(errors).toEqual([]);
      expect(data).toEqual({ collection: { address: CHECKSUMMED.toLowerCase() } });
    }
  });

  test.each([
    ['a wrong checksum', CHECKSUMMED.replace('dDF8', 'DdF8'), /checksum \(EIP-55\)/],
    ['too few digits', CHECKSUMMED.slice(0, -1), /not an address/],
    ['too many digits', `${CHECKSUMMED}0`, /not an address/],
    ['a letter that is no digit', CHECKSUMMED.replace('BBB', 'BBG'), /not an address/],
    ['no 0x', CHECKSUMMED.slice(2), /not an address/],
    ['spaces around it', ` ${CHECKSUMMED} `, /not an address/],
    ['nothing', '', /not an address/],
    ['the name of somebody', 'vitalik.eth', /not an address/],
  ])('with %s is refused', async (_what, address, message) => {
    const { data, errors } = await collection(address);
    expect(data).toEqual({ collection: null });
    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'BAD_USER_INPUT',
          issues: [{ path: ['address'], message: expect.stringMatching(message) }],
        },
      },
    ]);
  });
});

describe('a token of a request', () => {
  const ask = (authorization: string) => post('{"query": "{ __typename }"}', { authorization });

  test.each([
    ['of another kind', 'Basic YTpi', /must read "Bearer <token>"/],
    ['without a kind', 'eyJhbGciOiJIUzI1NiJ9.e30.x', /must read "Bearer <token>"/],
    ['that is empty', 'Bearer ', /must read "Bearer <token>"/],
    ['that is none', 'Bearer x.y.z', /not signed with a key/],
  ])('%s is refused', async (_what, authorization, message) => {
    expect(await ask(authorization)).toEqual(refused(401, 'UNAUTHENTICATED', message));
  });

  test('that is forged or has expired is refused, even where none is needed', async () => {
    const forged = await signToken('another secret of 32 characters!', { user: 'ada', role: 'ADMIN', ttlSeconds: 60 });
    const expired = await signToken(SECRET, { user: 'ada', role: 'USER', ttlSeconds: -60 });
    expect(await ask(`Bearer ${forged}`)).toEqual(refused(401, 'UNAUTHENTICATED', /not signed with a key/));
    expect(await ask(`Bearer ${expired}`)).toEqual(refused(401, 'UNAUTHENTICATED', /it has expired.*Sign in again/));
    expect(await app.prisma.user.count()).toBe(0);
  });

  test('is asked for by the standard header', async () => {
    const response = await app.request('/graphql?query={__typename}', { headers: { authorization: 'Bearer x' } });
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });
});
