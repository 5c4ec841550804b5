/** What a page from elsewhere can make a browser send, and read. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

const QUERY = '/graphql?query={agentCategories{category}}';
let app: TestApp;
let server: Listening;
beforeAll(async () => {
  const env = { CACHE_ENGINE: 'larder', CORS_ORIGINS: 'https://shop.example,https://admin.example:8443' };
  app = await startApp({ env });
  server = await listen(app);
  // From here on the front answers it.
  for (let i = 0; i < 3; i += 1) await app.request(QUERY, { headers: { accept: 'application/json' } });
  for (let i = 0; i < 3; i += 1) await get();
});
afterAll(async () => {
  await server.close();
  await app.close();
});

/** As a browser does it: fetch of Node keeps some headers to itself. */
function get(headers: Record<string, string> = {}): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const asked = request(server.url + QUERY, { headers: { accept: 'application/json', ...headers } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    asked.on('error', reject).end();
  });
}

describe('a GET that pages can send unasked', () => {
  test('from the address bar or by fetch is answered: it writes nothing, and there is no cookie that it could borrow', async () => {
    expect((await get()).status).toBe(200);
    for (const mode of ['navigate', 'cors', 'same-origin'])
      expect((await get({ 'sec-fetch-mode': mode })).status).toBe(200);
  });

  test('as a picture, a script or a style sheet is refused, cached or not', async () => {
    expect((await get({ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).status).toBe(403);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'message/http', 'x'])(
    'with the type %s is refused, cached or not',
    async (type) => {
      expect((await get({ 'content-type': type })).status).toBe(415);
    },
  );
});

describe('an answer may be read', () => {
  test.each(['https://shop.example', 'https://admin.example:8443'])(
    'by pages of %s, which is listed',
    async (origin) => {
      for (let i = 0; i < 3; i += 1) {
        const { headers } = await get({ origin });
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(headers.vary).toMatch(/\borigin\b/i);
        expect(headers['access-control-allow-credentials']).not.toBe('true');
      }
    },
  );

  test.each([
    'https://evil.example',
    'null',
    'http://shop.example',
    'https://shop.example:444',
    'https://shop.example.evil.example',
    'https://evil-shop.example',
  ])('but not by pages of %s', async (origin) => {
    for (let i = 0; i < 3; i += 1) {
      const { headers } = await get({ origin });
      expect([origin, '*']).not.toContain(headers['access-control-allow-origin']);
    }
  });
});

test('in production nobody is listed unless somebody was', async () => {
  const closed = await startApp({ env: { NODE_ENV: 'production' } });
  const response = await closed.request(QUERY, { headers: { origin: 'https://shop.example' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  await closed.close();
});
