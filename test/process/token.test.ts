import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokenVerifier } from '../../src/platform/auth.js';
import { startChild } from '../support/child.js';

const SECRET = 'a secret that only the tests know of';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-token-'));
});
afterAll(() => rm(directory, { recursive: true }));

const token = (args: string[], env: Record<string, string> = { AUTH_SECRET: SECRET }) =>
  startChild('src/commands/token.ts', args, { DATA_DIR: directory, ...env }).ended;

test('a token names its user and role, for as long as it was asked to', async () => {
  const env = { AUTH_SECRET: SECRET, AUTH_ISSUER: 'larder', AUTH_AUDIENCE: 'market' };
  const { code, output } = await token(['--user', 'ada', '--role', 'admin', '--ttl', '12h'], env);
  expect(code).toBe(0);
  const verify = createTokenVerifier({
    keys: { kind: 'secret', secret: SECRET },
    issuer: 'larder',
    audience: 'market',
    signInDomains: [],
  });
  expect(await verify(output.trim())).toMatchObject({ subject: 'ada', role: 'ADMIN' });
  const { iat, exp } = decodeJwt(output.trim());
  expect(exp! - iat!).toBe(12 * 3_600);
});

test('without a secret it is signed with the one that is kept for the server', async () => {
  const { output } = await token(['--user', 'demo'], {});
  const verify = createTokenVerifier({
    keys: { kind: 'kept', file: join(directory, 'auth-secret') },
    issuer: null,
    audience: null,
    signInDomains: [],
  });
  expect(await verify(output.trim())).toMatchObject({ subject: 'demo', role: 'USER' });
});

describe('no token is printed', () => {
  test.each([
    [
      'where an issuer signs them',
      1,
      ['--user', 'ada'],
      { AUTH_JWKS_URL: 'https://keys.example' },
      /issuer .*no secret here/,
    ],
    ['for nobody', 2, [], undefined, /--user: is needed[\s\S]*npm run token -- --user demo/],
    [
      'for a role that there is not',
      2,
      ['--user', 'ada', '--role', 'king'],
      undefined,
      /--role: must be USER or ADMIN/,
    ],
    [
      'for a time that is none',
      2,
      ['--user', 'ada', '--ttl', 'soon'],
      undefined,
      /--ttl: write a number and s, m, h or d/,
    ],
    ['for an option that there is not', 2, ['--user', 'ada', '--for', 'ever'], undefined, /Unknown option '--for'/],
    [
      'for words that nobody asked for',
      2,
      ['--user', 'ada', 'lovelace'],
      undefined,
      /not clear what "lovelace" is for/,
    ],
  ])('%s', async (_what, expected, args, env, why) => {
    const { code, output } = await token(args, env);
    expect(code).toBe(expected);
    expect(output).toMatch(why);
    expect(output).not.toMatch(/eyJ|^\s+at /m);
  });
});

test('--help explains, and is no fault', async () => {
  const { code, output } = await token(['--help'], {});
  expect(code).toBe(0);
  expect(output).toContain('npm run token -- --user NAME');
});
