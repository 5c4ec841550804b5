/** Nothing is begun for a client until it has said all that it wants, however it says it; and what it says is taken as if it had come at once. */
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/admission/shed.js';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

const QUERY = '{ agents { totalCount } }';
const CHUNKED = { 'transfer-encoding': 'chunked' };
const halves = (body: string): [string, string] => [body.slice(0, body.length / 2), body.slice(body.length / 2)];

let app: TestApp;
let server: Listening;
/** As the server has them, in the order of their heads. */
let arrived: IncomingMessage[];
let operations: ObservedOperation[];
/** Each asks what nobody has asked before. */
let asked = 0;
const named = (name: string): string => `query ${name}${(asked += 1)} { agents { totalCount } }`;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', MAX_IN_FLIGHT: '1' } });
  app.observations.on('operation', (operation) => operations.push(operation));
  server = await listen((request, response) => {
    arrived.push(request);
    app.handle(request, response);
  });
});
beforeEach(() => {
  [arrived, operations] = [[], []];
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const begin = (headers: Record<string, string>, query = ''): ClientRequest =>
  httpRequest(`${server.url}/graphql${query}`, {
    method: query === '' ? 'POST' : 'GET',
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  }).on('error', () => undefined);

/** Resolves when the server has seen the head, and what came with it. */
async function beginWith(
  said: string,
  headers: Record<string, string>,
  query = '',
): Promise<[ClientRequest, IncomingMessage]> {
  const request = begin(headers, query);
  const before = arrived.length;
  request.write(said);
  await expect.poll(() => arrived.length).toBe(before + 1);
  return [request, arrived[before]!];
}

async function answerTo(request: ClientRequest) {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

const ask = async (query = QUERY) => {
  const request = begin({});
  request.end(JSON.stringify({ query }));
  return await answerTo(request);
};

describe.each([
  ['in chunks', () => CHUNKED],
  ['with its length', (body: string) => ({ 'content-length': String(body.length) })],
])('a body that comes in pieces, %s,', (_how, headersOf) => {
  test.each([60, 20_000, 70_000, MAX_BODY_BYTES])('is answered as if it had come at once: %d bytes', async (bytes) => {
    const said = JSON.stringify({ query: QUERY });
    const body = said + ' '.repeat(bytes - said.length);
    const size = Math.ceil(bytes / 7);
    const [request] = await beginWith(body.slice(0, size), headersOf(body));
    const answer = answerTo(request);
    for (let from = size; from < bytes; from += size) {
      request.write(body.slice(from, from + size));
      // So that the pieces are several to the server, too.
      expect(await ask(named('Meanwhile'))).toMatchObject({ status: 200 });
    }
    request.end();
    expect(await answer).toEqual(await ask());
  });

  test('is told of as if it had, a miss and a hit: the time that its client took is not the server’s', async () => {
    const body = JSON.stringify({ query: named('Slow') });
    const [said, rest] = halves(body);
    for (const status of ['MISS', 'HIT']) {
      operations = [];
      const [request] = await beginWith(said, headersOf(body));
      const since = performance.now();
      await ask(named('Other'));
      await expect.poll(() => performance.now() - since, { interval: 20 }).toBeGreaterThan(300);
      const restSince = performance.now();
      request.end(rest);
      expect(await answerTo(request)).toMatchObject({ status: 200 });
      const restMs = performance.now() - restSince;
      expect(operations.map(({ name }) => name?.replace(/\d/g, ''))).toEqual(['Other', 'Slow']);
      expect(operations[1]).toMatchObject({ status });
      expect(operations[1]!.durationMs).toBeLessThanOrEqual(restMs);
    }
  });

  test('takes no place from others, and none when its client goes', async () => {
    const body = JSON.stringify({ query: 'query Gone { agents { totalCount } }' });
    for (let turn = 0; turn < 3; turn += 1) {
      const [request, seen] = await beginWith(halves(body)[0], headersOf(body));
      expect(await ask(named('Other'))).toMatchObject({ status: 200 });
      const gone = new Promise((resolve) => seen.once('close', resolve));
      request.destroy();
      await gone;
    }
    expect(await ask(named('Other'))).toMatchObject({ status: 200 });
    expect(operations.map(({ name }) => name)).not.toContain('Gone');
    expect(operations).toHaveLength(4);
  });

  test('is refused if there is too much to do by then', async () => {
    const body = JSON.stringify({ query: named('Late'), variables: { filling: 'x'.repeat(80_000) } });
    const [said, rest] = halves(body);
    const [request, seen] = await beginWith(said, headersOf(body));
    let inside: Promise<unknown> = Promise.resolve();
    await app.prisma.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
        inside = ask(named('Inside'));
        await expect.poll(() => ask('query Meanwhile { templates { totalCount } }')).toMatchObject({ status: 503 });
        request.end(rest);
        expect(await answerTo(request)).toMatchObject({ status: 503 });
        // Nobody keeps what it has said.
        await expect.poll(() => seen.readableEnded).toBe(true);
      },
      { timeout: 15_000 },
    );
    expect(await inside).toMatchObject({ status: 200 });
  });
});

test('a body without an end is refused as soon as it is too long', async () => {
  const [request] = await beginWith('{"query":"', CHUNKED);
  request.write(' '.repeat(MAX_BODY_BYTES));
  expect(await answerTo(request)).toMatchObject({ status: 413 });
});

test('a body that nobody reads is thrown away, however long it is, and the connection goes on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const begun = (path: string, method: string) =>
    httpRequest(`${server.url}${path}`, { method, agent, headers: { 'content-type': 'text/plain' } });
  for (const bytes of [50_000, 3 * MAX_BODY_BYTES]) {
    const request = begun('/nowhere', 'POST');
    // Without its length, in pieces.
    for (let sent = 0; sent < bytes; sent += 10_000) request.write('x'.repeat(10_000));
    request.end();
    expect(await answerTo(request)).toMatchObject({ status: 404 });
  }
  const last = begun('/health/live', 'GET');
  last.end();
  expect(await answerTo(last)).toMatchObject({ status: 200 });
  expect(new Set(arrived.map(({ socket }) => socket)).size).toBe(1);
  agent.destroy();
});

test('a GET that has a body, too, is answered when it has come', async () => {
  const known = `?query=${encodeURIComponent(named('Known'))}`;
  for (let time = 0; time < 3; time += 1) {
    const request = begin({}, known);
    request.end();
    expect(await answerTo(request)).toMatchObject({ status: 200 });
  }
  const [request] = await beginWith('{', CHUNKED, known);
  let answered = false;
  const answer = answerTo(request).then((told) => ((answered = true), told));
  expect(await ask(named('Other'))).toMatchObject({ status: 200 });
  expect(answered).toBe(false);
  request.end('}');
  expect(await answer).toEqual(await ask());
});

test('a client that waits to be told to go on is told so', async () => {
  const request = begin({ expect: '100-continue', ...CHUNKED });
  request.flushHeaders();
  await once(request, 'continue');
  request.end(JSON.stringify({ query: QUERY }));
  expect(await answerTo(request)).toEqual(await ask());
});
