/** What the dashboard does is asked for by the hashes of its documents: where anything may be asked, and where only known documents are answered. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DASHBOARD_DOCUMENTS } from '../../src/monitoring/dashboard/documents.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Listening, listen } from '../support/listen.js';

const KNOWN = '{ agentCategories { category } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-trusted-'));
  await writeFile(join(folder, 'web.json'), JSON.stringify({ [hashOf(KNOWN)]: KNOWN }));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(['any', 'trusted'])('OPERATIONS=%s', (OPERATIONS) => {
  let app: TestApp, server: Listening;
  let root: string, ann: string;
  let hashes: Record<string, string>;

  beforeAll(async () => {
    const env = { CACHE_ENGINE: 'larder', NODE_ENV: 'production', TRUSTED_DOCUMENTS: folder, OPERATIONS };
    app = await startApp({ env });
    server = await listen(app);
    [root, ann] = await Promise.all([app.token('root', 'ADMIN'), app.token('ann')]);
    const module = await (await fetch(`${server.url}/dashboard/hashes.js`)).text();
    hashes = JSON.parse(/^export const HASHES = (.*);$/m.exec(module)![1]!) as Record<string, string>;
  });
  afterAll(async () => {
    await server.close();
    await app.close();
  });

  async function ask(body: object, token?: string) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ variables: { tags: ['Agent'] }, ...body }),
    });
    return (await response.json()) as { data?: { result: object }; errors?: { extensions: { code: string } }[] };
  }
  const named = (sha256Hash: string | undefined) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

  it.each(['invalidateCache', 'flushCache', 'warmCache', 'resetCircuitBreakers', 'resetStatistics', 'runSelfTest'])(
    '%s is done for an admin, and for nobody else',
    async (action) => {
      const asked = named(hashes[action]);
      expect((await ask(asked)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect((await ask(asked, ann)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
      const { data, errors } = await ask(asked, root);
      expect(errors).toBeUndefined();
      expect(data?.result).toBeTypeOf('object');
    },
  );

  it('the documents are those of the page, and in full they are known no better than others', async () => {
    expect(new Set(Object.values(hashes))).toEqual(new Set(DASHBOARD_DOCUMENTS.keys()));
    const { errors } = await ask({ query: DASHBOARD_DOCUMENTS.get(hashes['flushCache']!) }, root);
    expect(errors === undefined).toBe(OPERATIONS === 'any');
  });
});
