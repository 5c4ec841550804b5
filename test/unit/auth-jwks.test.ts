import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTokenVerifier } from '../../src/platform/auth.js';

interface Key {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

const newKey = async (kid: string): Promise<Key> => ({
  kid,
  ...(await generateKeyPair('RS256', { extractable: true })),
});

const sign = ({ kid, privateKey }: Key, expiresAt: string | number = '10m') =>
  new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'RS256', kid }).setExpirationTime(expiresAt).sign(privateKey);

/** What the issuer's address answers with. */
let keys: Key[];
let answer: (() => { status: number; body: string }) | null;
/** Until then it says nothing. */
let held: Promise<void>;
/** Resolves when somebody has not waited for the answer. */
let givenUp: Promise<void>;
let fetches: number;
let server: Server;
let url: string;

beforeEach(async () => {
  keys = [await newKey('first')];
  answer = null;
  held = Promise.resolve();
  fetches = 0;
  let noteGivenUp: () => void = () => undefined;
  givenUp = new Promise((resolve) => (noteGivenUp = resolve));
  server = createServer((_request, response) => {
    fetches += 1;
    response.on('close', () => response.writableEnded || noteGivenUp());
    void (async () => {
      await held;
      const jwks = await Promise.all(
        keys.map(async ({ kid, publicKey }) => ({ kid, ...(await exportJWK(publicKey)) })),
      );
      const { status, body } = answer?.() ?? { status: 200, body: JSON.stringify({ keys: jwks }) };
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterEach(async () => {
  vi.useRealTimers();
  await new Promise((resolve) => server.close(resolve));
});

const verifier = (address = url) =>
  createTokenVerifier({ keys: { kind: 'jwks', url: address }, issuer: null, audience: null, signInDomains: [] });

const codeOf = (verification: Promise<unknown>): Promise<unknown> =>
  verification.then(
    () => 'accepted',
    (error: unknown) => (error as { extensions: { code: string } }).extensions.code,
  );

test('a token signed with a key of the set names its user, and the set is fetched once', async () => {
  const verify = verifier();
  const token = await sign(keys[0]!);
  expect(await verify(token)).toMatchObject({ subject: 'ada', role: 'USER' });
  await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  expect(fetches).toBe(1);
});

describe('a token is refused', () => {
  test('when its key is not in the set', async () => {
    expect(await codeOf(verifier()(await sign({ ...(await newKey('first')) })))).toBe('UNAUTHENTICATED');
    expect(await codeOf(verifier()(await sign(await newKey('foreign'))))).toBe('UNAUTHENTICATED');
  });

  test('when a public key of the set served as the secret of an HS256 signature', async () => {
    const { kid, publicKey } = keys[0]!;
    const pem = await exportSPKI(publicKey);
    const forged = (secret: string) =>
      new SignJWT({ sub: 'ada', role: 'ADMIN' })
        .setProtectedHeader({ alg: 'HS256', kid })
        .setExpirationTime('10m')
        .sign(new TextEncoder().encode(secret));
    const jwk = JSON.stringify(await exportJWK(publicKey));
    for (const secret of [pem, pem.trim(), jwk])
      expect(await codeOf(verifier()(await forged(secret)))).toBe('UNAUTHENTICATED');
  });

  test.each(['jwk', 'jku', 'x5u'])('when it brings its own key (%s), which is never looked at', async (name) => {
    const own = await newKey('first');
    const values: Record<string, unknown> = { jwk: await exportJWK(own.publicKey), jku: url, x5u: url };
    const verify = verifier();
    await verify(await sign(keys[0]!));
    const token = await new SignJWT({ sub: 'ada', role: 'ADMIN' })
      .setProtectedHeader({ alg: 'RS256', kid: 'first', [name]: values[name] })
      .setExpirationTime('10m')
      .sign(own.privateKey);
    expect(await codeOf(verify(token))).toBe('UNAUTHENTICATED');
    expect(fetches).toBe(1);
  });

  test('when it says that it needs no signature, or never ends', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'ada' }).setExpirationTime('1h').encode();
    expect(await codeOf(verifier()(unsigned))).toBe('UNAUTHENTICATED');
    const { privateKey, kid } = keys[0]!;
    const endless = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    expect(await codeOf(verifier()(endless))).toBe('UNAUTHENTICATED');
  });

  test('when it demands what is not understood here (crit)', async () => {
    const { privateKey, kid } = keys[0]!;
    const token = await new SignJWT({ sub: 'ada', b64x: true })
      .setProtectedHeader({ alg: 'RS256', kid, crit: ['b64x'], b64x: true })
      .setExpirationTime('10m')
      .sign(privateKey, { crit: { b64x: true } });
    expect(await codeOf(verifier()(token))).toBe('UNAUTHENTICATED');
  });

  test('when it is of another issuer, or for another audience', async () => {
    const verify = createTokenVerifier({
      keys: { kind: 'jwks', url },
      issuer: 'https://id.example',
      audience: 'larder',
      signInDomains: [],
    });
    const { privateKey, kid } = keys[0]!;
    const token = (iss: string, aud: string) =>
      new SignJWT({ sub: 'ada', iss, aud })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setExpirationTime('10m')
        .sign(privateKey);
    expect(await verify(await token('https://id.example', 'larder'))).toMatchObject({ subject: 'ada' });
    expect(await codeOf(verify(await token('https://evil.example', 'larder')))).toBe('UNAUTHENTICATED');
    expect(await codeOf(verify(await token('https://id.example', 'other')))).toBe('UNAUTHENTICATED');
  });

  test('once it has expired', async () => {
    expect(await codeOf(verifier()(await sign(keys[0]!, '10m ago')))).toBe('UNAUTHENTICATED');
  });
});

describe('when the issuer changes its keys', () => {
  test('tokens of the new key are taken, and those of the old one no longer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const [old] = keys;
    await verify(await sign(old!));
    keys = [await newKey('second')];
    vi.setSystemTime(Date.now() + 31_000);
    expect(await verify(await sign(keys[0]!))).toMatchObject({ subject: 'ada' });
    expect(await codeOf(verify(await sign(old!)))).toBe('UNAUTHENTICATED');
  });

  test('tokens that name unknown keys cause one fetch in half a minute, however many they are', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    await verify(await sign(keys[0]!));
    vi.setSystemTime(Date.now() + 31_000);
    const stranger = await newKey('stranger');
    for (let i = 0; i < 10; i += 1) expect(await codeOf(verify(await sign(stranger)))).toBe('UNAUTHENTICATED');
    expect(fetches).toBe(2);
  });
});

test('200 tokens of unknown keys, within half a minute of the last fetch, cause none', async () => {
  const verify = verifier();
  await verify(await sign(keys[0]!));
  const { privateKey } = await newKey('stranger');
  const refusals = await Promise.all(
    Array.from({ length: 200 }, async (_, i) =>
      codeOf(verify(await sign({ ...keys[0]!, kid: `unknown-${i}`, privateKey }))),
    ),
  );
  expect(new Set(refusals)).toEqual(new Set(['UNAUTHENTICATED']));
  expect(fetches).toBe(1);
});

describe('while the key set cannot be had, a token is neither good nor bad, but UNAVAILABLE', () => {
  test('because nobody answers', async () => {
    const { port } = server.address() as AddressInfo;
    const token = await sign(keys[0]!);
    await new Promise((resolve) => server.close(resolve));
    expect(await codeOf(verifier(`http://127.0.0.1:${port}/keys`)(token))).toBe('UNAVAILABLE');
  });

  test.each([
    ['an error', { status: 500, body: 'oops' }],
    ['a page that is not JSON', { status: 200, body: '<html>' }],
    ['JSON that is no key set', { status: 200, body: '{"keys": "none"}' }],
  ])('because the issuer answers with %s', async (_what, wrong) => {
    answer = () => wrong;
    const verify = verifier();
    expect(await codeOf(verify(await sign(keys[0]!)))).toBe('UNAVAILABLE');
    answer = null;
    expect(await verify(await sign(keys[0]!))).toMatchObject({ subject: 'ada' });
  });
});

describe('when an issuer fails that has answered before', () => {
  const HOURS = 3_600_000;
  const failing = { status: 500, body: 'oops' };

  test('its keys are good for a day longer, for it is asked again twice a minute at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign(keys[0]!, '72h');
    await verify(token);
    answer = () => failing;
    vi.setSystemTime(Date.now() + 23 * HOURS);
    for (let i = 0; i < 10; i += 1) expect(await verify(token)).toMatchObject({ subject: 'ada' });
    expect(fetches).toBe(2);
    vi.setSystemTime(Date.now() + 2 * HOURS);
    expect(await codeOf(verify(token))).toBe('UNAVAILABLE');
  });

  test.each([failing, { status: 200, body: '<html>' }])(
    'tokens of unknown keys, for which the answer is that nobody can tell, have it asked twice a minute at most: %o',
    async (wrong) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const verify = verifier();
      await verify(await sign(keys[0]!));
      answer = () => wrong;
      vi.setSystemTime(Date.now() + 31_000);
      const stranger = await newKey('stranger');
      for (let i = 0; i < 10; i += 1) expect(await codeOf(verify(await sign(stranger)))).toBe('UNAVAILABLE');
      expect(fetches).toBe(2);
    },
  );

  test('or hangs, nobody waits until it is given up, for its keys are there; what it says in the end is heard', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign(keys[0]!, '2h');
    await verify(token);
    keys = [await newKey('second')];
    let letGo: () => void = () => undefined;
    held = new Promise((resolve) => (letGo = resolve));
    vi.setSystemTime(Date.now() + 11 * 60_000);
    const all = Promise.all(Array.from({ length: 5 }, () => verify(token)));
    expect(await Promise.race([all.then(() => 'verified'), givenUp.then(() => 'given up')])).toBe('verified');
    letGo();
    await expect.poll(() => codeOf(verify(token))).toBe('UNAUTHENTICATED');
    expect(fetches).toBe(2);
  });

  test('a key that it has withdrawn is refused ten minutes later', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign(keys[0]!, '2h');
    await verify(token);
    keys = [await newKey('second')];
    vi.setSystemTime(Date.now() + 10 * 60_000);
    expect(await codeOf(verify(token))).toBe('UNAUTHENTICATED');
  });
});
