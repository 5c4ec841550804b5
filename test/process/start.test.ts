import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explainListening } from '../../src/platform/listen.js';
import { type Child, startChild } from '../support/child.js';
import { freePort } from '../support/server-process.js';

let directory: string;
let children: Child[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-start-'));
  children = [];
});
afterEach(async () => {
  children.forEach((child) => child.kill('SIGKILL'));
  await Promise.all(children.map(({ ended }) => ended));
  await rm(directory, { recursive: true });
});

function start(env: Record<string, string> = {}): Child {
  const child = startChild('src/main.ts', [], { DATA_DIR: directory, SEED: 'off', PORT: '0', ...env });
  children.push(child);
  return child;
}

/** The output of a start that failed. It must be for people: no stack trace. */
async function failure(child: Child): Promise<string> {
  const { code, output } = await child.ended;
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at /m);
  return output;
}

test(
  'a server answers, keeps others out of its directory, and gives it back on SIGTERM',
  { timeout: 60_000 },
  async () => {
    const server = start();
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(await server.says(/answers at http:\S+\/graphql/))!;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    const output = await failure(start());
    expect(output).toContain(`Another process uses the embedded database in ${directory}. Stop it first`);

    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
    const next = start();
    await next.says(/answers at/);
  },
);

test.each(['src/main.ts', 'src/commands/seed.ts'])(
  '%s, killed while it makes the database, keeps no start out',
  { timeout: 90_000 },
  async (file) => {
    const first = startChild(file, [], { DATA_DIR: directory, SEED: 'off', PORT: '0' });
    children.push(first);
    // Of a complete one there are some hundred times as many.
    const isBegun = async () =>
      (await readdir(directory, { recursive: true })).filter((path) => path.startsWith('postgres')).length > 2;
    await expect.poll(isBegun, { timeout: 30_000, interval: 5 }).toBe(true);
    first.kill('SIGKILL');
    await first.ended;
    await start().says(/answers at/);
  },
);

test.each([
  ['src/main.ts', 'PG_VERSION'],
  ['src/commands/seed.ts', 'PG_VERSION'],
  ['src/commands/seed.ts', 'pg_wal'],
])(
  '%s tells a database that is damaged (there is only %s) by its directory, with what to do, and leaves it as it is',
  { timeout: 60_000 },
  async (file, name) => {
    const cluster = join(directory, 'postgres');
    await mkdir(join(cluster, 'pg_wal'), { recursive: true });
    if (name === 'PG_VERSION') await writeFile(join(cluster, name), '17\n');
    const damaged = await readdir(cluster);
    const child = startChild(file, [], { DATA_DIR: directory, PORT: '0' });
    children.push(child);
    expect(await failure(child)).toMatch(
      new RegExp(`^The embedded database in ${cluster} cannot be opened \\([^{]+\\)\\. Check .*another DATA_DIR`, 'm'),
    );
    expect(await readdir(cluster)).toEqual(damaged);
  },
);

describe('an address that cannot be had is told at once, with what to do, and nothing is made', () => {
  const address = async (env: Record<string, string>) => {
    const output = await failure(start(env));
    expect(output.split('\n')).toHaveLength(2);
    expect(await readdir(directory)).toEqual(['auth-secret']);
    return output;
  };

  test('a port in use', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    expect(await address({ PORT: String(port) })).toBe(
      `Port ${port} is in use: stop what listens there, or start with another PORT.\n`,
    );
    squatter.close();
  });

  test.each([
    ['192.0.2.1', /^192\.0\.2\.1 is no address of this machine: set HOST/],
    ['nohost.invalid', /^The name nohost\.invalid is not known here: set HOST/],
  ])('HOST=%s', async (host, why) => expect(await address({ HOST: host })).toMatch(why));

  test('a port that is kept for root', () => {
    const refused = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    expect(explainListening(refused, { host: '127.0.0.1', port: 80 }).message).toMatch(
      /port 80: start with a PORT from 1024/,
    );
  });
});

test(
  'while it starts a server lives, is not ready, and asks everybody else to come again',
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const server = start({ PORT: String(port), SEED: 'on' });
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    await expect
      .poll(
        () =>
          ask('/health/live').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 30_000 },
      )
      .toBe(200);
    const [ready, other] = [await ask('/health/ready'), await ask('/graphql?query={__typename}')];
    expect(ready.status).toBe(503);
    expect({ status: other.status, wait: other.headers.get('retry-after'), body: await other.json() }).toEqual({
      status: 503,
      wait: '2',
      body: {
        errors: [{ message: expect.stringContaining('starting') as string, extensions: { code: 'UNAVAILABLE' } }],
      },
    });
    await server.says(/answers at/);
    expect((await ask('/health/ready')).status).toBe(200);
  },
);

test('bad variables are told all together, before anything is opened', async () => {
  const output = await failure(start({ PORT: 'x', SEED: 'maybe', NODE_ENV: 'production', DATABASE_URL: 'mysql://db' }));
  expect(
    output
      .match(/^ {2}[A-Z_]+(?=: )/gm)
      ?.map((line) => line.trim())
      .sort(),
  ).toEqual(['AUTH_SECRET', 'DATABASE_URL', 'PORT', 'SEED']);
});

async function nobodysDatabase(): Promise<string> {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  return `postgresql://larder:hunter2@127.0.0.1:${port}/larder`;
}

test(
  'a server that is told to stop while it waits for its database ends, and says so; debug lines are no reason to',
  { timeout: 60_000 },
  async () => {
    const server = start({ DATABASE_URL: await nobodysDatabase(), DATABASE_WAIT_SECONDS: '30' });
    await server.says(/waiting for the database/);
    server.kill('SIGUSR2');
    await server.says(/"logLevel":"debug"/);
    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({
      code: 0,
      output: expect.stringContaining('stopping before the start was done') as string,
    });
  },
);

test('a database that stays away ends the start with what to check', async () => {
  const url = await nobodysDatabase();
  const output = await failure(start({ DATABASE_URL: url, DATABASE_WAIT_SECONDS: '1' }));
  expect(output).toMatch(/waiting for the database at postgresql:\/\/larder@127/);
  expect(output).toMatch(/cannot be reached .*Check DATABASE_URL and that PostgreSQL runs\./);
  expect(output).not.toContain('hunter2');
});

test('production that takes tokens of every application of its issuer says so at the start, once', async () => {
  const database = { DATABASE_URL: await nobodysDatabase(), DATABASE_WAIT_SECONDS: '0' };
  const output = await failure(start({ NODE_ENV: 'production', AUTH_JWKS_URL: 'http://id.example/keys', ...database }));
  const warnings = output.split('\n').filter((line) => line.includes('"level":40'));
  expect(warnings).toEqual([
    expect.stringContaining('AUTH_AUDIENCE is not set: '),
    expect.stringContaining('AUTH_JWKS_URL is fetched without TLS: '),
  ]);
});
