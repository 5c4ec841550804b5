import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../support/child.js';

const ADDRESS = '0xb47e3cd837dDF8e4c57F05d70Ab865de6e193BBB';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-commands-'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = (command: 'seed' | 'import' | 'token', args: string[], env: Record<string, string> = {}) =>
  startChild(`src/commands/${command}.ts`, args, { DATA_DIR: directory, ...env }).ended;

async function ask(url: string, query: string, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test(
  'the first start fills the database and says so; while it serves, tokens are made, and seed and import say how to go on',
  { timeout: 180_000 },
  async () => {
    const file = join(directory, 'tokens.jsonl');
    await writeFile(file, '{"id":1}\n{"id":"one"}\n{"id":2}\n');
    const server = startChild('src/main.ts', [], { DATA_DIR: directory, PORT: '0' });
    try {
      const output = await server.says(/answers at http:\S+\/graphql/);
      expect(output).toMatch(/the database is empty: making up a marketplace .*SEED=off/);
      const [url] = /http:\S+\/graphql/.exec(output)!;
      const counts = '{ collections { totalCount } agents { totalCount } templates { totalCount } }';
      expect(await ask(url, counts)).toEqual({
        data: { collections: { totalCount: 40 }, agents: { totalCount: 240 }, templates: { totalCount: 180 } },
      });

      const token = (await run('token', ['--user', 'demo'])).output.trim();
      expect(await ask(url, '{ viewer { username } }', token)).toEqual({ data: { viewer: { username: 'demo' } } });
      for (const { code, output } of [await run('seed', []), await run('import', [file, '--address', ADDRESS])]) {
        expect(code).toBe(1);
        expect(output).toBe(
          `Another process uses the embedded database in ${directory}. Stop it first (the server, for example), ` +
            'or give this one another DATA_DIR, or use a PostgreSQL server for both: DATABASE_URL=postgresql://…\n',
        );
      }
    } finally {
      server.kill('SIGTERM');
    }
    expect((await server.ended).code).toBe(0);

    expect(await run('seed', [])).toMatchObject({
      code: 1,
      output: expect.stringContaining('holds data already') as string,
    });
    const imported = await run('import', [file, '--address', ADDRESS]);
    expect(imported).toMatchObject({ code: 0 });
    expect(imported.output).toMatch(/^line 2: id: not a token id/m);
    expect(imported.output).toMatch(/^tokens: 100 %$/m);
    expect(imported.output).toMatch(/^Tokens: 2 added, 0 changed, 0 as they were, 1 bad\.$/m);
    expect(await run('import', [file, '--address', ADDRESS, '--strict'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^line 2: [\s\S]*Nothing was imported: --strict takes all or none/m) as string,
    });
  },
);

describe('a command that is called wrongly ends with 2, what is wrong, and how it is right', () => {
  test.each([
    ['seed', ['--scale', 'big'], /^--scale: must be a number from 0\.1 to 1000/],
    ['seed', ['--until', 'today'], /^--until: write a day such as 2026-11-01/],
    ['import', ['--address', ADDRESS], /^The path is missing/],
    ['import', ['tokens.jsonl'], /^--address: is needed/],
    [
      'import',
      ['x', '--address', '0x12', '--chain', 'solana'],
      /^--address: not an address.*\n--chain: must be one of ETHEREUM/,
    ],
  ] as const)('%s %j', async (command, args, why) => {
    const { code, output } = await run(command, [...args]);
    expect(code).toBe(2);
    expect(output).toMatch(why);
    expect(output).toContain(`npm run ${command} -- `);
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe('a command that fails ends with 1 and a sentence', () => {
  test.each([
    ['seed', [], { DATABASE_URL: 'memory://' }, /^DATABASE_URL=memory:\/\/ is gone when a command ends/],
    [
      'seed',
      [],
      { DATABASE_URL: 'mysql://x', PORT: 'y' },
      /DATABASE_URL: must be[\s\S]*PORT|PORT[\s\S]*DATABASE_URL: must be/,
    ],
    ['import', ['nowhere.jsonl', '--address', ADDRESS], {}, /^nowhere\.jsonl cannot be read/],
  ] as const)('%s %j with %o', async (command, args, env, why) => {
    const { code, output } = await run(command, [...args], env);
    expect(code).toBe(1);
    expect(output).toMatch(why);
    expect(output).not.toMatch(/^\s+at /m);
  });
});
