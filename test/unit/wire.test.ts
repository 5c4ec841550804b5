import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
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
