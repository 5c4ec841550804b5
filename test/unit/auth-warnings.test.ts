import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { authWarnings } from '../../src/platform/auth-warnings.js';

const warnings = (settings: Record<string, string>, NODE_ENV = 'production') =>
  authWarnings(readConfig({ NODE_ENV, AUTH_JWKS_URL: 'https://id.example/keys', ...settings }));
const NAMED = { AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'larder' };

test('production that takes every token of an issuer is warned once, by what is to be set', () => {
  expect(warnings({})).toEqual([expect.stringMatching(/^AUTH_AUDIENCE is not set: .* AUTH_ISSUER is not set: /)]);
  expect(warnings({ AUTH_ISSUER: NAMED.AUTH_ISSUER })).toEqual([
    expect.stringMatching(/^AUTH_AUDIENCE is not set: tokens that the same issuer makes for other applications are/),
  ]);
  expect(warnings({ AUTH_AUDIENCE: 'larder' })).toEqual([expect.stringMatching(/^AUTH_ISSUER is not set: /)]);
});

test.each([
  ['with both named', NAMED, 'production'],
  ['in development', {}, 'development'],
  ['with keys of this machine', { ...NAMED, AUTH_JWKS_URL: 'http://localhost:8080/keys' }, 'production'],
  ['with keys of this machine', { ...NAMED, AUTH_JWKS_URL: 'http://127.0.0.1/keys' }, 'production'],
  ['with keys of this machine', { ...NAMED, AUTH_JWKS_URL: 'http://[::1]/keys' }, 'production'],
  ['with a secret', { AUTH_JWKS_URL: '', AUTH_SECRET: 'x'.repeat(32) }, 'production'],
])('%s there is nothing to warn of: %o', (_what, settings, environment) => {
  expect(warnings(settings, environment)).toEqual([]);
});

test.each(['http://id.example/keys', 'http://127.0.0.1.evil.example/keys', 'http://10.0.0.1/keys'])(
  'production is warned of keys that come without TLS: %s',
  (AUTH_JWKS_URL) => {
    expect(warnings({ ...NAMED, AUTH_JWKS_URL })).toEqual([
      expect.stringMatching(/^AUTH_JWKS_URL is fetched without TLS/),
    ]);
  },
);
