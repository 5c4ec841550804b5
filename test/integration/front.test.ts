/** Hits are answered before the server: like the server would, byte by byte, and only what it would answer. */
import { request as send } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../../src/platform/auth.js';
import { SECRET, type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';
import { overSocket } from '../support/over-socket.js';

let app: TestApp;
let server: Listening;
let agentId: string;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', CORS_ORIGINS: 'https://shop.example,https://other.example' } });
  server = await listen(app);
  agentId = idOf(
    'Agent',
    await createAgent(app.prisma, { slug: 'one', tagline: 'old', description: 'long '.repeat(500) }),
  );
  await app.poll();
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Got {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** As it comes over the wire. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = send(new URL(path, server.url), { method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: Buffer.concat(pieces),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
const HIT = { status: 200, headers: { 'x-cache': 'HIT' } };
const JSON_TYPE = { 'content-type': 'application/json' };
const post = (query: string, headers: Record<string, string> = {}, variables?: object, method = 'POST') => {
  const body = JSON.stringify({ query, variables });
  return ask(method, '/graphql', { ...JSON_TYPE, 'content-length': String(Buffer.byteLength(body)), ...headers }, body);
};
const get = (query: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(method, `/graphql?query=${encodeURIComponent(query)}`, headers);

const AGENT = '{ agent(slug: "one") { tagline } }';
const LONG = '{ agent(slug: "one") { description } }';
const MINE = '{ viewer { username } }';
const VARIABLE = 'query Named($slug: String!) { agent(slug: $slug) { name } }';

describe('a hit', () => {
  test('is what the server would have answered, in bytes and headers, whatever the client accepts and wherever it comes from', async () => {
    const ways: Record<string, string>[] = [
      {},
      { accept: 'application/graphql-response+json' },
      { accept: 'application/json; q=0.5, application/graphql-response+json' },
      { accept: '*/*', origin: 'https://shop.example' },
      { origin: 'https://other.example', authorization: `Bearer ${await app.token('ada')}` },
      { origin: 'https://stranger.example' },
    ];
    for (const way of ways)
      for (const query of [AGENT, LONG]) {
        await post(query, way);
        const hit = await post(query, way);
        const body = JSON.stringify({ query });
        const server = await app.request('/graphql', { method: 'POST', headers: { ...JSON_TYPE, ...way }, body });
        expect(hit.status).toBe(200);
        expect(hit.headers['x-cache']).toBe('HIT');
        expect(hit.body.toString()).toBe(await server.text());
        expect(lasting(hit.headers)).toEqual(lasting(Object.fromEntries(server.headers)));
      }
  });

  test('costs no SQL, no GraphQL, and is found by GET, HEAD, POST and QUERY', async () => {
    await post(AGENT);
    await get(AGENT);
    const { statements } = await app.countStatements(async () => {
      for (const method of ['POST', 'QUERY']) expect(await post(AGENT, {}, undefined, method)).toMatchObject(HIT);
      expect(await get(AGENT)).toMatchObject(HIT);
      const head = await get(AGENT, {}, 'HEAD');
      expect(head).toMatchObject(HIT);
      expect([head.body.length, head.headers['content-length']]).toEqual([0, String((await get(AGENT)).body.length)]);
    });
    expect(statements).toEqual([]);
  });

  test('is not served any more after a write', async () => {
    const token = await app.token('author', 'ADMIN');
    for (const tagline of ['newer', 'newest']) {
      await post(AGENT);
      expect(await post(AGENT)).toMatchObject(HIT);
      await mutate(app, 'updateAgent', { input: { agentId, tagline }, select: 'agent { id }', token });
      const { body, headers } = await post(AGENT);
      expect(JSON.parse(body.toString())).toEqual({ data: { agent: { tagline } } });
      expect(headers['cache-status']).toBe('larder; fwd=stale; stored; detail=changed');
    }
  });

  test('of other variables is another one', async () => {
    await createAgent(app.prisma, { slug: 'two', name: 'Second' });
    await app.poll();
    for (const slug of ['one', 'two', 'one', 'two']) {
      const { body } = await post(VARIABLE, {}, { slug });
      const { data } = await app.execute(VARIABLE, { slug });
      expect(JSON.parse(body.toString())).toEqual({ data });
    }
  });

  test('names the request as it was named, or anew', async () => {
    await post(AGENT);
    expect((await post(AGENT, { 'x-request-id': 'given-1' })).headers['x-request-id']).toBe('given-1');
    const ids = await Promise.all(['<script>', '', 'x'.repeat(100)].map((id) => post(AGENT, { 'x-request-id': id })));
    for (const { headers } of ids) expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('what a viewer alone may see', () => {
  test('is found again for them, and for nobody else', async () => {
    const [ada, bob] = [await app.token('ada'), await app.token('bob')];
    for (let round = 0; round < 3; round += 1)
      for (const [token, username] of [
        [ada, 'ada'],
        [bob, 'bob'],
        [undefined, null],
      ] as const) {
        const { body } = await post(MINE, token ? { authorization: `Bearer ${token}` } : {});
        expect(JSON.parse(body.toString()).data.viewer?.username ?? null).toBe(username);
      }
    const hit = await post(MINE, { authorization: `Bearer ${ada}` });
    expect(hit).toMatchObject({ ...HIT, headers: { 'cache-control': 'private, no-cache' } });
    expect(hit.headers['vary']).toContain('authorization');
  });

  test('tokens that do not hold are refused, also where anybody may have the answer, and with its tag in hand', async () => {
    await post(AGENT);
    const { headers } = await post(AGENT);
    const expired = await signToken(SECRET, { user: 'ada', role: 'USER', ttlSeconds: -60 });
    for (const authorization of ['Bearer nonsense', 'Basic YTpi', `Bearer ${expired}`])
      for (const answer of [
        await post(AGENT, { authorization }),
        await get(AGENT, { authorization, 'if-none-match': headers['etag']! }),
      ])
        expect([answer.status, answer.headers['x-cache']]).toEqual([401, undefined]);
  });
});

describe('content that has not changed', () => {
  test('is not sent again, and only after a write is', async () => {
    await get(LONG);
    const tag = (await get(LONG)).headers['etag']!;
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await get(LONG, { 'if-none-match': known });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
      expect(answer.headers).toMatchObject({ 'cache-control': 'public, no-cache', 'x-cache': 'HIT' });
    }
    const inBrotli = `"${tag.slice(1, -1)}-br"`;
    for (const other of ['"other"', tag.slice(0, -2) + '"', 'nonsense', '', inBrotli, `"${tag.slice(1, -1)}-<script>"`])
      expect((await get(LONG, { 'if-none-match': other })).status).toBe(200);
    // To other methods it means something else (RFC 9110, 13.1.2).
    for (const method of ['POST', 'QUERY'])
      for (const wish of ['no-cache', 'max-age=0'])
        expect((await post(LONG, { 'if-none-match': tag, 'cache-control': wish }, undefined, method)).status).toBe(200);
    for (const wish of ['no-cache', 'max-age=0']) {
      const headers = { 'if-none-match': inBrotli, 'accept-encoding': 'gzip, br', 'cache-control': wish };
      expect(await get(LONG, headers)).toMatchObject({ status: 304, headers: { etag: inBrotli } });
    }
  });

  test('nor by the server, when it executes again and finds the same', async () => {
    const tag = (await get(LONG)).headers['etag']!;
    const answer = await get(LONG, { 'if-none-match': tag, 'cache-control': 'no-cache' });
    expect([answer.status, answer.headers['x-cache'], answer.headers['etag']]).toEqual([304, 'BYPASS', tag]);
  });
});

describe('compression', () => {
  const decoded: Record<string, (content: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync };

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
  ])('%s: %s, made once and not while anybody waits', async (accepted, coding) => {
    const plain = await post(LONG);
    const ask = () => post(LONG, { 'accept-encoding': accepted });
    await expect.poll(async () => (await ask()).headers['content-encoding']).toBe(coding);
    const answer = await ask();
    expect(answer.body.length).toBeLessThan(plain.body.length / 2);
    expect(decoded[coding]!(answer.body).equals(plain.body)).toBe(true);
    expect(answer.headers['etag']).toBe(`"${plain.headers['etag']!.slice(1, -1)}-${coding}"`);
    expect(answer.headers['vary']).toContain('accept-encoding');
  });

  test('is left out where it would not pay, or is not wanted', async () => {
    for (const accepted of ['identity', 'br;q=0', 'compress'])
      expect((await post(LONG, { 'accept-encoding': accepted })).headers['content-encoding']).toBeUndefined();
    for (let n = 0; n < 3; n += 1)
      expect((await post(AGENT, { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });
});

describe('requests that are not plain', () => {
  test('streams of events and parts are delivered as such, each time', async () => {
    for (const [accept, type] of [
      ['text/event-stream', /^text\/event-stream/],
      ['multipart/mixed', /^multipart\/mixed/],
    ] as const)
      for (let n = 0; n < 3; n += 1) {
        await post(AGENT);
        const answer = await post(AGENT, { accept });
        expect(answer.headers['content-type']).toMatch(type);
        expect(answer.headers['etag']).toBeUndefined();
        expect(answer.body.toString()).toMatch(/event: next|--/);
      }
  });

  test('a body that says what an address said is still no JSON', async () => {
    const target = `/graphql?query=${encodeURIComponent(AGENT)}`;
    await get(AGENT);
    await get(AGENT);
    for (const method of ['POST', 'QUERY']) {
      const headers = { ...JSON_TYPE, 'content-length': String(target.length) };
      expect((await ask(method, '/graphql', headers, target)).status).toBe(400);
    }
  });

  test('an Origin that is empty changes nothing for those who send none', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json;q=0.9']) {
      await post(AGENT, { accept, origin: '' });
      await post(AGENT, { accept, origin: '' });
      expect((await post(AGENT, { accept })).headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('bodies in pieces, in chunks, or longer than is remembered are answered all the same', async () => {
    const body = JSON.stringify({ query: AGENT });
    const whole = await post(AGENT);
    const pieces = ['POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'];
    const inPieces = [`${pieces[0]}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`, body.slice(9)];
    const inChunks = [
      `${pieces[0]}Transfer-Encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n`,
      `${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
    ];
    for (const sent of [inPieces, inPieces, inChunks, inChunks])
      expect(await overSocket(server, sent, 1)).toEqual([whole.body.toString()]);
    const long = JSON.stringify({ query: AGENT + ' '.repeat(40_000) });
    const answers = [1, 2].map(() =>
      ask('POST', '/graphql', { ...JSON_TYPE, 'content-length': String(long.length) }, long),
    );
    for (const { body } of await Promise.all(answers)) expect(body.equals(whole.body)).toBe(true);
  });

  test('many in one packet are answered in order', async () => {
    const queries = [AGENT, LONG, '{ agents(first: 1) { totalCount } }', AGENT, LONG];
    const expected = [];
    for (const query of queries) expected.push((await post(query)).body.toString());
    for (let round = 0; round < 3; round += 1) {
      const packet = queries.map((query) => {
        const body = JSON.stringify({ query });
        return `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      });
      expect(await overSocket(server, [packet.join('')], queries.length)).toEqual(expected);
    }
  });

  test.each([
    ['another media type', { 'content-type': 'text/plain' }, 415],
    ['none', {}, 415],
    ['a compressed body', { ...JSON_TYPE, 'content-encoding': 'gzip' }, 415],
    ['an answer that is no JSON', { ...JSON_TYPE, accept: 'image/png' }, 406],
  ])('%s is refused as the server refuses it, however often the text was answered', async (_, headers, status) => {
    await post(AGENT);
    await post(AGENT);
    const body = JSON.stringify({ query: AGENT });
    expect((await ask('POST', '/graphql', { 'content-length': String(body.length), ...headers }, body)).status).toBe(
      status,
    );
  });

  test('writes are never taken for questions: not by GET, not by QUERY, and not a second time by POST', async () => {
    const token = await app.token('author', 'ADMIN');
    const write = `mutation { updateAgent(input: { agentId: "${agentId}", tagline: "written" }) { agent { id } } }`;
    const headers = { authorization: `Bearer ${token}` };
    for (let n = 0; n < 2; n += 1) {
      expect((await get(write, headers)).status).toBe(405);
      expect((await post(write, headers, undefined, 'QUERY')).status).toBe(405);
    }
    for (const tagline of ['a', 'b']) {
      await app.prisma.agent.updateMany({ where: { slug: 'one' }, data: { tagline } });
      const { statements } = await app.countStatements(() => post(write, headers));
      expect(statements.some((sql) => sql.includes('UPDATE'))).toBe(true);
    }
  });

  test('another method is told which there are', async () => {
    const { status, headers } = await ask('PUT', '/graphql', JSON_TYPE, '{}');
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, POST, QUERY']);
  });

  test('a browser that opens the address is shown a page, whatever was answered there', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    for (let n = 0; n < 3; n += 1) {
      await post(AGENT, { accept });
      await get(AGENT);
      expect((await get(AGENT, { accept })).headers['content-type']).toMatch(/^text\/html/);
    }
  });

  test('wishes of developers are granted: executed afresh, and explained', async () => {
    await post(AGENT);
    await post(AGENT);
    for (const wish of ['no-cache', 'No-Cache', 'max-age=0, NO-CACHE'])
      expect((await post(AGENT, { 'cache-control': wish })).headers['x-cache']).toBe('BYPASS');
    const explained = await post(AGENT, { 'x-cache-explain': '1' });
    expect(JSON.parse(explained.body.toString()).extensions.cache.status).toBe('HIT');
    expect(explained.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(explained.headers['etag']).toBeUndefined();
  });

  test('what is not stored is not to be stored by others either', async () => {
    for (const query of [
      '{ nothing }',
      '{ agent(slug: 1) { name } }',
      `{ agent(slug: "one") { name viewerHasInstalled(workspaceId: "x") } }`,
    ]) {
      const { headers } = await post(query);
      expect(headers['cache-control'] ?? 'no-store').toBe('no-store');
      expect(headers['etag']).toBeUndefined();
    }
  });
});

/** Without what speaks of one answer or one connection. */
function lasting(headers: Record<string, string>): Record<string, string> {
  const passing = ['age', 'connection', 'content-length', 'date', 'keep-alive', 'x-request-id'];
  return Object.fromEntries(
    Object.entries(headers)
      // How long it is good for depends on the second in which it is asked for.
      .map(([name, value]) => [name.toLowerCase(), value.replace(/ttl=\d+/, 'ttl')] as const)
      .filter(([name]) => !passing.includes(name)),
  );
}
