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

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** As a browser does it: fetch of Node keeps some headers to itself. */
function send(path: string, method: string, headers: Record<string, string>, to = server.url): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(to + path, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

const get = (headers: Record<string, string> = {}) => send(QUERY, 'GET', { accept: 'application/json', ...headers });

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
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe.each([
  ['several origins listed', 'https://shop.example,https://admin.example:8443'],
  ['one origin listed', 'https://shop.example'],
  ['all origins listed', '*'],
])('with %s', (_what, CORS_ORIGINS) => {
  let other: TestApp;
  let listening: Listening;
  beforeAll(async () => {
    other = await startApp({ env: { CACHE_ENGINE: 'larder', CORS_ORIGINS } });
    listening = await listen(other);
  });
  afterAll(async () => {
    await listening.close();
    await other.close();
  });

  test.each([undefined, 'https://evil.example', 'https://shop.example', 'null'])(
    'each answer to a page of %s says that others may get another one, cached or not, and names no origin but theirs',
    async (origin) => {
      const asking = { accept: 'application/json', ...(origin !== undefined && { origin }) };
      const mayRead = CORS_ORIGINS === '*' || (origin && CORS_ORIGINS.split(',').includes(origin));
      const paths = [...Array<string>(4).fill(QUERY), '/graphql?query={nonsense}', '/graphql'];
      for (const path of paths) {
        const { status, headers } = await send(path, 'GET', asking, listening.url);
        const { etag } = headers;
        const again = etag ? await send(path, 'GET', { ...asking, 'if-none-match': etag }, listening.url) : null;
        expect([status, again?.status]).toEqual(path === QUERY ? [200, 304] : [expect.any(Number), undefined]);
        for (const told of [headers, ...(again ? [again.headers] : [])]) {
          expect(told.vary?.toLowerCase().split(/, */)).toContain('origin');
          expect(told['access-control-allow-origin']).toBe(mayRead ? origin : undefined);
        }
      }
    },
  );
});

describe('a page that asks first whether it may', () => {
  const COLD = '/graphql?query={agentCategories{name}}';
  const asks = (origin: string, path: string) =>
    send(path, 'OPTIONS', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    });
  const list = (value: unknown) => String(value).toLowerCase().split(/, */);

  describe.each([
    ['of what is in the cache', QUERY],
    ['of what nobody has asked for', COLD],
    ['without a query', '/graphql'],
  ])('%s', (_what, path) => {
    test.each(['https://shop.example', 'https://admin.example:8443'])(
      'may, from %s, which is listed',
      async (origin) => {
        const { status, headers, body } = await asks(origin, path);
        expect([status, body]).toEqual([204, '']);
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(list(headers['access-control-allow-methods'])).toContain('post');
        expect(list(headers['access-control-allow-headers'])).toEqual(['authorization', 'content-type']);
        expect(list(headers.vary)).toContain('origin');
        expect(headers['access-control-allow-credentials']).not.toBe('true');
      },
    );

    test.each(['https://evil.example', 'null', 'http://shop.example', 'https://shop.example.evil.example'])(
      'may not, from %s',
      async (origin) => {
        const { headers, body } = await asks(origin, path);
        expect([origin, '*']).not.toContain(headers['access-control-allow-origin']);
        expect(headers['access-control-allow-credentials']).not.toBe('true');
        expect(body).toBe('');
      },
    );
  });

  test('in production, with nobody listed, may not', async () => {
    const closed = await startApp({ env: { NODE_ENV: 'production', CACHE_ENGINE: 'larder' } });
    const listening = await listen(closed);
    for (const origin of ['https://shop.example', 'null']) {
      const { headers } = await send(
        QUERY,
        'OPTIONS',
        { origin, 'access-control-request-method': 'POST' },
        listening.url,
      );
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    await listening.close();
    await closed.close();
  });
});

describe('HEAD on what is in the cache', () => {
  test.each(['https://shop.example', undefined])(
    'has the headers of the hit, and no body (origin: %s)',
    async (origin) => {
      const headers = { accept: 'application/json', ...(origin !== undefined && { origin }) };
      const [got, head] = [await send(QUERY, 'GET', headers), await send(QUERY, 'HEAD', headers)];
      expect([got.status, got.headers['x-cache'], head.status, head.body]).toEqual([200, 'HIT', 200, '']);
      expect(got.body).toContain('agentCategories');
      const lasting = ({ headers: all }: typeof got) => ({
        ...Object.fromEntries(
          ['etag', 'content-type', 'cache-control', 'x-cache', 'vary'].map((name) => [name, all[name]]),
        ),
        origin: all['access-control-allow-origin'],
      });
      expect(lasting(head)).toEqual(lasting(got));
      expect(head.headers['content-length'] ?? String(got.body.length)).toBe(String(got.body.length));
    },
  );

  test('by a page that is not listed is not to be read, as its GET', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const { headers } = await send(QUERY, 'HEAD', { accept: 'application/json', origin });
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
