import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTokenVerifier, secretOf, signToken } from '../../src/platform/auth.js';
import { keptSecret } from '../../src/platform/kept-secret.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-secret-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a secret is made once and kept, for its owner alone to read', async () => {
  const file = join(directory, 'data', 'auth-secret');
  const secret = await keptSecret(file);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(await keptSecret(file)).toBe(secret);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await keptSecret(join(directory, 'elsewhere', 'auth-secret'))).not.toBe(secret);
});

test('many that start at once agree on one, and leave nothing else behind', async () => {
  const file = join(directory, 'auth-secret');
  const secrets = await Promise.all(Array.from({ length: 20 }, () => keptSecret(file)));
  expect(new Set(secrets).size).toBe(1);
  expect(`${secrets[0]!}\n`).toBe(await readFile(file, 'utf8'));
  expect(await readdir(directory)).toEqual(['auth-secret']);
});

test('a file that holds no secret is not taken for one', async () => {
  const file = join(directory, 'auth-secret');
  await writeFile(file, 'hunter2\n');
  await expect(keptSecret(file)).rejects.toThrow(
    'holds no secret of at least 32 characters: remove it, or set AUTH_SECRET',
  );
});

test('a directory that cannot be is told with what to do', async () => {
  await writeFile(join(directory, 'data'), '');
  await expect(keptSecret(join(directory, 'data', 'auth-secret'))).rejects.toThrow(/cannot be kept .*set AUTH_SECRET/);
});

test('a token that was signed with the kept secret is accepted, and one from another directory is not', async () => {
  const keys = (name: string) => ({ kind: 'kept' as const, file: join(directory, name, 'auth-secret') });
  const sign = async (name: string) =>
    signToken(await secretOf(keys(name)), { user: 'ada', role: 'USER', ttlSeconds: 60 });
  const verify = createTokenVerifier({ keys: keys('here'), issuer: null, audience: null, signInDomains: [] });
  expect(await verify(await sign('here'))).toMatchObject({ subject: 'ada' });
  await expect(verify(await sign('there'))).rejects.toThrow(/not signed with a key/);
});
