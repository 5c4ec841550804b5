/** What the server does for its cache in the background: hits are checked against the truth, and what is asked most is executed before anyone asks. */
import { afterEach, describe, expect, test } from 'vitest';
import type { ObservedOperation } from '../../src/monitoring/observation.js';
import { PopularOperations } from '../../src/response-cache/popular-operations.js';
import { type AppOptions, type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';
import { type Listening, listen } from '../support/listen.js';
import { createAgent } from '../support/marketplace.js';

let app: TestApp;
let server: Listening;
let operations: ObservedOperation[];
async function start({ env, ...options }: AppOptions = {}): Promise<void> {
  app = await startApp({ ...options, env: { CACHE_ENGINE: 'larder', CHECK_HITS: '0', WARM_UP: 'off', ...env } });
  server = await listen(app);
  operations = [];
  asked = 0;
  app.observations.on('operation', (operation) => operations.push(operation));
}
afterEach(async () => {
  await server.close();
  await app.close();
});

const ONE = 'query One($slug: String! = "one") { agent(slug: $slug) { name tagline } }';
let asked: number;
async function ask(query = ONE, headers: Record<string, string> = {}) {
  asked += 1;
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { text: await response.text(), cache: response.headers.get('x-cache') };
}
async function askTimes(times: number, query?: string, headers?: Record<string, string>): Promise<void> {
  for (let time = 0; time < times; time += 1) await ask(query, headers);
}
/** Asks until a hit has been checked: after each check there is a rest. Resolves with the verdict. */
async function verdict(): Promise<string> {
  let told: string | null = null;
  app.observations.on('check', (check) => (told ??= check.verdict));
  await expect
    .poll(
      async () => {
        await ask();
        return told;
      },
      { timeout: 15_000 },
    )
    .not.toBeNull();
  return told!;
}
/** A write that no trigger speaks of: its event is gone before anyone can see it. */
const writeUnseen = (tagline: string) =>
  app.prisma.$transaction([
    app.prisma.$executeRaw`UPDATE "Agent" SET tagline = ${tagline} WHERE slug = 'one'`,
    app.prisma.$executeRaw`DELETE FROM cache_event WHERE xid = pg_current_xact_id()`,
  ]);

test('a write that the cache was not told of is found, told with what it concerns, and shows from then on', async () => {
  const log = captureLog();
  await start({ env: { CHECK_HITS: '1' }, logger: log.logger });
  await createAgent(app.prisma, { slug: 'one', tagline: 'old secret' });
  await app.poll();
  expect(await verdict()).toBe('same');
  await writeUnseen('new');
  expect((await ask()).text).toContain('old secret');
  expect(await verdict()).toBe('mismatch');
  expect((await ask()).text).toContain('new');
  const line = log.lines.find(({ msg }) => /a hit was not/.test(msg))!;
  expect(line['tags']).toContain('Agent[slug="one"]');
  expect(line['storedHash']).not.toBe(line['trueHash']);
  expect(JSON.stringify(line)).not.toContain('old secret');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('larder_checks_total{verdict="mismatch"} 1');
});

test('a hit that is right passes, and a check is no request of anybody', async () => {
  await start({ env: { CHECK_HITS: '1' } });
  await createAgent(app.prisma, { slug: 'one' });
  await app.poll();
  await askTimes(2);
  expect(await verdict()).toBe('same');
  expect(operations).toHaveLength(asked);
});

test('a write between a hit and its check is no mismatch', async () => {
  const log = captureLog();
  await start({ env: { CHECK_HITS: '1' }, logger: log.logger });
  await createAgent(app.prisma, { slug: 'one', tagline: 'old' });
  await app.poll();
  expect(await verdict()).toBe('same');
  // Committed, and not told yet, while the hit is served: this instance has not read on in the ledger.
  await app.prisma.$executeRaw`UPDATE "Agent" SET tagline = 'new' WHERE slug = 'one'`;
  expect(['unknown', 'same']).toContain(await verdict());
  expect(log.lines.some(({ msg }) => /a hit was not/.test(msg))).toBe(false);
});

test('the most used public operations are executed again after everything was flushed, and not those of viewers', async () => {
  const log = captureLog();
  await start({ env: { WARM_UP: 'on' }, logger: log.logger });
  await createAgent(app.prisma, { slug: 'one' });
  await app.poll();
  const authorization = `Bearer ${await app.token('demo', 'ADMIN')}`;
  await askTimes(4);
  await askTimes(4, 'query Mine { viewer { username } }', { authorization });
  // As a stop does, and a timer once a minute.
  await app.upkeep!.save();
  const kept = await app.prisma.$queryRaw<{ body: string }[]>`SELECT body FROM cache_popular`;
  expect(kept.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ query: ONE }]);

  const answer = await app.execute('mutation { flushCache { __typename } }', {}, { token: authorization.slice(7) });
  expect(answer.errors).toEqual([]);
  // Nobody asks meanwhile: what is a hit then was executed by the server.
  await log.said(/the most used operations have been executed/);
  expect((await ask()).cache).toBe('HIT');
  const after = operations.filter(({ name }) => name === 'One');
  expect(after.filter(({ status }) => status === 'MISS').length).toBeLessThanOrEqual(1);
});

test('an admin has the most used operations executed, and what cannot be asked is passed over', async () => {
  await start();
  await createAgent(app.prisma, { slug: 'one' });
  await app.poll();
  await app.prisma
    .$executeRaw`INSERT INTO cache_popular VALUES ('a', ${JSON.stringify({ query: ONE })}, 1), ('b', 'no JSON', 2)`;
  const token = await app.token('demo', 'ADMIN');
  const answer = await app.execute('mutation { warmCache { __typename } }', {}, { token });
  expect(answer.errors).toEqual([]);
  expect((await ask()).cache).toBe('HIT');
});

describe('what was asked counts for less', () => {
  /** @returns how to have them asked, and what would be executed first. */
  function keep() {
    let popular: { text: string; uses: number }[] = [];
    const replayed: string[] = [];
    const kept = new PopularOperations({
      client: { query: (sql, values = []) => app.prisma.$queryRawUnsafe(sql, ...values) },
      known: { takePopular: () => popular },
      documentOf: () => null,
      async fetch(request) {
        replayed.push(((await request.json()) as { query: string }).query);
        return new Response();
      },
      monotonicMs: () => 0,
    });
    return {
      async save(query: string, uses: number) {
        popular = [{ text: JSON.stringify({ query }), uses }];
        await kept.save();
      },
      async order() {
        await kept.warm(1);
        return replayed;
      },
    };
  }

  test('as time passes', async () => {
    await start();
    const kept = keep();
    await kept.save('{ old }', 10);
    // Years may pass, in which numbers become too small for PostgreSQL.
    for (const ago of ['1 hour', '10 years'])
      await app.prisma.$executeRawUnsafe(`UPDATE cache_popular SET at = at - interval '${ago}'`);
    await kept.save('{ new }', 1);
    expect(await kept.order()).toEqual(['{ new }', '{ old }']);
  });

  test('and not because many instances save', async () => {
    await start();
    const kept = keep();
    await kept.save('{ often }', 10);
    for (let instance = 0; instance < 60; instance += 1) await kept.save(`{ once${instance} }`, 1);
    expect((await kept.order())[0]).toBe('{ often }');
  });

  test('and it adds up, whoever asks', async () => {
    await start();
    const kept = keep();
    await kept.save('{ five }', 5);
    for (let instance = 0; instance < 3; instance += 1) await kept.save('{ six }', 2);
    expect(await kept.order()).toEqual(['{ six }', '{ five }']);
  });
});
