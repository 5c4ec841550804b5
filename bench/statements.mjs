/* How many SQL statements a miss takes: counted by a proxy before PostgreSQL, on servers of their own, for it takes time that is not the server's. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildServer } from '../test/prove/fleet/build.ts';
import { createServerProcess } from '../test/prove/fleet/server.ts';
import { countStatements } from '../test/prove/zipf/statement-counter.ts';
import { PEERS_OVER_POSTGRES, some } from './cases.mjs';
import { drive } from './measure.mjs';
import { cpuMicroseconds } from './process.mjs';

const NAME = 'statements of a miss over PostgreSQL';
const WARM_QUESTIONS = 50;
const QUESTIONS = 200;
const IDLE_MS = 1_000;
/** Far from the questions that others have asked. */
const FIRST = 500_000;
/** Less is not seen beside what a server asks now and then by itself. */
const TOLERANCE = 0.1;

export const statements = { name: NAME, needs: ['larder'], run };

async function run({ servers, scratch, say }) {
  const { databaseUrl } = await servers.get('larder');
  const found = {};
  for (const name of ['larder', ...PEERS_OVER_POSTGRES]) {
    say(`${NAME}: ${name}`);
    const counter = await countStatements(databaseUrl);
    const start = name === 'larder' ? startLarder : startPeer;
    const server = await start({ name, url: counter.url, servers, scratch });
    try {
      found[name] = await statementsOf(server, counter);
    } finally {
      await server.stop();
      await counter.close();
    }
  }
  const least = Math.min(...PEERS_OVER_POSTGRES.map((name) => found[name]));
  return {
    goals: [
      {
        what: NAME,
        server: 'larder',
        goal: `no more than the best peer, ${least.toFixed(1)}`,
        seen: found.larder.toFixed(1),
        isMet: found.larder <= least + TOLERANCE,
      },
    ],
    tables: [
      {
        title: 'Statements of a miss over PostgreSQL, 10 agents with authors',
        heads: ['server', 'statements'],
        rows: Object.entries(found).map(([name, count]) => [name, count.toFixed(1)]),
      },
    ],
  };
}

async function startLarder({ name, url, scratch }) {
  const build = await buildServer();
  const logFile = join(mkdtempSync(join(scratch, 'counted-')), 'log');
  const server = await createServerProcess(name, { main: build.main, logFile, env: { DATABASE_URL: url } });
  await server.start();
  return {
    name,
    url: server.url,
    cpuMicroseconds: () => cpuMicroseconds(server.pid),
    async stop() {
      await server.end('SIGTERM');
      await build.remove();
    },
  };
}

const startPeer = async ({ name, url, servers }) => ({
  ...(await servers.overPostgres(name.replace('-postgres', ''), { DATABASE_URL: url })),
  name,
});

/** One after the other, less what comes by itself in the same time. */
async function statementsOf(server, counter) {
  let question = FIRST;
  const next = () => ({ body: Buffer.from(JSON.stringify(some((question += 1)))) });
  await drive(server, { connections: 1, amount: WARM_QUESTIONS, next });
  const idleFrom = counter.statements;
  await wait(IDLE_MS);
  const idlePerMs = (counter.statements - idleFrom) / IDLE_MS;
  const [from, startedAt] = [counter.statements, performance.now()];
  await drive(server, { connections: 1, amount: QUESTIONS, next });
  const byItself = idlePerMs * (performance.now() - startedAt);
  return (counter.statements - from - byItself) / QUESTIONS;
}
