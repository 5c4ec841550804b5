/** Connections of the real server: whose are cut, whose are kept, and how it ends when something hangs. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, startChild } from '../support/child.js';

const MAX_CONNECTIONS = 20;
const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

let server: Child;
let port: number;
beforeAll(async () => {
  const env = { DATABASE_URL: 'memory://', SEED: 'off', PORT: '0', MAX_CONNECTIONS: String(MAX_CONNECTIONS) };
  server = startChild('src/main.ts', [], { AUTH_SECRET: 'a secret that only this test knows of', ...env });
  port = Number(/127\.0\.0\.1:(\d+)\/graphql/.exec(await server.says(/answers at http:\S+\/graphql/))![1]);
});
afterAll(async () => {
  server.kill('SIGTERM');
  await server.ended;
});

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Resolves with what comes of it. */
const ask = async (socket: Socket): Promise<string> => {
  socket.write(LIVE);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString().split('\r\n')[0]!;
};

test(
  'whoever is slow to send a head is cut after 10 s, however they are slow; one who has asked and is silent is not',
  { timeout: 60_000 },
  async () => {
    const idle = await open();
    expect(await ask(idle)).toBe('HTTP/1.1 200 OK');
    const silent = await open();
    const dribbling = await open();
    const late = await open();
    await ask(late);
    const startedAt = performance.now();
    const headers = setInterval(() => dribbling.write('X-More: and more\r\n'), 500);
    dribbling.write('GET /health/live HTTP/1.1\r\n');
    // Its second request.
    late.write('GET /heal');
    const bytes = setInterval(() => late.write('t'), 500);
    const seconds = await Promise.all(
      [silent, dribbling, late].map(async (socket) => {
        await once(socket.resume(), 'close');
        return (performance.now() - startedAt) / 1_000;
      }),
    );
    clearInterval(headers);
    clearInterval(bytes);
    for (const after of seconds) {
      expect(after).toBeGreaterThan(9);
      expect(after).toBeLessThan(15);
    }
    expect(await ask(idle)).toBe('HTTP/1.1 200 OK');
    idle.destroy();
  },
);

test('more connections than MAX_CONNECTIONS are closed at once, and there is room again when others have gone', async () => {
  const sockets = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, open));
  expect(await Promise.all(sockets.map(ask))).toEqual(Array(MAX_CONNECTIONS).fill('HTTP/1.1 200 OK'));
  const many = await open();
  await once(many.resume(), 'close');
  expect(await ask(sockets[0]!)).toBe('HTTP/1.1 200 OK');
  sockets.forEach((socket) => socket.destroy());
  await expect
    .poll(async () => {
      const socket = await open();
      const answer = await Promise.race([ask(socket), once(socket, 'close').then(() => null)]);
      socket.destroy();
      return answer;
    })
    .toBe('HTTP/1.1 200 OK');
});

test('SIGUSR2 turns debug lines on, and off again', async () => {
  server.kill('SIGUSR2');
  await server.says(/"logLevel":"debug"/);
  server.kill('SIGUSR2');
  await server.says(/"logLevel":"debug"[^]*"logLevel":"info"/);
});

test('WORKERS are refused with the embedded database, which one process has to itself', async () => {
  const { code, output } = await startChild('src/main.ts', [], { WORKERS: '2', PORT: '0' }).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/WORKERS.*DATABASE_URL/);
});

test('a worker that does not end when it is told to is killed', async () => {
  const child = startChild('test/support/deaf-worker.ts');
  await child.says(/a worker answers/);
  child.kill('SIGTERM');
  const { code, output } = await child.ended;
  expect(code).toBe(0);
  expect(output).toMatch(/did not end when it was told to, and is killed/);
});

test('a process that is stuck while it stops ends when it has been given its time, and says so', async () => {
  const { code, output } = await startChild('test/support/stuck-stop.ts').ended;
  expect(code).toBe(1);
  expect(output).toMatch(/it has taken too long to stop/);
});
