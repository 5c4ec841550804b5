/** What is too much is refused before Node has parsed it, in the same words, and the connection goes on. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { SocketClient, lasting, post } from '../support/socket-client.js';

const asking = (query: string): string => post(JSON.stringify({ query }));
/** Each is another, as long as the others: never a hit. */
let asked = 0;
const anew = (): string => asking(`query Q${String((asked += 1)).padStart(4, '0')} { agents { totalCount } }`);

/** One request at a time. */
async function serve(engine: string) {
  const app = await startApp({ env: { CACHE_ENGINE: engine, MAX_IN_FLIGHT: '1' } });
  const seen = { parsed: 0, shed: 0 };
  app.observations.on('refused', ({ kind }) => {
    if (kind === 'shed') seen.shed += 1;
  });
  const server = createServer((request, response) => {
    seen.parsed += 1;
    app.handle(request, response);
  });
  app.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await app.close();
  };
  return { app, seen, port: (server.address() as AddressInfo).port, close };
}

/** While `act` runs nobody reads agents, and whoever has asked for them is inside. */
const whileLocked = (app: TestApp, act: () => Promise<void>): Promise<void> =>
  app.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
      await act();
    },
    { timeout: 15_000 },
  );

describe.each(['larder', 'off'])('a server that is full, CACHE_ENGINE=%s', (engine) => {
  let served: Awaited<ReturnType<typeof serve>> | null = null;
  const clients: SocketClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await served?.close();
    served = null;
  });
  const connect = (port: number): SocketClient => {
    const client = new SocketClient(port);
    clients.push(client);
    return client;
  };

  test('refuses on the socket what Node would refuse, and answers there when it has room again', async () => {
    served = await serve(engine);
    const { app, seen, port } = served;
    const client = connect(port);
    for (let time = 0; time < 3; time += 1) expect((await client.ask(anew())).status).toBe(200);
    const inside = connect(port);
    let answered: Promise<{ status: number }> = Promise.reject(new Error('It was not asked.'));
    answered.catch(() => undefined);
    try {
      await whileLocked(app, async () => {
        answered = inside.ask(anew());
        await expect.poll(async () => (await connect(port).ask(anew())).status, { timeout: 10_000 }).toBe(503);
        const before = { ...seen };
        const refused = await client.ask(anew());
        expect(seen).toEqual({ parsed: before.parsed, shed: before.shed + 1 });
        const byNode = await connect(port).ask(anew());
        expect(seen).toEqual({ parsed: before.parsed + 1, shed: before.shed + 2 });
        expect(lasting(refused)).toEqual(lasting(byNode));
        expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
        expect(refused.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
        expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
        client.write('GET /health/live HTTP/1.1\r\nHost: larder.example\r\n\r\n');
        expect((await client.reply()).status).toBe(200);
      });
    } finally {
      // The embedded database does not come to an end while somebody waits for it.
      await answered;
    }
    expect((await answered).status).toBe(200);
    expect((await client.ask(anew())).status).toBe(200);
  });
});
