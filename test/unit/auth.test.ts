import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { AuthConfig } from '../../src/config.js';
import { createTokenVerifier, signToken } from '../../src/platform/auth.js';

const SECRET = 'a secret that only the tests know of';
const now = () => Math.floor(Date.now() / 1_000);

const config = (claims: Partial<AuthConfig> = {}): AuthConfig => ({
  keys: { kind: 'secret', secret: SECRET },
  issuer: null,
  audience: null,
  signInDomains: [],
  ...claims,
});

const sign = (payload: JWTPayload, { secret = SECRET, alg = 'HS256' } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

const verify = createTokenVerifier(config());

async function refusal(token: string, verifier = verify): Promise<{ code: unknown; status: unknown; message: string }> {
  const error = await verifier(token).then(
    () => expect.unreachable('the token was accepted'),
    (error: unknown) => error as { message: string; extensions: { code: string; http?: { status: number } } },
  );
  return { code: error.extensions.code, status: error.extensions.http?.status, message: error.message };
}

const refused = (why: RegExp) => ({
  code: 'UNAUTHENTICATED',
  status: 401,
  message: expect.stringMatching(why) as string,
});

test('a token that was signed for a user names them and their role', async () => {
  const token = await signToken(SECRET, { user: 'ada', role: 'ADMIN', ttlSeconds: 60 });
  const identity = await verify(token);
  expect(identity).toMatchObject({ subject: 'ada', role: 'ADMIN' });
  expect(Math.abs(identity.expiresAt - now() - 60)).toBeLessThanOrEqual(1);
});

test('who has no role is a user', async () => {
  expect(await verify(await sign({ sub: 'ada', exp: now() + 60 }))).toMatchObject({ role: 'USER' });
});

test('clocks may be five seconds apart, not more', async () => {
  expect(await verify(await sign({ sub: 'ada', exp: now() - 3 }))).toMatchObject({ subject: 'ada' });
  expect(await refusal(await sign({ sub: 'ada', exp: now() - 10 }))).toEqual(refused(/expired/));
});

describe('a token is refused', () => {
  test('once it has expired', async () => {
    expect(await refusal(await sign({ sub: 'ada', exp: now() - 3_600 }))).toEqual(refused(/it has expired/));
  });

  test('when it was signed with another secret', async () => {
    expect(await refusal(await sign({ sub: 'ada', exp: now() + 60 }, { secret: 'x'.repeat(32) }))).toEqual(
      refused(/not signed with a key/),
    );
  });

  test('when its claims were changed after it was signed', async () => {
    const [header, , signature] = (await sign({ sub: 'ada', exp: now() + 60 })).split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'ada', role: 'ADMIN', exp: now() + 60 })).toString('base64url');
    expect(await refusal([header, claims, signature].join('.'))).toEqual(refused(/not signed with a key/));
  });

  test('when it says that it needs no signature', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'ada' }).setExpirationTime('1h').encode();
    expect(await refusal(unsigned)).toEqual(refused(/not signed with a key/));
    expect(await refusal(`${unsigned}x`)).toEqual(refused(/not signed with a key/));
  });

  test('when it was signed with the right secret by another algorithm', async () => {
    const secret = SECRET.repeat(2);
    const verifier = createTokenVerifier(config({ keys: { kind: 'secret', secret } }));
    const token = await sign({ sub: 'ada', exp: now() + 60 }, { secret, alg: 'HS512' });
    expect(await refusal(token, verifier)).toEqual(refused(/not signed with a key/));
  });

  test('when it never ends', async () => {
    expect(await refusal(await sign({ sub: 'ada' }))).toEqual(refused(/"exp"/));
  });

  test('before its time', async () => {
    expect(await refusal(await sign({ sub: 'ada', exp: now() + 60, nbf: now() + 30 }))).toEqual(refused(/"nbf"/));
  });

  test.each([
    ['nobody', {}],
    ['an empty name', { sub: '' }],
    ['a name without end', { sub: 'x'.repeat(256) }],
    ['a name with NUL', { sub: 'a\0b' }],
    ['a name of two lines', { sub: 'ada\nadmin' }],
    ['a name with half a character, which is stored as every other half', { sub: 'ada\ud83d' }],
    ['an unknown role', { sub: 'ada', role: 'ROOT' }],
  ])('when it names %s', async (_what, claims) => {
    expect(await refusal(await sign({ ...claims, exp: now() + 60 }))).toEqual(refused(/claim "(sub|role)"/));
  });

  test('when it is longer than any honest one, before it is looked at', async () => {
    expect(await refusal('x'.repeat(8_193))).toEqual(refused(/too long/));
  });

  test.each(['', 'x', 'a.b.c', '..', 'null', '💥.💥.💥'])('when it is none: %j', async (text) => {
    expect(await refusal(text)).toEqual(refused(/not signed with a key/));
  });
});

describe('a server that names its issuer and audience', () => {
  const verifier = createTokenVerifier(config({ issuer: 'https://id.example', audience: 'larder' }));
  const right = { sub: 'ada', exp: now() + 600, iss: 'https://id.example', aud: 'larder' };

  test('takes tokens of that issuer for that audience', async () => {
    expect(await verifier(await sign(right))).toMatchObject({ subject: 'ada' });
    expect(await verifier(await sign({ ...right, aud: ['other', 'larder'] }))).toMatchObject({ subject: 'ada' });
    const own = await signToken(
      SECRET,
      { user: 'ada', role: 'USER', ttlSeconds: 60 },
      { issuer: right.iss, audience: right.aud },
    );
    expect(await verifier(own)).toMatchObject({ subject: 'ada' });
  });

  test.each([
    ['of another issuer', { iss: 'https://evil.example' }, /"iss"/],
    ['of no issuer', { iss: undefined }, /"iss"/],
    ['for another audience', { aud: 'other' }, /"aud"/],
    ['for no audience', { aud: undefined }, /"aud"/],
  ])('refuses tokens %s', async (_what, wrong, why) => {
    expect(await refusal(await sign({ ...right, ...wrong }), verifier)).toEqual(refused(why));
  });
});
