/** What is refused when there is too much to do, and what never is. */
import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Load } from '../../src/admission/load.js';
import { BYTES_A_LOOK, LOOK_EVERY_MS, MAX_LOOKS } from '../../src/sockets/unread-answers.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

describe('a process is full', () => {
  const inside = (count: number, load = new Load(100)) => {
    for (let i = 0; i < count; i += 1) load.enter();
    return load;
  };

  test('when as many are inside as may be, until one leaves', () => {
    const load = inside(100);
    expect(load.isFull).toBe(true);
    load.leave(1);
    expect(load.isFull).toBe(false);
  });

  test.each([
    ['late', { delayMs: 201, utilisation: 0.5 }],
    ['busy', { delayMs: 1, utilisation: 0.96 }],
  ])('when its event loop was %s for a second while many were inside, until it is well again', (_what, strain) => {
    const load = inside(200, new Load(1_000));
    load.observe(strain);
    expect(load.isFull).toBe(true);
    load.observe({ delayMs: 200, utilisation: 0.95 });
    expect(load.isFull).toBe(false);
  });

  /** How busy it was in each tenth of a second, and how long most were inside; null: nobody left. */
  const glances = (load: Load, ...seen: [utilisation: number, mostMs: number | null][]) => {
    for (const [utilisation, mostMs] of seen) {
      // One who asks next to nothing, and two who wait.
      for (const ms of mostMs === null ? [] : [mostMs, 0, mostMs]) {
        load.enter();
        load.leave(ms);
      }
      load.glance(utilisation);
    }
    return load.isFull;
  };
  const IN_LINE: [number, number] = [0.96, 51];

  test('when most waited in line three times in a row, until most are quick or it is not busy', () => {
    const load = inside(64, new Load(1_000));
    expect(glances(load, IN_LINE, IN_LINE)).toBe(false);
    expect(glances(load, IN_LINE)).toBe(true);
    // There are fewer inside now, and less to wait for; and a while in which nobody leaves says nothing.
    expect(glances(load, [1, 21], [1, null])).toBe(true);
    expect(glances(load, [1, 20])).toBe(false);
    expect(glances(load, IN_LINE, IN_LINE, IN_LINE)).toBe(true);
    expect(glances(load, [0.95, 51])).toBe(false);
  });

  test.each<[string, ...[number, number | null][]]>([
    ['a burst is over in a moment', IN_LINE, IN_LINE, [0.96, 50], IN_LINE, IN_LINE],
    ['a crowd waits for one answer', [1, null], [1, null], [1, null], [1, null], [1, 800]],
    ['all wait for others than this process', [0.9, 800], [0.9, 800], [0.9, 800], [0.9, 800]],
  ])('but not while %s', (_what, ...seen) => {
    expect(glances(inside(199, new Load(1_000)), ...seen)).toBe(false);
  });

  test('but never for a line of few', () => {
    expect(glances(inside(63, new Load(1_000)), IN_LINE, IN_LINE, IN_LINE, IN_LINE)).toBe(false);
  });

  test('but not when it has few to refuse', () => {
    const load = inside(199, new Load(1_000));
    load.observe({ delayMs: 5_000, utilisation: 1 });
    expect(load.isFull).toBe(false);
  });
});

describe('a server that takes one request at a time', () => {
  let app: TestApp;
  let server: Listening;
  let open: Socket[];
  beforeEach(async () => {
    app = await startApp({ env: { CACHE_ENGINE: 'larder', MAX_IN_FLIGHT: '1' } });
    server = await listen(app);
    open = [];
  });
  afterEach(async () => {
    open.forEach((socket) => socket.destroy());
    await server.close();
    await app.close();
  });

  const ask = (query: string, signal: AbortSignal | null = null) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal,
    });

  /** @returns how the answer begins. */
  async function askWithoutEnd(): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    open.push(socket);
    const head = ['POST /graphql HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Transfer-Encoding: chunked'];
    socket.write(`${head.join('\r\n')}\r\n\r\n9\r\n{"query":\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString();
  }

  /** Nobody reads `table` until it is let go. */
  async function hold(table: string) {
    let letGo: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (letGo = resolve));
    let held: () => void = () => undefined;
    const locked = new Promise<void>((resolve) => (held = resolve));
    const holding = app.prisma.$transaction(
      async (tx) => {
        await tx.$executeRawUnsafe(`LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
        held();
        await released;
      },
      { timeout: 15_000 },
    );
    await locked;
    return { letGo: () => (letGo(), holding) };
  }

  test('refuses what comes meanwhile unread, and tells when to come again; hits and health it answers', async () => {
    const hit = '{ agentCategories { category } }';
    for (let i = 0; i < 3; i += 1) await (await ask(hit)).text();
    const agents = await hold('Agent');
    const slow = ask('{ agents { totalCount } }');
    const another = () => ask('{ agents(first: 1) { totalCount } }').then(({ status }) => status);
    await expect.poll(another, { timeout: 10_000 }).toBe(503);
    const refused = await ask('{ collections { totalCount } }');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    // To connect anew costs both sides more than to be refused; but what has no end in sight is not waited for.
    expect(refused.headers.get('connection')).toBe('keep-alive');
    expect(await askWithoutEnd()).toMatch(/^HTTP\/1\.1 503 [^]*\r\nconnection: close\r\n/i);
    for (let i = 0; i < 5; i += 1) expect((await ask(hit)).headers.get('x-cache')).toBe('HIT');
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    await agents.letGo();
    expect((await slow).status).toBe(200);
    expect(await another()).toBe(200);
  });

  test('has one place still when clients have gone while it was executing for them', async () => {
    const gone = '{ agents { totalCount } }';
    for (let time = 0; time < 3; time += 1) {
      const agents = await hold('Agent');
      const client = new AbortController();
      const asked = ask(`query Gone${time} ${gone}`, client.signal).catch(() => null);
      await expect.poll(async () => (await ask('{ __typename }')).status).toBe(503);
      client.abort();
      await asked;
      await expect.poll(async () => (await ask('{ __typename }')).status).toBe(200);
      await agents.letGo();
    }
    // What they asked is there, or is waited for.
    expect((await ask(`query Gone2 ${gone}`)).status).toBe(200);
    const agents = await hold('Agent');
    const inside = ask('query Inside { agents { totalCount } }');
    await expect.poll(async () => (await ask('{ __typename }')).status).toBe(503);
    await agents.letGo();
    expect((await inside).status).toBe(200);
  });

  test(
    'is not kept from others by a thousand clients who are slow to say what they want',
    { timeout: 60_000 },
    async () => {
      const { hostname, port } = new URL(server.url);
      for (let i = 0; i < 1_000; i += 1) {
        const socket = connect(Number(port), hostname).on('error', () => undefined);
        open.push(socket);
        await once(socket, 'connect');
        const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
        // Half of a request line, of the headers, of a body with a length, and of one without.
        socket.write(
          [
            'POST /gra',
            head,
            `${head}Content-Length: 50\r\n\r\n{"query":`,
            `${head}Transfer-Encoding: chunked\r\n\r\n9\r\n{"query":\r\n`,
          ][i % 4]!,
        );
      }
      const statuses = [];
      for (let i = 0; i < 20; i += 1) statuses.push((await ask(`query D${i} { agents { totalCount } }`)).status);
      expect(statuses).toEqual(Array(20).fill(200));
    },
  );
});

describe('a server that takes three requests at a time', () => {
  const AGENTS = 100;
  const DESCRIPTION_BYTES = 200_000;
  /** More than an answer has, and than the buffers between a server and a client hold. */
  const ANSWER_BYTES = 1.1 * AGENTS * DESCRIPTION_BYTES;
  let app: TestApp;
  let server: Listening;
  beforeEach(async () => {
    app = await startApp({ env: { CACHE_ENGINE: 'larder', MAX_IN_FLIGHT: '3' } });
    server = await listen(app);
    const author = await app.prisma.user.create({ data: { subject: 'ada', username: 'ada', displayName: 'Ada' } });
    await app.prisma.category.upsert({
      where: { slug: 'large' },
      create: { slug: 'large', name: 'Large' },
      update: {},
    });
    await app.prisma.agent.createMany({
      data: Array.from({ length: AGENTS }, (_, i) => ({
        ...{ slug: `large-${i}`, name: `Large ${i}`, tagline: '', category: 'large', authorId: author.id },
        description: 'x'.repeat(DESCRIPTION_BYTES),
      })),
    });
  });
  afterEach(async () => {
    await server.close();
    await app.close();
  });

  const body = JSON.stringify({ query: '{ agents(first: 100) { nodes { description } } }' });
  const head = ['POST /graphql HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'X-Cache-Explain: 1'];
  const large = [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
  async function askUnread(url = server.url): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    socket.write(large);
    return socket;
  }
  const another = () =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-cache-explain': '1' },
      body: JSON.stringify({ query: '{ agents(first: 1) { totalCount } }' }),
    }).then(({ status }) => status);
  const threeAtOnce = () => Promise.all([another(), another(), another()]);

  test(
    'executes nothing more for a path that looks like one of health or of the API',
    { timeout: 60_000 },
    async () => {
      const sockets = await Promise.all(Array.from({ length: 6 }, () => askUnread()));
      await expect.poll(another, { timeout: 15_000 }).toBe(503);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ __typename }' });
      const post = async (path: string) => (await fetch(server.url + path, { method: 'POST', headers, body })).status;
      const get = async (path: string) => (await fetch(server.url + path)).status;
      const unserved = ['/metrics/graphql', '/stats/graphql', '/health/live/graphql', '/graphql/', '/x/graphql'];
      expect(await Promise.all(unserved.map(post))).toEqual(unserved.map(() => 503));
      const operators = ['/health/live', '/health/ready?x=/graphql', '/metrics', '/stats', '/dashboard/main.js'];
      expect(await Promise.all(operators.map(get))).toEqual(operators.map(() => 200));
      sockets.forEach((socket) => socket.resetAndDestroy());
      await expect.poll(another, { timeout: 15_000 }).toBe(200);
      for (const path of unserved) expect([path, await post(path)]).toEqual([path, 404]);
    },
  );

  test(
    'has its places again when clients have hardly read anything in a minute, and the time that an answer takes at 16 KB a second',
    { timeout: 60_000 },
    async () => {
      vi.useFakeTimers({ toFake: ['setInterval'] });
      const patient = await listen(app);
      try {
        const sockets = await Promise.all(Array.from({ length: 3 }, () => askUnread(patient.url)));
        // They begin to read, so all is written that is going to be.
        await Promise.all(sockets.map((socket) => once(socket.resume(), 'data').then(() => socket.pause())));
        expect(await another()).toBe(503);
        vi.advanceTimersByTime(LOOK_EVERY_MS * MAX_LOOKS);
        expect(await another()).toBe(503);
        vi.advanceTimersByTime(LOOK_EVERY_MS * (1 + ANSWER_BYTES / BYTES_A_LOOK));
        await expect.poll(threeAtOnce, { timeout: 10_000 }).toEqual([200, 200, 200]);
      } finally {
        vi.useRealTimers();
        await patient.close();
      }
    },
  );

  test('has its places again when clients who read nothing have gone', { timeout: 60_000 }, async () => {
    // Twice: who leaves twice makes a place that is none.
    for (let time = 0; time < 2; time += 1) {
      // One that was asked just now may still be inside, so that one of three would be turned away.
      const sockets = await Promise.all(Array.from({ length: 6 }, () => askUnread()));
      await expect.poll(another, { timeout: 15_000 }).toBe(503);
      sockets.forEach((socket) => socket.resetAndDestroy());
      await expect.poll(threeAtOnce, { timeout: 10_000 }).toEqual([200, 200, 200]);
    }
  });
});
