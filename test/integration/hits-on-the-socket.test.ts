/** Hits are answered before Node has parsed them, as far as it has parsed the same before: what comes back is what it would have written, and where anything is unusual it is asked. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { mutate } from '../support/mutate.js';
import { type Headers, type Reply, SocketClient, headOf, lasting, post, turns } from '../support/socket-client.js';

const AGENT = JSON.stringify({ query: '{ agent(slug: "one") { tagline } }' });
const OTHER = JSON.stringify({ query: '{ agent(slug: "one") { name description } }' });
const TARGET = `/graphql?query=${encodeURIComponent('{ agent(slug: "one") { tagline } }')}`;

let app: TestApp;
let agentId: string;
let port: number;
/** Requests that Node has parsed. */
let parsed = 0;
const server = createServer((request, response) => {
  parsed += 1;
  app.handle(request, response);
});
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder', CORS_ORIGINS: 'https://shop.example' } });
  app.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  const agent = await createAgent(app.prisma, { slug: 'one', tagline: 'old', description: 'long '.repeat(5_000) });
  agentId = idOf('Agent', agent);
  await app.poll();
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await app.close();
});

const get = (headers: Headers = {}): string => headOf(`GET ${TARGET}`, headers);

/** A connection on which `text` is answered on the socket. */
async function warmed(text: string): Promise<{ client: SocketClient; reply: Reply }> {
  const client = new SocketClient(port);
  for (let time = 0; time < 10; time += 1) {
    const before = parsed;
    const reply = await client.ask(text);
    if (parsed === before) return { client, reply };
  }
  throw new Error(`Node has parsed it each time: ${text}`);
}

describe('what is answered on the socket', () => {
  test.each([
    ['a query', post(AGENT)],
    ['a long one', post(OTHER)],
    ['a query in the address', get()],
    ['one of a page from elsewhere', post(AGENT, { Origin: 'https://shop.example' })],
    ['one that names what it accepts', post(AGENT, { Accept: 'application/graphql-response+json' })],
    ['one by QUERY', post(AGENT).replace('POST', 'QUERY')],
  ])('is what Node would have written: %s', async (_name, text) => {
    const { client, reply } = await warmed(text);
    const before = parsed;
    // The first of a connection always is.
    const another = new SocketClient(port);
    const byNode = await another.ask(text);
    expect(parsed).toBe(before + 1);
    expect(byNode.headers['x-cache']).toBe('HIT');
    expect(lasting(reply)).toEqual(lasting(byNode));
    another.close();
    client.close();
  });

  test('is for whoever sends the token, and nobody else', async () => {
    const mine = JSON.stringify({ query: '{ viewer { username } }' });
    for (const name of ['ada', 'bob']) {
      const { client, reply } = await warmed(post(mine, { Authorization: `Bearer ${await app.token(name)}` }));
      expect(JSON.parse(reply.body)).toEqual({ data: { viewer: { username: name } } });
      const stranger = await client.ask(post(mine));
      expect(JSON.parse(stranger.body)).toEqual({ data: { viewer: null } });
      client.close();
    }
  });

  test('says 304 to whoever has it', async () => {
    const first = await warmed(get());
    const { reply, client } = await warmed(get({ 'If-None-Match': first.reply.headers.etag! }));
    expect([reply.status, reply.body, reply.headers['content-length']]).toEqual([304, '', undefined]);
    expect(reply.headers.etag).toBe(first.reply.headers.etag);
    // The connection is where it was.
    expect((await client.ask(get())).status).toBe(200);
    for (const { socket } of [client, first.client]) socket.destroy();
  });

  test('says so to clients that never ask otherwise, and to none that there is more to come', async () => {
    const { reply, client } = await warmed(get());
    client.close();
    const headers = { 'If-None-Match': reply.headers.etag!, Accept: 'application/json;q=0.9' };
    const first = new SocketClient(port);
    const byServer = await first.ask(get(headers));
    expect([byServer.status, byServer.headers['content-length']]).toEqual([304, undefined]);
    first.close();
    (await warmed(get(headers))).client.close();
  });

  test('is new after a write', async () => {
    const { client } = await warmed(post(AGENT));
    const token = await app.token('author', 'ADMIN');
    for (const tagline of ['newer', 'newest', 'old']) {
      await mutate(app, 'updateAgent', { input: { agentId, tagline }, select: 'agent { id }', token });
      expect(JSON.parse((await client.ask(post(AGENT))).body).data.agent.tagline).toBe(tagline);
    }
    client.close();
  });
});

describe('Node is asked, and answers as ever', () => {
  let client: SocketClient;
  beforeEach(async () => {
    ({ client } = await warmed(post(AGENT)));
  });
  afterEach(() => client.close());
  const text = '{"data":{"agent":{"tagline":"old"}}}';

  test('when two requests come at once, or one and a half', async () => {
    client.write(post(AGENT) + post(OTHER));
    expect((await client.reply()).body).toBe(text);
    expect((await client.reply()).body).toContain('"description"');
    ({ client } = await warmed(post(AGENT)));
    client.write(post(AGENT) + post(OTHER).slice(0, 70));
    expect((await client.reply()).body).toBe(text);
    client.write(post(OTHER).slice(70));
    expect((await client.reply()).body).toContain('"description"');
    expect((await client.ask(post(AGENT))).body).toBe(text);
    const { client: reader } = await warmed(get());
    reader.write(get() + get());
    for (let answer = 0; answer < 2; answer += 1) expect((await reader.reply()).body).toBe(text);
    reader.close();
  });

  test('when the one before is not answered yet', async () => {
    await app.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
      client.write(post(JSON.stringify({ query: '{ agent(slug: "one") { first: name } }' })));
      await turns();
      client.write(post(AGENT));
      await turns();
    });
    expect((await client.reply()).body).toContain('first');
    expect((await client.reply()).body).toBe(text);
  });

  test('when a request comes in pieces, wherever it is cut', async () => {
    const whole = post(AGENT);
    for (let cut = 1; cut < whole.length; cut += 13) {
      client.write(whole.slice(0, cut));
      await turns();
      client.write(whole.slice(cut));
      expect((await client.reply()).body).toBe(text);
    }
  });

  test('when a body looks like a request', async () => {
    const inner = post(OTHER);
    const refused = await client.ask(post(`{"query":"x"}${inner}`));
    expect(refused.status).toBe(400);
    expect((await client.ask(post(AGENT))).body).toBe(text);
    // A body that comes later than its head, and is itself a request that is known.
    const body = post(AGENT);
    const head = headOf('POST /graphql', { 'Content-Type': 'application/json', 'Content-Length': String(body.length) });
    client.write(get() + head);
    expect((await client.reply()).body).toBe(text);
    expect((await client.ask(body)).status).toBe(400);
    ({ client } = await warmed(post(AGENT)));
    client.write(head);
    await turns();
    const before = parsed;
    expect((await client.ask(body)).status).toBe(400);
    expect(parsed).toBe(before);
    expect((await client.ask(post(AGENT))).body).toBe(text);
  });

  test.each([
    ['a length that is not plain', post(AGENT).replace(/Content-Length: /, 'Content-Length:   ')],
    ['a line end that is not one', post(AGENT).replace('\r\nContent-Type', '\nContent-Type')],
    ['two lengths', post(AGENT, { 'content-length': '3' })],
    ['a length and chunks', post(AGENT, { 'Transfer-Encoding': 'chunked' })],
    ['a header in two lines', post(AGENT, { 'X-Long': 'one\r\n two' })],
  ])('when a head has %s: never is it taken for another', async (_name, odd) => {
    for (let time = 0; time < 4; time += 1) {
      const before = parsed;
      client.write(odd);
      const reply = await client.reply().catch(() => null);
      // Either refused, and the connection closed, or parsed by Node each time.
      if (reply === null || reply.status !== 200) return;
      expect(parsed).toBe(before + 1);
      expect(reply.body).toBe(text);
    }
  });

  test.each(['Connection', 'Proxy-Connection'])('when it is to close the connection afterwards: %s', async (name) => {
    for (let time = 0; time < 4; time += 1) {
      const { client: other } = await warmed(post(AGENT));
      const before = parsed;
      const reply = await other.ask(post(AGENT, { [name]: 'close' }));
      expect([reply.headers.connection, parsed]).toEqual(['close', before + 1]);
      await expect.poll(() => other.socket.destroyed).toBe(true);
    }
  });

  test('when a body looks like a target', async () => {
    await warmed(get());
    for (let time = 0; time < 4; time += 1) expect((await client.ask(post(TARGET))).status).toBe(400);
  });

  test('when content is not to be sent, or another version is spoken', async () => {
    const before = parsed;
    client.write(get().replace('GET', 'HEAD'));
    const head = await client.reply(true);
    expect([head.status, head.body]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBe(text.length);
    client.write(get().replace('HTTP/1.1', 'HTTP/1.0'));
    expect((await client.reply()).body).toBe(text);
    expect(parsed).toBe(before + 2);
  });

  test('when the client does not read what it is sent', async () => {
    const { client: slow } = await warmed(post(OTHER));
    slow.socket.pause();
    const COUNT = 2_000;
    for (let n = 0; n < COUNT; n += 1) slow.write(post(OTHER));
    slow.socket.resume();
    for (let n = 0; n < COUNT; n += 1) expect((await slow.reply()).status).toBe(200);
    slow.close();
  });

  test('when the connection is no socket, but another stream', async () => {
    (await warmed(post(AGENT))).client.close();
    const [sent, received] = [new PassThrough(), new PassThrough()];
    server.emit('connection', Duplex.from({ readable: sent, writable: received }));
    const before = parsed;
    for (let time = 1; time <= 3; time += 1) {
      sent.write(post(AGENT));
      const [answer] = (await once(received, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"tagline":"(old|new)"/);
      expect(parsed).toBe(before + time);
    }
    sent.end();
  });

  test('when the server is about to stop', async () => {
    const stopping = await startApp({ env: { CACHE_ENGINE: 'larder' } });
    let seen = 0;
    const other = createServer((request, response) => {
      seen += 1;
      stopping.handle(request, response);
    });
    stopping.attach(other);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const home = port;
    ({ port } = other.address() as AddressInfo);
    const categories = post(JSON.stringify({ query: '{ agentCategories { category } }' }));
    try {
      const kept = new SocketClient(port);
      for (let time = 0; time < 5; time += 1) await kept.ask(categories);
      const before = seen;
      await kept.ask(categories);
      expect(seen).toBe(before);
      stopping.drain();
      await kept.ask(categories);
      expect(seen).toBe(before + 1);
      kept.close();
    } finally {
      port = home;
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
      await stopping.close();
    }
  });
});
