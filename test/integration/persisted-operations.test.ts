/** Operations named by the hash of their document: those that were sent before, those that are known beforehand, and a server that answers no others. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrustedDocuments } from '../../src/graphql/trusted-documents.js';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

const KNOWN = 'query Known { agent(slug: "one") { tagline } }';
const OTHER = 'query Other { agent(slug: "one") { name } }';
const schema = buildMarketplaceSchema();
const manifestOf = (text: string) => JSON.stringify({ [hashOf(text)]: text });
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let app: TestApp;
let server: Listening;
let strict: { app: TestApp; server: Listening };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-trusted-'));
  await writeFile(join(folder, 'web.json'), JSON.stringify({ [hashOf(KNOWN)]: KNOWN }));
  const env = { CACHE_ENGINE: 'larder', TRUSTED_DOCUMENTS: folder };
  app = await startApp({ env });
  server = await listen(app);
  const onlyTrusted = await startApp({ env: { ...env, OPERATIONS: 'trusted' } });
  strict = { app: onlyTrusted, server: await listen(onlyTrusted) };
  for (const { prisma, poll } of [app, onlyTrusted]) {
    await createAgent(prisma, { slug: 'one', tagline: 'old', name: 'One' });
    await poll();
  }
});
afterAll(async () => {
  for (const { server: listening, app: running } of [{ server, app }, strict]) {
    await listening.close();
    await running.close();
  }
  await rm(folder, { recursive: true });
});

interface Got {
  status: number;
  cache: string | null;
  cacheControl: string | null;
  data: unknown;
  message: string | undefined;
}

async function ask(
  to: Listening,
  { query, hash }: { query?: string; hash?: string },
  token?: string,
  more: Record<string, string> = {},
): Promise<Got> {
  const extensions = hash && { persistedQuery: { version: 1, sha256Hash: hash } };
  const response = await fetch(`${to.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...more },
    body: JSON.stringify({ query, extensions }),
  });
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] };
  const { headers, status } = response;
  return {
    status,
    data,
    message: errors?.[0]?.message,
    cache: headers.get('x-cache'),
    cacheControl: headers.get('cache-control'),
  };
}

const NOT_FOUND = { status: 404, message: 'PersistedQueryNotFound', data: undefined, cacheControl: 'no-store' };

describe('automatic persisted queries', () => {
  test('are known by their hash after they were sent once, and then answered before the server', async () => {
    const hash = hashOf(OTHER);
    expect(await ask(server, { hash })).toMatchObject(NOT_FOUND);
    expect(await ask(server, { query: OTHER, hash })).toMatchObject({ status: 200, data: { agent: { name: 'One' } } });
    for (const cache of ['HIT', 'HIT', 'HIT'])
      expect(await ask(server, { hash })).toMatchObject({ status: 200, cache });
  });

  test('of one viewer push out nobody else’s', async () => {
    const text = 'query Mine { agent(slug: "one") { slug } }';
    const token = await app.token('ada');
    await ask(server, { query: text, hash: hashOf(text) }, token);
    await ask(server, { query: text, hash: hashOf(text) }, token);
    for (let n = 0; n < 200; n += 1) {
      const flood = `query Flood${n} { ${'__typename '.repeat(150)} }`;
      await ask(server, { query: flood, hash: hashOf(flood) });
    }
    expect((await ask(server, { hash: hashOf(text) }, token)).status).toBe(200);
    expect(await ask(server, { hash: hashOf('query Flood0 { __typename }') })).toMatchObject(NOT_FOUND);
  });

  test('of one stranger push out those of no other, and any stranger may ask for them', async () => {
    const running = await startApp({ env: { CACHE_ENGINE: 'larder', TRUST_PROXY: '1' } });
    const listening = await listen(running);
    const from = (address: string, asked: { query?: string; hash?: string }) =>
      ask(listening, asked, undefined, { 'x-forwarded-for': address });
    try {
      const text = 'query Ours { agent(slug: "none") { slug } }';
      expect((await from('198.51.100.1', { query: text, hash: hashOf(text) })).status).toBe(200);
      for (let n = 0; n < 200; n += 1) {
        const flood = `query Flood${n} { ${'__typename '.repeat(150)} }`;
        await from('198.51.100.2', { query: flood, hash: hashOf(flood) });
      }
      for (const address of ['198.51.100.1', '198.51.100.3'])
        expect((await from(address, { hash: hashOf(text) })).status).toBe(200);
    } finally {
      await listening.close();
      await running.close();
    }
  });

  test('are not what another document claims to be', async () => {
    const answer = await ask(server, { query: OTHER, hash: hashOf(KNOWN) });
    expect(answer).toMatchObject({ status: 400, message: 'PersistedQueryMismatch' });
  });

  test('that are sent in full with their hash are heard each time, so that they are known again', async () => {
    const text = 'query Again { agent(slug: "one") { id } }';
    for (let n = 0; n < 3; n += 1) await ask(server, { query: text, hash: hashOf(text) });
    expect((await ask(server, { hash: hashOf(text) })).status).toBe(200);
  });

  test.each([
    ['a list of bytes', [...Buffer.from('query Bytes { agent(slug: "one") { id } }')]],
    ['a number', 1],
    ['an object', { length: 1, 0: 113 }],
  ])('are texts: %s is refused, and takes nobody’s place', async (_, query) => {
    const text = 'query Bytes { agent(slug: "one") { id } }';
    const body = JSON.stringify({ query, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).status).toBe(400);
    expect(await ask(server, { hash: hashOf(text) })).toMatchObject(NOT_FOUND);
  });
});

describe('trusted documents', () => {
  test('are known before anyone has sent them', async () => {
    expect(await ask(server, { hash: hashOf(KNOWN) })).toMatchObject({
      status: 200,
      data: { agent: { tagline: 'old' } },
    });
  });

  test('are all that is answered where only they are allowed, and are found in the cache as well', async () => {
    for (const cache of ['MISS', 'HIT', 'HIT'])
      expect(await ask(strict.server, { hash: hashOf(KNOWN) })).toMatchObject({ status: 200, cache });
    for (const refused of [
      { query: KNOWN },
      { query: OTHER },
      { query: OTHER, hash: hashOf(OTHER) },
      { hash: hashOf(OTHER) },
      {},
    ])
      expect(await ask(strict.server, refused)).toMatchObject({ data: undefined, cache: null });
  });

  test('are asked again by the server itself, which checks its hits, though it knows them by their text', async () => {
    const env = { CACHE_ENGINE: 'larder', TRUSTED_DOCUMENTS: folder, OPERATIONS: 'trusted', CHECK_HITS: '1' };
    const running = await startApp({ env });
    const listening = await listen(running);
    const verdicts: string[] = [];
    running.observations.on('check', ({ verdict }) => verdicts.push(verdict));
    try {
      for (const cache of ['MISS', 'HIT'])
        expect(await ask(listening, { hash: hashOf(KNOWN) }, undefined, { 'x-cache-explain': '1' })).toMatchObject({
          cache,
        });
      await expect.poll(() => verdicts, { timeout: 10_000 }).toEqual(['same']);
    } finally {
      await listening.close();
      await running.close();
    }
  });

  test.each([
    ['no JSON', '{', /web\.json .* must be JSON that maps hashes to documents/],
    ['a list', '[]', /must be JSON that maps/],
    [
      'a document that does not fit the schema',
      manifestOf('{ nope }'),
      /does not fit the schema\. Cannot query field "nope"/,
    ],
    ['a document that is none', manifestOf('{'), /is no GraphQL\. Syntax Error/],
    ['a document under a wrong hash', JSON.stringify({ [hashOf(OTHER)]: KNOWN }), /is not the SHA-256 of its document/],
  ])('%s is told at the start', async (_, content, message) => {
    const place = await mkdtemp(join(tmpdir(), 'larder-trusted-'));
    await writeFile(join(place, 'web.json'), content);
    expect(() => readTrustedDocuments({ folder: place, onlyTrusted: false }, schema)).toThrow(message);
    await rm(place, { recursive: true });
  });

  test('must be there where nothing else is answered, and in a folder', async () => {
    const place = await mkdtemp(join(tmpdir(), 'larder-trusted-'));
    const none = join(place, 'none');
    expect(readTrustedDocuments({ folder: none, onlyTrusted: false }, schema).size).toBe(0);
    for (const folder of [none, place])
      expect(() => readTrustedDocuments({ folder, onlyTrusted: true }, schema)).toThrow(
        /there are none\. Put them there, or set/,
      );
    const file = join(place, 'file');
    await writeFile(file, '');
    expect(() => readTrustedDocuments({ folder: file, onlyTrusted: false }, schema)).toThrow(/must name a folder/);
    await rm(place, { recursive: true });
  });
});
