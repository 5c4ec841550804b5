/** Queries that are known, with variables that are not, are answered on the socket too: what comes meanwhile waits, and what only the server can answer is still its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, idOf } from '../support/marketplace.js';
import { SocketClient, lasting, post, turns } from '../support/socket-client.js';

const NAMED = 'query Named($slug: String!) { agent(slug: $slug) { name } }';
const SOME = 'query Some($ids: [ID!]!) { nodes(ids: $ids) { id } }';
const asking = (query: string, variables: object): string => post(JSON.stringify({ query, variables }));
let slugs = 0;
const named = (): string => asking(NAMED, { slug: `none-${(slugs += 1)}`.padEnd(12, '-') });
const OF_ONE = asking(NAMED, { slug: 'one' });
const NOBODY = '{"data":{"agent":null}}';
const ONE = '{"data":{"agent":{"name":"One ☕"}}}';

/** The app, at a port where it is asked, and what Node has parsed there. */
async function serve() {
  const app = await startApp({ env: { CACHE_ENGINE: 'larder', RATE_LIMIT_PER_MINUTE: '100000' } });
  const seen = { parsed: 0 };
  const server = createServer((request, response) => {
    seen.parsed += 1;
    app.handle(request, response);
  });
  app.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = await createAgent(app.prisma, { slug: 'one', name: 'One ☕' });
  await app.poll();
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await app.close();
  };
  return { app, agentId: idOf('Agent', agent), seen, port, close };
}

let served: Awaited<ReturnType<typeof serve>>;
let app: TestApp;
let client: SocketClient;
beforeAll(async () => {
  served = await serve();
  ({ app } = served);
});
afterAll(() => served.close());
beforeEach(async () => {
  client = await taught(served.port);
});
afterEach(() => client.close());

/** A connection on which the server knows what is asked, and how. */
async function taught(port: number): Promise<SocketClient> {
  const taughtOne = new SocketClient(port);
  for (let time = 0; time < 5; time += 1) await taughtOne.ask(named());
  for (let time = 0; time < 3; time += 1) await taughtOne.ask(asking(SOME, { ids: [served.agentId] }));
  await taughtOne.ask(OF_ONE);
  return taughtOne;
}

/** While `act` runs nothing of the table is read. */
const whileLocked = (act: () => Promise<void>): Promise<void> =>
  app.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
    await act();
  });

test('a miss is what Node would have written', async () => {
  const before = served.seen.parsed;
  const reply = await client.ask(named());
  expect(served.seen.parsed).toBe(before);
  const another = new SocketClient(served.port);
  const byNode = await another.ask(named());
  expect(served.seen.parsed).toBe(before + 1);
  expect([reply.body, reply.headers['x-cache']]).toEqual([NOBODY, 'MISS']);
  // What is left goes down with each.
  const same = ({ headers, ...rest }: typeof reply) => {
    const kept = Object.entries(headers).map(([name, value]) => [name, name.startsWith('ratelimit') ? '' : value]);
    return lasting({ ...rest, headers: Object.fromEntries(kept) });
  };
  expect(same(reply)).toEqual(same(byNode));
  expect(reply.headers['x-operation-cost']).toBe(byNode.headers['x-operation-cost']);
  another.close();
});

describe('what comes while a miss is waited for', () => {
  test('is answered after it, in its order, whoever answers it', async () => {
    await whileLocked(async () => {
      client.write(named());
      await turns();
      // A hit, one more miss, and one whose second half comes later.
      client.write(OF_ONE);
      await turns();
      client.write(named() + OF_ONE.slice(0, 50));
      await turns();
    });
    const bodies = [await client.reply(), await client.reply(), await client.reply()].map(({ body }) => body);
    client.write(OF_ONE.slice(50));
    bodies.push((await client.reply()).body);
    expect(bodies).toEqual([NOBODY, ONE, NOBODY, ONE]);
    expect((await client.ask(named())).body).toBe(NOBODY);
  });

  test('may be more than anybody keeps', async () => {
    const COUNT = 3_000;
    await whileLocked(async () => {
      client.write(named());
      await turns();
      for (let n = 0; n < COUNT; n += 1) client.write(OF_ONE);
      await turns();
    });
    expect((await client.reply()).body).toBe(NOBODY);
    for (let n = 0; n < COUNT; n += 1) expect((await client.reply()).body).toBe(ONE);
  });

  test('may be that its client goes, which others do not notice', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => taught(served.port)));
    await whileLocked(async () => {
      for (const [index, other] of others.entries()) {
        other.write(named());
        await turns();
        // Some have asked more, some say goodbye.
        if (index > 1) other.write(OF_ONE);
        await turns();
        if (index % 2 === 0) other.close();
        else other.socket.end();
      }
      await turns();
    });
    expect((await client.ask(named())).body).toBe(NOBODY);
    const again = await taught(served.port);
    expect((await again.ask(named())).body).toBe(NOBODY);
    again.close();
    for (const other of others) other.close();
    // What those asked who have gone is executed and told of, too, and not beside the next test.
    await expect.poll(() => app.underway).toBe(0);
  });
});

describe('what the server has to say', () => {
  test('it says, of what was executed once, and tells of what that took', async () => {
    const { parsed } = served.seen;
    const ids = [served.agentId, 'nonsense'];
    const told = new Promise<ObservedOperation>((resolve) => app.observations.on('operation', resolve));
    const { result, statements } = await app.countStatements(() => client.ask(asking(SOME, { ids })));
    expect(await told).toMatchObject({ errorCodes: ['BAD_USER_INPUT'], statements: 1, batches: [1] });
    expect(result.body).toContain('BAD_USER_INPUT');
    expect(statements).toHaveLength(1);
    expect(served.seen.parsed).toBe(parsed + 1);
    // The connection is where it was.
    expect((await client.ask(named())).body).toBe(NOBODY);
    expect(served.seen.parsed).toBe(parsed + 1);
  });

  test('it says of variables that are none, and of what came behind them', async () => {
    client.write(asking(NAMED, { slug: 7 }));
    expect((await client.reply()).body).toContain('String cannot represent a non string value');
    await whileLocked(async () => {
      client.write(asking(SOME, { ids: ['nonsense', served.agentId, served.agentId] }));
      await turns();
      client.write(OF_ONE);
      await turns();
    });
    expect((await client.reply()).body).toContain('BAD_USER_INPUT');
    expect((await client.reply()).body).toBe(ONE);
  });
});

test('a server that is about to stop waits for it, answers it, and ends the connection', async () => {
  const stopping = await serve();
  try {
    const kept = await taught(stopping.port);
    await stopping.app.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Agent" IN ACCESS EXCLUSIVE MODE`;
      kept.write(named());
      await expect.poll(() => stopping.app.underway).toBe(1);
      stopping.app.drain();
    });
    const { body, headers } = await kept.reply();
    expect([body, headers.connection, headers['keep-alive']]).toEqual([NOBODY, 'close', undefined]);
    await expect.poll(() => kept.socket.destroyed).toBe(true);
    expect(stopping.app.underway).toBe(0);
  } finally {
    await stopping.close();
  }
});
