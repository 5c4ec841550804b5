import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Wire } from '../../src/sockets/wire.js';

const START = Date.UTC(2026, 0, 1, 12, 0, 0, 300);

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout'], now: START }));
afterEach(() => vi.useRealTimers());

test('each answer says the second in which it was sent, and how long the connection is kept as the server says then', () => {
  const server = { keepAliveTimeout: 5_000 };
  const socket = new PassThrough();
  const wire = new Wire(server, Date.now, () => false);
  const said = () => {
    wire.send(socket as unknown as Socket, 200, 'content-length: 2\r\n', '{}');
    return (socket.read() as Buffer).toString();
  };
  const answer = (seconds: string, kept: number) =>
    `HTTP/1.1 200 OK\r\ncontent-length: 2\r\nDate: Thu, 01 Jan 2026 12:00:${seconds} GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${kept}\r\n\r\n{}`;
  expect(said()).toBe(answer('00', 5));
  vi.advanceTimersByTime(699);
  expect(said()).toBe(answer('00', 5));
  server.keepAliveTimeout = 7_000;
  vi.advanceTimersByTime(1);
  expect(said()).toBe(answer('01', 7));
  vi.advanceTimersByTime(61_000);
  expect(said()).toBe(answer('02', 7).replace('12:00', '12:01'));
});

test('what a client has not read yet is not changed by what others are sent', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire = new Wire({ keepAliveTimeout: 5_000 }, Date.now, () => false);
  const send = (socket: Socket, letter: string) => wire.send(socket, 200, '', letter.repeat(60_000));
  const [slow, other] = [await pairOf(server), await pairOf(server)];
  let answers = 0;
  for (; slow.here.writableLength === 0; answers += 1) send(slow.here, 'a');
  send(other.here, 'b');
  slow.here.end();
  other.here.end();
  const [read, readByOther] = await Promise.all([contentsOf(slow), contentsOf(other)]);
  expect(read).toEqual(Array.from({ length: answers }, () => ({ bytes: 60_000, letters: 'a' })));
  expect(readByOther).toEqual([{ bytes: 60_000, letters: 'b' }]);
  server.close();
});

async function contentsOf({ there }: Pair) {
  const [, ...contents] = (await buffer(there)).toString('latin1').split(/HTTP[^]*?\r\n\r\n/);
  return contents.map((content) => ({ bytes: content.length, letters: [...new Set(content)].join('') }));
}

interface Pair {
  here: Socket;
  there: Socket;
}

async function pairOf(server: Server): Promise<Pair> {
  const there = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [here] = (await once(server, 'connection')) as [Socket];
  return { here, there };
}
