/** Who listens to the stream: for how long, and how far behind. Over real sockets; the ticks come when the test says so. */
import type { ServerResponse } from 'node:http';
import { type Socket, connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveStream } from '../../../src/monitoring/dashboard/live-stream.js';
import { type Listening, listen } from '../../support/listen.js';

const TICK_MS = 1_000;
/** More than the system takes from us for one who does not read, in all. */
const MANY_BYTES = 64 * 1024 * 1024;
const LARGE = 'x'.repeat(256 * 1024);

let stream: LiveStream;
let server: Listening;
let tick: string;
let mayListen: boolean | Promise<boolean>;
let responses: ServerResponse[];
/** What would end the process, if nobody listened for it. */
let errors: unknown[];
const sockets: Socket[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  [tick, mayListen, responses, errors] = ['{}', true, [], []];
  stream = new LiveStream({
    history: () => '{}',
    tick: () => tick,
    look: () => undefined,
    mayListen: () => Promise.resolve(mayListen),
  });
  server = await listen((request, response) => {
    responses.push(response.on('error', (error) => errors.push(error)));
    stream.add(request, response);
  });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  stream.close();
  await server.close();
});

async function join(): Promise<Socket> {
  const before = stream.count;
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await expect.poll(() => stream.count).toBe(before + 1);
  return socket;
}

/** One that does not read, and of whose ticks the system takes no more. */
async function joinUnread(): Promise<ServerResponse> {
  await join();
  const response = responses.at(-1)!;
  tick = LARGE;
  for (let sent = 0; response.writableLength === 0 && sent < MANY_BYTES; sent += LARGE.length) await ticks(1);
  tick = '{}';
  expect(response.writableLength).toBeGreaterThan(0);
  return response;
}

/** Resolves when what was written has left, as far as the system takes it. */
async function ticks(number: number): Promise<void> {
  for (let index = 0; index < number; index += 1) {
    vi.advanceTimersByTime(TICK_MS);
    await new Promise(setImmediate);
  }
}

test('a listener that does not read is dropped when too many bytes are unread, and one that reads hears all', async () => {
  const reader = await join();
  let heard = 0;
  reader.on('data', (bytes: Buffer) => (heard += bytes.length));
  await join();
  tick = LARGE;
  let sent = 0;
  while (stream.count === 2 && sent < MANY_BYTES) {
    await ticks(1);
    sent += LARGE.length;
    // What it has not read is the fault of the one that does not, alone.
    await expect.poll(() => heard, { interval: 1 }).toBeGreaterThanOrEqual(sent);
  }
  expect(stream.count).toBe(1);
  await ticks(1);
  await expect.poll(() => heard).toBeGreaterThan(sent + LARGE.length);
});

test('a listener that has little to read is not dropped, however long it does not read', async () => {
  await join();
  await ticks(3_600);
  expect(stream.count).toBe(1);
});

test('a listener whose token has ended is told so and let go within a quarter of a minute', async () => {
  const reader = await join();
  let text = '';
  reader.on('data', (bytes: Buffer) => (text += bytes.toString()));
  await ticks(15);
  expect(stream.count).toBe(1);
  mayListen = false;
  await ticks(15);
  await expect.poll(() => stream.count).toBe(0);
  await expect.poll(() => text).toContain('event: bye');
});

test('a listener that does not read and whose token has ended is written to no more', async () => {
  const response = await joinUnread();
  mayListen = false;
  await ticks(31);
  expect(errors).toEqual([]);
  expect(response.writableEnded).toBe(true);
  expect(response.closed).toBe(false);
  expect(stream.count).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a listener is let go once, if its token ends while the server stops', async () => {
  const response = await joinUnread();
  let tell!: (mayListen: boolean) => void;
  mayListen = new Promise((resolve) => (tell = resolve));
  await ticks(15);
  stream.close();
  tell(false);
  await new Promise(setImmediate);
  expect(errors).toEqual([]);
  expect(response.writableEnded).toBe(true);
  expect(stream.count).toBe(0);
});

test('nothing is made when nobody listens', async () => {
  const reader = await join();
  reader.destroy();
  await expect.poll(() => stream.count).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('who has gone before they are taken in keeps no place', async () => {
  const gone = await join();
  gone.destroy();
  await expect.poll(() => stream.count).toBe(0);
  const [response] = responses;
  expect(stream.add(response!.req, response!)).toBe(true);
  expect(stream.count).toBe(0);
});
