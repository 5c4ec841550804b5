import { type RequestOptions, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SignJWT, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_LISTENERS } from '../../src/monitoring/dashboard/live-stream.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { overSocket } from '../support/over-socket.js';
import { freePort } from '../support/server-process.js';

interface Place {
  app: TestApp;
  server: Listening;
}

let production: Place, development: Place;
let root: string, ann: string;

async function start(NODE_ENV: string): Promise<Place> {
  const app = await startApp({ env: { CACHE_ENGINE: 'larder', NODE_ENV } });
  return { app, server: await listen(app) };
}

beforeAll(async () => {
  [production, development] = await Promise.all([start('production'), start('development')]);
  [root, ann] = await Promise.all([production.app.token('root', 'ADMIN'), production.app.token('ann')]);
});
afterAll(async () => {
  for (const { app, server } of [production, development]) {
    await server.close();
    await app.close();
  }
});

const get = ({ server }: Place, path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers });
/** By another name than the address: fetch does not lie. */
const statusOf = (options: RequestOptions): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ ...options, agent: false }, (response) => {
      response.destroy();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
/** An address of this machine by which others reach it: who asks through it comes from there. */
const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe.each(['/stats', '/dashboard/events'])('%s', (path) => {
  it.each([
    ['a stranger', 401, () => ({})],
    ['a token that is none', 401, () => bearer('nonsense')],
    ['a user', 403, () => bearer(ann)],
  ])('tells %s nothing, with %i', async (_who, status, headers) => {
    const response = await get(production, path, headers());
    expect(response.status).toBe(status);
    expect(Object.keys((await response.json()) as object)).toEqual(['error']);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('in development it tells whoever sits at the machine, without a token', async () => {
    const response = await get(development, path);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it.each([
    ['through a proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['through a proxy of another kind', { forwarded: 'for=203.0.113.7' }],
  ])('but nobody who comes %s', async (_how, headers) => {
    expect((await get(development, path, headers)).status).toBe(401);
  });

  it.skipIf(OUTSIDE === undefined)('and nobody from another machine, by whatever name', async () => {
    const open = createServer(development.app.handle);
    await new Promise<void>((resolve) => open.listen(0, '0.0.0.0', resolve));
    const { port } = open.address() as AddressInfo;
    expect(await statusOf({ host: OUTSIDE, port, path, headers: { host: 'localhost' } })).toBe(401);
    await new Promise((resolve) => open.close(resolve));
  });

  it('and no page from elsewhere whose name was made to point here', async () => {
    const { hostname: host, port } = new URL(development.server.url);
    expect(await statusOf({ host, port, path, headers: { host: 'evil.example' } })).toBe(401);
  });
});

/** They are true where the tests have to wait for a processor. */
const OF_A_BUSY_MACHINE = ['event-loop', 'lag', 'lapses'];

it('/stats has the figures of the cache, the breakers, the operations and the fleet', async () => {
  for (let index = 0; index < 3; index += 1)
    await production.app.execute('query Categories { agentCategories { category } }');
  const stats = await (await get(production, '/stats', bearer(root))).json();
  expect(stats).toMatchObject({
    instance: { engine: 'larder', pid: process.pid, worker: null, workers: 1 },
    cache: { isLive: true, fault: null, memory: { entries: 1 } },
    redis: null,
    breakers: [],
    traffic: { lastMinute: { requests: 3, memory: 2, miss: 1, hitRate: 2 / 3 } },
    operations: [{ name: 'Categories', requests: 3 }],
    reasons: [{ reason: 'absent', count: 1 }],
  });
  expect(stats.fleet).toBeInstanceOf(Array);
  const alerts = (stats as { alerts: { id: string }[] }).alerts.filter(({ id }) => !OF_A_BUSY_MACHINE.includes(id));
  expect(alerts).toEqual([]);
});

it('the stream begins with what was, and goes on with what is', async () => {
  const response = await get(production, '/dashboard/events', bearer(root));
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events: string[] = [];
  for await (const chunk of response.body!) {
    events.push(
      ...[
        ...Buffer.from(chunk)
          .toString()
          .matchAll(/^event: (\w+)$/gm),
      ].map(([, name]) => name!),
    );
    if (events.length >= 3) break;
  }
  expect(events.slice(0, 3)).toEqual(['history', 'tick', 'tick']);
});

it('so many may listen and no more, and whoever leaves makes room', async () => {
  const listeners = await Promise.all(
    Array.from({ length: MAX_LISTENERS }, () => get(production, '/dashboard/events', bearer(root))),
  );
  expect(listeners.every(({ status }) => status === 200)).toBe(true);
  const tooMuch = await get(production, '/dashboard/events', bearer(root));
  expect(tooMuch.status).toBe(503);
  expect(tooMuch.headers.get('retry-after')).toBe('5');
  for (const { body } of listeners) await body?.cancel();
  await expect
    .poll(async () => {
      const response = await get(production, '/dashboard/events', bearer(root));
      await response.body?.cancel();
      return response.status;
    })
    .toBe(200);
});

it('the page itself is public, tells nothing, and lets nothing from elsewhere run', async () => {
  const response = await get(production, '/dashboard');
  expect(response.status).toBe(200);
  const policy = response.headers.get('content-security-policy');
  for (const rule of [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ])
    expect(policy!.split('; ')).toContain(rule);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(await response.text()).not.toMatch(/<script(?! type="module" src)|<style|\son\w+=|style=/);
  const again = await get(production, '/dashboard', { 'if-none-match': response.headers.get('etag')! });
  expect(again.status).toBe(304);
});

it('the page comes whole to who asks for it behind something else, and waits to be told to go on', async () => {
  const first = 'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: x\r\nX-Cache-Explain: 1\r\n\r\n';
  const page = 'GET /dashboard HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n';
  const [, toldToGoOn, content] = await overSocket(production.server, [first + page], 3);
  expect(toldToGoOn).toBe('');
  expect(content).toBe(await (await get(production, '/dashboard')).text());
});

it.each(['/dashboard/../package.json', '/dashboard/constructor', '/dashboard/main.ts', '/dashboard/'])(
  'there is nothing at %s',
  async (path) => {
    const response = await get(production, path);
    expect(response.status).toBe(404);
  },
);

it('while the issuer of tokens is away nobody is sent to sign in again, but asked to come again', async () => {
  const issuer = `http://127.0.0.1:${await freePort()}/keys`;
  const app = await startApp({ env: { NODE_ENV: 'production', AUTH_SECRET: '', AUTH_JWKS_URL: issuer } });
  const server = await listen(app);
  const { privateKey } = await generateKeyPair('RS256');
  const token = new SignJWT({ sub: 'root', role: 'ADMIN' }).setProtectedHeader({ alg: 'RS256' });
  const headers = bearer(await token.setExpirationTime('1h').sign(privateKey));
  for (const path of ['/stats', '/dashboard/events', '/metrics']) {
    const response = await get({ app, server }, path, headers);
    expect([path, response.status, response.headers.get('retry-after')]).toEqual([path, 503, '5']);
    expect(await response.text()).toContain('keys that tokens are verified with cannot be fetched now');
  }
  await server.close();
  await app.close();
});

it('when the server stops, listeners are told, and nobody is let in any more', async () => {
  const { app, server } = await start('development');
  const response = await get({ app, server }, '/dashboard/events');
  app.drain();
  expect(await response.text()).toMatch(/event: bye\ndata: {}\n\n$/);
  expect((await get({ app, server }, '/dashboard/events')).status).toBe(503);
  await server.close();
  await app.close();
});
