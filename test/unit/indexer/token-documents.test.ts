/** The guard against being sent to where only we can go (SSRF), against real sockets on this machine. */
import type { LookupAddress } from 'node:dns';
import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Server, createServer, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayAwayError } from '../../../src/indexer/ipfs-gateway.js';
import { isPublicAddress } from '../../../src/indexer/public-agent.js';
import { type TokenDocuments, createTokenDocuments } from '../../../src/indexer/token-documents.js';
import type { UpstreamError } from '../../../src/indexer/upstream-error.js';
import { Breakers, OPEN_MS } from '../../../src/platform/breaker.js';

const listening = (server: Server, host: string, port = 0) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/** Nobody listens on it any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  const free = await listening(server, '127.0.0.1');
  await new Promise((resolve) => server.close(resolve));
  return free;
}

/** What only we can reach, on every address of this machine. */
let secret: Server;
let port: number;
let connections: number;

/** Takes connections, and says nothing on them. */
let silent: Server;
let silentPort: number;

let gateway: ReturnType<typeof createHttpServer>;
let gatewayUrl: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  secret = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  port = await listening(secret, '::').catch(() => listening(secret, '0.0.0.0'));
  silent = createServer(() => undefined);
  silentPort = await listening(silent, '127.0.0.1');
  gateway = createHttpServer((request, response) => answer(request, response));
  gatewayUrl = `http://127.0.0.1:${await listening(gateway, '127.0.0.1')}/ipfs/`;
});
afterAll(() => {
  secret.close();
  silent.close();
  gateway.closeAllConnections();
  gateway.close();
});

let documents: TokenDocuments;
let breakers: Breakers;
/** What would have been waited before documents were asked for again. Milliseconds. */
let pauses: number[];
const withoutPauses = { wait: async (ms: number) => void pauses.push(ms), random: () => 1 };
/** What names mean, in the order in which they are asked for. */
let meanings: string[][];

beforeEach(() => {
  connections = 0;
  meanings = [];
  breakers = new Breakers();
  pauses = [];
  documents = createTokenDocuments({
    ...{ ipfsGateway: gatewayUrl, breakers, ...withoutPauses },
    lookup(_host, _options, callback) {
      const addresses = meanings.shift() ?? ['127.0.0.1'];
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  });
});
afterEach(() => documents.close());

const json = (value: unknown, type = 'application/json') => {
  answer = (_request, response) => response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value));
};
const read = (uri: string, tokenId = '1') => documents.read(uri, tokenId, new AbortController().signal);
const faultOf = (uri: string) =>
  read(uri).then(
    () => 'read',
    (error: unknown) => (error as UpstreamError).fault,
  );

const UNSAFE = [
  ['plain', 'https://127.0.0.1:PORT/'],
  ['decimal', 'https://2130706433:PORT/'],
  ['hexadecimal', 'https://0x7f000001:PORT/'],
  ['octal', 'https://0177.0.0.1:PORT/'],
  ['short', 'https://127.1:PORT/'],
  ['full-width', 'https://１２７.0.0.1:PORT/'],
  ['another loopback', 'https://127.9.9.9:PORT/'],
  ['nowhere', 'https://0.0.0.0:PORT/'],
  ['zero', 'https://0:PORT/'],
  ['IPv6 loopback', 'https://[::1]:PORT/'],
  ['IPv6 nowhere', 'https://[::]:PORT/'],
  ['IPv4 in IPv6', 'https://[::ffff:127.0.0.1]:PORT/'],
  ['IPv4 in IPv6, hexadecimal', 'https://[::ffff:7f00:1]:PORT/'],
  ['IPv4 in IPv6, of old', 'https://[::127.0.0.1]:PORT/'],
  ['the cloud’s metadata, of old', 'https://[::a9fe:a9fe]/latest/meta-data/'],
  ['private, class A, of old', 'https://[::10.0.0.1]:PORT/'],
  ['IPv6 that nobody is given', 'https://[8000::1]:PORT/'],
  ['NAT64', 'https://[64:ff9b::7f00:1]:PORT/'],
  ['6to4', 'https://[2002:7f00:1::]:PORT/'],
  ['link-local', 'https://[fe80::1]:PORT/'],
  ['unique local', 'https://[fd00::1]:PORT/'],
  ['the cloud’s metadata', 'https://169.254.169.254/latest/meta-data/'],
  ['private, class A', 'https://10.0.0.1:PORT/'],
  ['private, class B', 'https://172.16.0.1:PORT/'],
  ['private, class C', 'https://192.168.0.1:PORT/'],
  ['carrier-grade NAT', 'https://100.64.0.1:PORT/'],
  ['multicast', 'https://224.0.0.1:PORT/'],
  ['localhost', 'https://localhost:PORT/'],
  ['localhost with a dot', 'https://localhost.:PORT/'],
  ['a name that means us', 'https://rebind.example:PORT/'],
  ['no https', 'http://127.0.0.1:PORT/'],
  ['a password', 'https://user:password@example.com:PORT/'],
  ['a file', 'file:///etc/passwd'],
  ['another protocol', 'gopher://127.0.0.1:PORT/'],
  ['no address', 'https://'],
] as const;

describe('an address that does not lead to the public internet is not connected to', () => {
  it.each(UNSAFE)('%s: %s', async (_how, uri) => {
    expect(await faultOf(uri.replace('PORT', String(port)))).toBe('unsafe');
    expect(connections).toBe(0);
  });

  it('a name of which one address is not public', async () => {
    meanings = [['93.184.215.14', '127.0.0.1']];
    expect(await faultOf(`https://mixed.example:${port}/`)).toBe('unsafe');
    expect(connections).toBe(0);
  });

  it('a name that was public when it was first asked for', async () => {
    meanings = [['127.0.0.1'], ['93.184.215.14'], ['127.0.0.1']];
    expect(await faultOf(`https://rebind.example:${port}/`)).toBe('unsafe');
    expect(connections).toBe(0);
  });

  it.each(UNSAFE)('to which a gateway sends us: %s', async (_how, uri) => {
    const location = encodeURI(uri.replace('PORT', String(port)))
      .replace('%5B', '[')
      .replace('%5D', ']');
    answer = (_request, response) => response.writeHead(302, { location }).end();
    expect(await faultOf('ipfs://QmSent/1')).toBe('unsafe');
    expect(connections).toBe(0);
  });

  it.each([
    'ipfs://../../api/x',
    'ipfs://..',
    'ipfs://ipfs/../api/x',
    'ipfs://QmHash/../../../api/x',
    'ipfs://QmHash/..',
    'ipfs://%2e%2e/%2E%2E/api/x',
    'ipfs://.%2e/%2e./api/x',
    'ipfs://QmHash/./1',
    'ipfs://%2e/1',
    'ipfs://QmHash//1',
    'ipfs:////api/x',
    'ipfs://ipfs//1',
    'IPFS://../api/x',
    'ipfs://QmHash/..%2f..%2fapi/x',
    'ipfs://QmHash/a%5Cb',
    'ipfs://QmHash/a\\b',
    'ipfs://QmHash/%E0%A4%A',
    'ipfs://QmHash/\ud800',
  ])('a path that may leave that of the gateway: %s', async (uri) => {
    let asked = 0;
    answer = (_request, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    };
    expect(await faultOf(uri)).toBe('unsafe');
    expect(asked).toBe(0);
  });

  it('and the server that must not be seen does listen', async () => {
    await new Promise((resolve) => connect(port, '127.0.0.1').on('close', resolve));
    expect(connections).toBe(1);
  });
});

it.each(['8.8.8.8', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '2a00:1450:4001:80b::200e'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

describe('a document', () => {
  it.each([
    ['My%20Token.json', 'My%20Token.json'],
    ['My Token.json', 'My%20Token.json'],
    ['caf%C3%A9%3F', 'caf%C3%A9%3F'],
    ['100%25', '100%25'],
    ['%252e%252e', '%252e%252e'],
  ])('at %s is asked for at %s', async (path, asked) => {
    let url = '';
    answer = (request, response) => {
      url = request.url!;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    };
    await read(`ipfs://QmHash/${path}`);
    expect(url).toBe(`/ipfs/QmHash/${asked}`);
  });

  it('comes from IPFS through the gateway, with the token’s number as ERC-1155 has it', async () => {
    let asked = '';
    answer = (request, response) => {
      asked = request.url!;
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('{"name":"One"}');
    };
    expect(await read('ipfs://ipfs/QmHash/{id}.json', '255')).toEqual({ name: 'One' });
    expect(asked).toBe(`/ipfs/QmHash/${'ff'.padStart(64, '0')}.json`);
  });

  it.each([
    'data:application/json;base64,eyJuYW1lIjoiT25lIn0=',
    'data:application/json,%7B%22name%22%3A%22One%22%7D',
    'data:application/json;charset=utf-8,{"name":"One"}',
  ])('stands in its address: %s', async (uri) => {
    expect(await read(uri)).toEqual({ name: 'One' });
  });

  it.each([
    ['HTML', 'text/html'],
    ['SVG', 'image/svg+xml'],
    ['a picture', 'image/png'],
    ['nothing that is said', ''],
  ])('is not taken from %s', async (_what, type) => {
    json({ name: 'One' }, type);
    expect(await faultOf('ipfs://QmHash/1')).toBe('nonsense');
  });

  it.each([
    ['too large, and says so', (response: ServerResponse) => response.setHeader('content-length', 1_000_001)],
    ['too large, and does not say so', () => undefined],
  ])('is not read if it is %s', async (_how, prepare) => {
    let sent = 0;
    answer = (_request, response) => {
      response.setHeader('content-type', 'application/json');
      prepare(response);
      const more = () => {
        while (!response.destroyed && (sent += 10_000) <= 50_000_000) if (!response.write(' '.repeat(10_000))) return;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    };
    expect(await faultOf('ipfs://QmHash/1')).toBe('nonsense');
    expect(sent).toBeLessThan(50_000_000);
  });

  it.each([[[]], [[{ name: 'One' }]], ['One'], [1], [null]])('is not %j', async (value) => {
    json(value);
    expect(await faultOf('ipfs://QmHash/1')).toBe('refused');
    expect(await faultOf(`data:application/json,${encodeURIComponent(JSON.stringify(value))}`)).toBe('refused');
  });

  it('is not read if it is compressed', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('{}');
    expect(await faultOf('ipfs://QmHash/1')).toBe('nonsense');
  });

  it('is not asked for without end', async () => {
    json({});
    await expect(documents.read('ipfs://QmHash/1', '1', AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});

const breakOff = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"name":');
  setImmediate(() => response.destroy());
};

const gatewayState = () => breakers.states().find(({ name }) => name === 'ipfs-gateway')?.state;

describe('the gateway', () => {
  it.each([502, 503, 521])('that answers %i for five documents is not asked any more', async (status) => {
    let asked = 0;
    answer = (_request, response) => {
      asked += 1;
      response.writeHead(status).end();
    };
    const refused = { name: 'GatewayAwayError', message: 'The IPFS gateway: It cannot be reached.', isOfAll: false };
    for (let token = 0; token < 4; token += 1)
      await expect(read(`ipfs://QmHash/${token}`)).rejects.toMatchObject(refused);
    expect(gatewayState()).toBe('closed');
    for (let token = 0; token < 4; token += 1)
      await expect(read(`ipfs://QmHash/${token}`)).rejects.toMatchObject({ name: 'GatewayAwayError', isOfAll: true });
    // Each three times.
    expect(asked).toBe(15);
    expect(gatewayState()).toBe('open');
  });

  it.each([
    ['is out of reach', 502, {}],
    ['cuts the connection', 0, {}],
    ['is asked too often', 429, {}],
    ['is asked too often, and says until when,', 429, { 'retry-after': '2' }],
    ['has too much to do, and says until when,', 503, { 'retry-after': '1' }],
  ])('that %s once or twice gives the document then', async (_what, status, headers) => {
    let asked = 0;
    answer = (_request, response) => {
      asked += 1;
      if (asked === 3) response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"One"}');
      else if (status === 0) response.destroy();
      else response.writeHead(status, headers).end();
    };
    expect(await read('ipfs://QmHash/1')).toEqual({ name: 'One' });
    const seconds = Number((headers as Record<string, string>)['retry-after'] ?? 0);
    expect(pauses).toEqual([seconds * 1_000 + 500, seconds * 1_000 + 1_000]);
  });

  it.each([
    ['for longer than anybody waits', '3600', 1],
    ['again and again', '1', 3],
  ])('that is asked too often, %s, has the document asked for later', async (_how, retryAfter, times) => {
    let asked = 0;
    answer = (_request, response) => {
      asked += 1;
      response.writeHead(429, { 'retry-after': retryAfter }).end();
    };
    for (let token = 0; token < 6; token += 1)
      await expect(read(`ipfs://QmHash/${token}`)).rejects.toMatchObject({
        ...{ name: 'GatewayAwayError', isOfAll: false, retryAfterMs: Number(retryAfter) * 1_000 },
        message: 'The IPFS gateway: It is asked too often, and wants to be left alone for a while.',
      });
    expect(asked).toBe(6 * times);
    expect(gatewayState()).toBe('closed');
  });

  it.each([
    ['that takes no connections', async () => `http://127.0.0.1:${await freePort()}/ipfs/`],
    ['with which none can be made in two seconds', () => `https://127.0.0.1:${silentPort}/ipfs/`],
  ])('%s is not asked any more', async (_what, place) => {
    await documents.close();
    breakers = new Breakers();
    documents = createTokenDocuments({ ipfsGateway: await place(), breakers, ...withoutPauses });
    await Promise.all([1, 2, 3, 4, 5].map((token) => faultOf(`ipfs://QmHash/${token}`)));
    expect(gatewayState()).toBe('open');
  });

  it.each([
    ['a document that it cannot decode', (response: ServerResponse) => response.writeHead(500).end()],
    ['a document of which it has the beginning', (response: ServerResponse) => breakOff(response)],
    ['a document that it has not in time', (response: ServerResponse) => response.writeHead(504).end()],
    ['a document that Cloudflare has not in time', (response: ServerResponse) => response.writeHead(524).end()],
    ['a document that is gone', (response: ServerResponse) => response.writeHead(410).end()],
    ['a document that is HTML', (response: ServerResponse) => response.setHeader('content-type', 'text/html').end()],
    [
      'a document that sends us to where nobody is',
      (response: ServerResponse) => response.writeHead(302, { location: 'https://nobody.example/' }).end(),
    ],
  ])('is asked on after %s', async (_what, respond) => {
    meanings = Array<string[]>(10).fill([]);
    answer = (_request, response) => {
      respond(response);
    };
    for (let time = 0; time < 10; time += 1)
      await expect(read('ipfs://QmHash/1')).rejects.not.toBeInstanceOf(GatewayAwayError);
    expect(pauses).toEqual([]);
    expect(gatewayState()).toBe('closed');
  });

  it('is asked by one at a time when it may be back, and the others wait for that', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    answer = (_request, response) => response.writeHead(502).end();
    for (let time = 0; time < 5; time += 1) await faultOf('ipfs://QmHash/1');
    vi.setSystemTime(Date.now() + OPEN_MS);
    const waiting: ServerResponse[] = [];
    answer = (_request, response) => void waiting.push(response);
    const all = Promise.all([1, 2, 3, 4].map((token) => read(`ipfs://QmHash/${token}`)));
    for (const atOnce of [1, 1, 2]) {
      await expect.poll(() => waiting.length).toBe(atOnce);
      for (const response of waiting.splice(0))
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"One"}');
    }
    expect(await all).toEqual(Array(4).fill({ name: 'One' }));
    expect(gatewayState()).toBe('closed');
    vi.useRealTimers();
  });
});
