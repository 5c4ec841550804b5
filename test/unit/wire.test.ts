import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ROOM_BYTES, Wire } from '../../src/sockets/wire.js';

const START = Date.UTC(2026, 0, 1, 12, 0, 0, 300);

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout'], now: START }));
afterEach(() => vi.useRealTimers());

test('each answer says the second in which it was sent, and how long the connection is kept as the server says then', async () => {
  const server = { keepAliveTimeout: 5_000 };
  const { here, there } = await newPair();
  const wire = new Wire(server, Date.now, () => false);
  const said = async () => {
    wire.send(here, 200, 'content-length: 2\r\n', '{}');
    const [bytes] = (await once(there, 'data')) as [Buffer];
    return bytes.toString();
  };
  const answer = (seconds: string, kept: number) =>
    `HTTP/1.1 200 OK\r\ncontent-length: 2\r\nDate: Thu, 01 Jan 2026 12:00:${seconds} GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${kept}\r\n\r\n{}`;
  expect(await said()).toBe(answer('00', 5));
  vi.advanceTimersByTime(699);
  expect(await said()).toBe(answer('00', 5));
  server.keepAliveTimeout = 7_000;
  vi.advanceTimersByTime(1);
  expect(await said()).toBe(answer('01', 7));
  vi.advanceTimersByTime(61_000);
  expect(await said()).toBe(answer('02', 7).replace('12:00', '12:01'));
});

test('an answer of any length arrives as it is, whatever was sent before it', async () => {
  const wire = newWire();
  const { here, there } = await newPair();
  const contents = [0, 1, 60_000, ROOM_BYTES - 200, ROOM_BYTES, 0, 3 * ROOM_BYTES, 2].map((length, number) =>
    LETTERS[number]!.repeat(length),
  );
  for (const content of contents) wire.send(here, 200, '', content);
  here.end();
  expect(await contentsOf(there)).toEqual(contents.map((content) => seen(content)));
});

test('what a client has not read yet is not changed by what others are sent', async () => {
  const wire = newWire();
  const [slow, other] = [await newPair(), await newPair()];
  const [content, another] = ['a'.repeat(60_000), 'b'.repeat(60_000)];
  let answers = 0;
  for (; slow.here.writableLength === 0 && answers < 10_000; answers += 1) wire.send(slow.here, 200, '', content);
  expect(slow.here.writableLength).toBeGreaterThan(0);
  for (const { here } of [other, slow, other]) wire.send(here, 200, '', here === slow.here ? content : another);
  slow.here.end();
  other.here.end();
  const [read, readByOther] = await Promise.all([contentsOf(slow.there), contentsOf(other.there)]);
  expect(read).toEqual(Array.from({ length: answers + 1 }, () => seen(content)));
  expect(readByOther).toEqual([seen(another), seen(another)]);
});

const LETTERS = 'abcdefgh';

const newWire = () => new Wire({ keepAliveTimeout: 5_000 }, Date.now, () => false);

/** Short, so that one that is wrong can be read. */
const seen = (content: string) => ({ bytes: content.length, letters: [...new Set(content)].join('') });

async function contentsOf(there: Socket) {
  const [, ...contents] = (await buffer(there)).toString('latin1').split(/HTTP[^]*?\r\n\r\n/);
  return contents.map(seen);
}

async function newPair(): Promise<{ here: Socket; there: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const there = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [here] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    here.destroy();
    there.destroy();
    server.close();
  });
  return { here, there };
}
