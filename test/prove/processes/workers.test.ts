/** Several processes on one port, replaced while clients ask. Alone, for a client that is held up for long loses its connection to any server that stops. */
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { type Child, startChild } from '../../support/child.js';
import { runSql, startPostgres } from '../../support/postgres.js';

const WORKERS = 2;
const STARTED = /a worker answers/;
const QUERY = JSON.stringify({ query: '{ agents(first: 1) { totalCount } }' });

/** A worker says it, whose lines may be later than those of the first process. */
async function addressOf(child: Child): Promise<string> {
  const [url] = /http:\S+\/graphql/.exec(await child.says(/http:\S+\/graphql/))!;
  return url;
}

/** @returns the status of the answer. */
function ask(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': String(QUERY.length) };
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode!));
    })
      .once('error', reject)
      .end(QUERY);
  });
}

test(
  'workers share a port, are replaced when they die and on SIGHUP without a failed request, and all end with the first',
  { timeout: 300_000 },
  async () => {
    const postgres = await startPostgres();
    const child = startChild('src/main.ts', [], {
      DATABASE_URL: new URL('postgres', postgres.url).href,
      WORKERS: String(WORKERS),
      PORT: '0',
      SEED: 'off',
      AUTH_SECRET: 'a secret that only this test knows of',
    });
    try {
      const saysTimes = (what: RegExp, times: number) => child.says(new RegExp(`(?:${what.source}[^]*){${times}}`));
      const output = await saysTimes(STARTED, WORKERS);
      const url = await addressOf(child);

      const [, pid] = /"worker":(\d+)/.exec(output)!;
      process.kill(Number(pid), 'SIGKILL');
      await saysTimes(STARTED, WORKERS + 1);

      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      const statuses = new Map<number, number>();
      let isOver = false;
      const clients = Array.from({ length: 8 }, async () => {
        while (!isOver) {
          const status = await ask(url, agent);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      });
      child.kill('SIGHUP');
      await child.says(/all workers are replaced/);
      isOver = true;
      await Promise.all(clients);
      agent.destroy();
      expect([...statuses.keys()]).toEqual([200]);
      expect(statuses.get(200)).toBeGreaterThan(10);
    } finally {
      child.kill('SIGTERM');
    }
    expect((await child.ended).code).toBe(0);
    await postgres.stop();
  },
);

test(
  'a new worker that does not start leaves the old ones serving, and metrics are those of all workers',
  { timeout: 300_000 },
  async () => {
    const postgres = await startPostgres();
    const databaseUrl = new URL('postgres', postgres.url).href;
    const child = startChild('src/main.ts', [], {
      DATABASE_URL: databaseUrl,
      WORKERS: String(WORKERS),
      PORT: '0',
      SEED: 'off',
      AUTH_SECRET: 'a secret that only this test knows of',
    });
    const agent = new Agent({ keepAlive: false });
    try {
      await child.says(new RegExp(`(?:${STARTED.source}[^]*){${WORKERS}}`));
      const url = await addressOf(child);
      const workers = async () => {
        const text = await (await fetch(new URL('/metrics', url))).text();
        const series = [...text.matchAll(/^process_cpu_user_seconds_total\{worker="(\d+)"\}/gm)];
        return series.map(([, worker]) => worker).sort();
      };
      expect(await workers()).toEqual(['1', '2']);
      // One of them, which says which.
      const { instance } = (await (await fetch(new URL('/stats', url))).json()) as { instance: Record<string, number> };
      expect([1, 2]).toContain(instance['worker']);
      expect(instance['workers']).toBe(WORKERS);

      // A migration that was changed after it had been applied: whoever starts now ends.
      await runSql(databaseUrl, `UPDATE "_prisma_migrations" SET checksum = 'other ' || left(checksum, 58)`);
      child.kill('SIGHUP');
      await child.says(/those that run go on/);
      for (let time = 0; time < 10; time += 1) expect(await ask(url, agent)).toBe(200);
      expect(await workers()).toEqual(['1', '2']);
    } finally {
      agent.destroy();
      child.kill('SIGTERM');
    }
    expect((await child.ended).code).toBe(0);
    await postgres.stop();
  },
);

test('where no worker can start, the first ends as well, and says why', { timeout: 60_000 }, async () => {
  const env = {
    DATABASE_URL: 'postgresql://127.0.0.1:1/none',
    DATABASE_WAIT_SECONDS: '0',
    AUTH_SECRET: 'x'.repeat(32),
  };
  const { code, output } = await startChild('src/main.ts', [], { ...env, WORKERS: '2', PORT: '0' }).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/DATABASE_URL[^]*no worker could start/);
});

test('a worker that is not reached, and one that the system does not start, are replaced', async () => {
  const child = startChild('test/support/cut-workers.ts');
  await child.says(/a worker was not reached[^]*takes its place[^]*ENOENT[^]*takes its place[^]*a worker answers/);
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
});

test.each(['old', 'new'])(
  'SIGTERM amid a restart ends both workers in order, and none is started any more: the %s one ends first',
  async (first) => {
    const { code, output } = await startChild('test/support/replaced-worker.ts', [first]).ended;
    expect(code).toBe(0);
    expect(output.match(/a worker has answered its last request/g)).toHaveLength(2);
    expect(output.match(/a worker is started/g)).toHaveLength(2);
  },
);
