import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Child, startChild } from '../support/child.js';

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

test('a port in use is told with what to do', { timeout: 60_000 }, async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const output = await failure(start({ DATABASE_URL: 'memory://', PORT: String(port) }));
  expect(output).toContain(`Port ${port} is in use: stop what listens there, or start with another PORT.`);
  squatter.close();
});

test('bad variables are told all together, before anything is opened', async () => {
  const output = await failure(start({ PORT: 'x', SEED: 'maybe', NODE_ENV: 'production', DATABASE_URL: 'mysql://db' }));
  expect(
    output
      .match(/^ {2}[A-Z_]+(?=: )/gm)
      ?.map((line) => line.trim())
      .sort(),
  ).toEqual(['AUTH_SECRET', 'DATABASE_URL', 'PORT', 'SEED']);
});

test('a database that stays away ends the start with what to check', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const url = `postgresql://larder:hunter2@127.0.0.1:${port}/larder`;
  const output = await failure(start({ DATABASE_URL: url, DATABASE_WAIT_SECONDS: '1' }));
  expect(output).toMatch(/waiting for the database at postgresql:\/\/larder@127/);
  expect(output).toMatch(/cannot be reached .*Check DATABASE_URL and that PostgreSQL runs\./);
  expect(output).not.toContain('hunter2');
});
