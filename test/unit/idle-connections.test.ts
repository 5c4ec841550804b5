/** How long a connection is kept on which answers go past Node's parser. */
import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UNTRIED } from '../../src/sockets/connection.js';
import { Sockets } from '../../src/sockets/sockets.js';
import { post } from '../support/socket-client.js';

const KEEP_ALIVE_MS = 200;
/** Node looks once more before it closes a connection that has written much. */
const LONG_MS = 8 * KEEP_ALIVE_MS;
/** More than the buffers between a server and a client hold. */
const CONTENT = 'x'.repeat(20_000_000);
const LINES = `content-length: ${CONTENT.length}\r\n`;

const LARGE = post('{"large":1}');
/** With the same head. */
const SMALL = post('{"small":1}');
const SLOW = post('{"takes":"long"}');

let server: Server;
let client: Socket;
/** What has come, but for the large answers. */
let said: string;
let received: number;
/** Resolves when Node has found SLOW, with what answers it. */
let slow: Promise<() => void>;
beforeEach(async () => {
  const sockets = new Sockets({
    isOurs: () => true,
    wallMs: Date.now,
    answerOn: (wire) => (_asked, text, socket) => {
      if (!text.includes('large')) return UNTRIED;
      wire.send(socket, 200, LINES, CONTENT);
      return null;
    },
  });
  let found: (answer: () => void) => void;
  slow = new Promise((resolve) => (found = resolve));
  server = createServer((request, response) => {
    const answer = () => void response.end('here');
    request.resume().on('end', () => (request.headers['content-length'] === '11' ? answer() : found(answer)));
  });
  Object.assign(server, { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveTimeoutBuffer: 0 });
  sockets.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [said, received] = ['', 0];
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  client.on('data', (chunk) => {
    received += chunk.length;
    if (chunk.length < 1_000) said += chunk.toString();
  });
  client.on('error', () => undefined);
  client.write(SMALL);
  // Its head is known from now on.
  await isSaid();
});
afterEach(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Node has answered once more. */
async function isSaid(): Promise<void> {
  await expect.poll(() => said).toMatch(/here$/);
  said = '';
}
const isRead = () => expect.poll(() => received, { timeout: 10_000 }).toBeGreaterThan(CONTENT.length);

/** A large hit that is read when another request has come behind it. */
async function askBehind(text: string): Promise<void> {
  client.pause();
  client.write(LARGE);
  await passed(50);
  client.write(text);
}

test('is not over while a request is answered that came before the client had read the answer to the last', async () => {
  await askBehind(SLOW);
  const answer = await slow;
  client.resume();
  await isRead();
  await passed(LONG_MS);
  answer();
  await isSaid();
});

test('is not over while a request is still coming', async () => {
  await askBehind(SLOW.slice(0, 70));
  client.resume();
  await isRead();
  await passed(LONG_MS);
  client.write(SLOW.slice(70));
  (await slow)();
  await isSaid();
});

test('is over when the client has read all, and asks nothing for that long', async () => {
  client.pause();
  client.write(LARGE);
  await passed(LONG_MS);
  client.resume();
  await isRead();
  await expect.poll(() => client.destroyed, { timeout: 5_000 }).toBe(true);
});
