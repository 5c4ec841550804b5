import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { expect, test } from 'vitest';
import { closeInOrder } from '../../src/platform/close-in-order.js';

/** More than the kernel takes for a client that does not read. */
const CONTENT = Buffer.alloc(64 * 1024 * 1024, 'x');

async function startServer() {
  const server = createServer((_request, response) => response.end(CONTENT));
  const close = closeInOrder(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { close, port: (server.address() as AddressInfo).port };
}

/** One that has asked, and reads the first piece only. */
async function slowReader(port: number): Promise<{ socket: Socket; read: () => number }> {
  const socket = connect(port, '127.0.0.1');
  let bytes = 0;
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  const [first] = (await once(socket, 'data')) as [Buffer];
  bytes += first.length;
  socket.pause();
  socket.on('data', (piece: Buffer) => (bytes += piece.length));
  socket.pause();
  return { socket, read: () => bytes };
}

test('a client that reads slowly gets its whole answer from a server that closes', async () => {
  const { close, port } = await startServer();
  const { socket, read } = await slowReader(port);
  const closed = close(60_000);
  socket.resume();
  await once(socket, 'close');
  await closed;
  expect(read()).toBeGreaterThan(CONTENT.length);
});

test('one that never reads keeps it from closing for as long as it was given, and no longer', async () => {
  const { close, port } = await startServer();
  const { socket } = await slowReader(port);
  const idle = connect(port, '127.0.0.1');
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  await close(300);
  socket.destroy();
  idle.destroy();
});
