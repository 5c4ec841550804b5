/** A CDN on this machine: a proxy that keeps what its rules let it keep, and the interface by which it is told to let go. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { listen } from '../listen.js';
import { CDN_RULES, type CdnKind } from './cdn-rules.js';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}
interface Stored extends Answer {
  keys: ReadonlySet<string>;
  storedAt: number;
  /** Seconds since 1970, so to speak: with what was elapsed by hand. */
  freshUntil: number;
  varied: readonly (readonly [header: string, value: string | undefined])[];
}

export type Health = 'well' | 'failing' | 'hanging' | 'limiting';

export async function startFakeCdn(kind: CdnKind) {
  const rules = CDN_RULES[kind];
  const stored = new Map<string, Stored[]>();
  const purges: (readonly string[])[] = [];
  const purgedAt: number[] = [];
  let origin = '';
  let elapsedMs = 0;
  let health: Health = 'well';
  let held: Promise<void> | null = null;
  let onTheirWay = 0;
  const now = () => (Date.now() + elapsedMs) / 1_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const purge = rules.purged(request, body);
    if (purge !== null) purgeBy(purge, response);
    else await proxy(request, body, response);
  }

  function purgeBy(purge: { keys: readonly string[] } | string, response: ServerResponse): void {
    if (typeof purge === 'string') {
      response.writeHead(400).end(purge);
      return;
    }
    purges.push(purge.keys);
    purgedAt.push(performance.now());
    if (health === 'hanging') return;
    if (health === 'failing') response.writeHead(503).end();
    else if (health === 'limiting') response.writeHead(429, { 'retry-after': '1' }).end();
    else {
      for (const [url, variants] of stored)
        stored.set(
          url,
          variants.filter(({ keys }) => !purge.keys.some((key) => keys.has(key))),
        );
      response.writeHead(200).end(rules.purgeAnswer);
    }
  }

  async function proxy(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    if (method !== 'GET' || !rules.takes(headers)) {
      deliver(response, await ask(method, url, headers, body), 'PASS');
      return;
    }
    const known = (stored.get(url) ?? []).find(({ varied }) =>
      varied.every(([name, value]) => headers[name] === value),
    );
    if (known && now() < known.freshUntil) {
      deliver(response, withAge(known), 'HIT', headers['if-none-match']);
      return;
    }
    const etag = known?.headers.etag;
    const { 'if-none-match': asked, ...others } = headers;
    const fetched = await ask(method, url, etag ? { ...others, 'if-none-match': etag } : others, body);
    onTheirWay += 1;
    await held;
    onTheirWay -= 1;
    if (known && fetched.status === 304) {
      // Only what the CDN is told of the time is taken over: it files the answer as before.
      keep(url, headers, { ...known, headers: { ...known.headers, ...withoutKeys(fetched.headers) } });
      deliver(response, withAge(known), 'REVALIDATED', asked);
      return;
    }
    if (fetched.status === 200) keep(url, headers, fetched);
    deliver(response, fetched, 'MISS', asked);
  }

  const withoutKeys = (headers: IncomingHttpHeaders) =>
    Object.fromEntries(
      Object.entries(headers).filter(([name]) => name !== rules.keysHeader && !name.startsWith('content-')),
    );

  function keep(url: string, asked: IncomingHttpHeaders, answer: Answer): void {
    const { headers } = answer;
    const lifetime = rules.lifetime(headers);
    const left = lifetime === null ? 0 : lifetime - Number(headers.age ?? 0);
    const vary = (headers.vary ?? '').split(',').map((name) => name.trim().toLowerCase());
    const varied = vary
      .filter((name) => name && rules.heeds(name))
      .map((name) => [name, asked[name] as string] as const);
    const others = (stored.get(url) ?? []).filter((one) => JSON.stringify(one.varied) !== JSON.stringify(varied));
    const keys = String(headers[rules.keysHeader] ?? '').slice(0, rules.maxKeysBytes);
    const kept = left <= 0 ? [] : [{ ...answer, keys: new Set(keys.split(rules.separator)), varied }];
    stored.set(url, [...others, ...kept.map((one) => ({ ...one, storedAt: now(), freshUntil: now() + left }))]);
  }

  const withAge = (known: Stored): Answer => ({
    ...known,
    headers: { ...known.headers, age: String(Number(known.headers.age ?? 0) + Math.floor(now() - known.storedAt)) },
  });

  function deliver(response: ServerResponse, { status, headers, body }: Answer, how: string, asked?: string): void {
    for (const [name, value] of Object.entries(headers))
      if (!rules.hidden.includes(name) && name !== 'transfer-encoding' && name !== 'connection')
        response.setHeader(name, value!);
    response.setHeader('x-cdn', how);
    const isKnown = status === 200 && asked !== undefined && asked === headers.etag;
    if (isKnown) response.removeHeader('content-length');
    response.writeHead(isKnown ? 304 : status).end(isKnown ? undefined : body);
  }

  const ask = (method: string, url: string, headers: IncomingHttpHeaders, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asking = send(new URL(url, origin), { method, headers, maxHeaderSize: 65_536 }, (response) => {
        void bytesOf(response).then((bytes) =>
          resolve({ status: response.statusCode!, headers: response.headers, body: bytes }),
        );
      });
      asking.on('error', reject);
      asking.end(body);
    });

  const { url, close } = await listen((request, response) => void answer(request, response));
  return {
    /** Of both the proxy and what purges. */
    url,
    close,
    /** Puts it before a server. */
    serveFrom(address: string) {
      origin = address;
    },
    /** The keys of each call. */
    purges,
    /** When each came. Milliseconds. */
    purgedAt,
    be(next: Health) {
      health = next;
    },
    elapse(seconds: number) {
      elapsedMs += seconds * 1_000;
    },
    /** From now on answers of the server are on their way until the function that is returned is called. */
    hold(): () => void {
      let release: () => void = () => undefined;
      held = new Promise<void>((resolve) => (release = resolve));
      return () => {
        held = null;
        release();
      };
    },
    /** How many answers of the server are on their way. */
    get onTheirWay() {
      return onTheirWay;
    },
    /** How many answers it keeps. */
    get size() {
      return [...stored.values()].flat().length;
    },
  };
}

export type FakeCdn = Awaited<ReturnType<typeof startFakeCdn>>;

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const bodyOf = async (request: IncomingMessage): Promise<string> => (await bytesOf(request)).toString();
