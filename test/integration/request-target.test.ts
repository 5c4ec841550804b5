/** What `fetch` cannot send: requests as bytes, through a real server. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

let app: TestApp;
let server: Listening;
beforeAll(async () => {
  app = await startApp();
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await app.close();
});

async function send(target: string, host = 'localhost', method = 'GET') {
  const { port, hostname } = new URL(server.url);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.once('error', reject).once('close', () => resolve(text));
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Request-Id: raw-1\r\nConnection: close\r\n\r\n`);
  });
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

const QUERY = '/graphql?query={__typename}';

describe('a request that has no address is refused, and shown nothing of our inside', () => {
  test.each([
    ['a b', QUERY],
    ['[', QUERY],
    ['evil.com:99999', QUERY],
    ['evil.com/graphql?query={__typename}&', '/'],
    ['evil.com#', QUERY],
    ['me@evil.com', QUERY],
    ['localhost', '*'],
    ['localhost', 'http://['],
    ['localhost', 'ftp://evil.com/graphql'],
  ])('Host: %s, target %s', async (host, target) => {
    const { status, head, body } = await send(target, host, target === '*' ? 'OPTIONS' : 'GET');
    expect(JSON.parse(body)).toEqual({
      errors: [
        { message: expect.stringMatching(/Host header|request target/), extensions: { code: 'BAD_USER_INPUT' } },
      ],
    });
    expect(status).toBe(400);
    expect(head).toContain('content-type: application/json');
    expect(head).toContain('x-request-id: raw-1');
  });
});

test.each([
  ['localhost:4000', QUERY],
  ['[::1]:4000', QUERY],
  ['', QUERY],
  ['localhost:4000', `http://larder.example${QUERY}`],
  ['localhost:4000', `HTTPS://larder.example:8443${QUERY}`],
])('Host: %s, target %s is answered', async (host, target) => {
  const { status, body } = await send(target, host);
  expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { data: { __typename: 'Query' } } });
});

test('a proxy’s target with a path that is not ours is answered as the path is', async () => {
  expect((await send('http://larder.example', 'localhost:4000')).status).toBe(404);
});
