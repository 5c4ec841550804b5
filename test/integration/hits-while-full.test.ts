/** While the server has too much to do it refuses what it would have to execute; what it can answer at once it does, though it would otherwise execute it anew. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { SocketClient, post } from '../support/socket-client.js';

const HIT = post(JSON.stringify({ query: '{ agentCategories { category } }' }));
const query = (text: string) => post(JSON.stringify({ query: text }));
const MAX_AGE_S = 600_000;
/** Of its last tenth: wherever in that its moment lies, it is past. */
const LEFT_S = 60;

let app: TestApp;
let port: number;
/** Requests that Node has parsed. */
let parsed = 0;
const server = createServer((request, response) => {
  parsed += 1;
  app.handle(request, response);
});
beforeEach(async () => {
  const lifetimes = ['Query.agentCategories', 'AgentCategory'].map((name) => `${name}=${MAX_AGE_S}`);
  app = await startApp({
    env: { CACHE_ENGINE: 'larder', MAX_IN_FLIGHT: '1', CACHE_LIFETIMES: lifetimes.join() },
  });
  app.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await app.close();
  vi.restoreAllMocks();
});

test('a hit that is about to expire is answered, by Node and before it', { timeout: 60_000 }, async () => {
  const client = new SocketClient(port);
  for (let time = 0; time < 4; time += 1) await client.ask(HIT);
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 1_000 * (MAX_AGE_S - LEFT_S));
  // For the lease the machine was suspended all that time.
  await app.poll();
  const slow = new SocketClient(port);
  await app.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
    slow.write(query('{ agents { totalCount } }'));
    const other = new SocketClient(port);
    await expect.poll(async () => (await other.ask(query('{ agents(first: 1) { totalCount } }'))).status).toBe(503);
    const before = parsed;
    for (let time = 0; time < 3; time += 1) {
      const { status, headers } = await client.ask(HIT);
      expect([status, headers['x-cache'], Number(headers.age) >= MAX_AGE_S - LEFT_S]).toEqual([200, 'HIT', true]);
    }
    expect(parsed).toBe(before);
    // The first request of a connection is Node's.
    const newcomer = new SocketClient(port);
    expect(await newcomer.ask(HIT)).toMatchObject({ status: 200, headers: { 'x-cache': 'HIT' } });
    expect(parsed).toBe(before + 1);
    for (const each of [other, newcomer]) each.close();
  });
  expect((await slow.reply()).status).toBe(200);
  // It was due all the while.
  await expect.poll(async () => Number((await client.ask(HIT)).headers.age)).toBeLessThan(LEFT_S);
  for (const each of [client, slow]) each.close();
});
