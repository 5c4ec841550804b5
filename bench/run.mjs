/* Measures what a hit and a miss cost, beside the limit, in interleaved rounds. See README.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { start } from './process.mjs';

const number = (fallback) => ({ type: 'string', default: String(fallback) });
const { values } = parseArgs({ options: { rounds: number(5), requests: number(4000), connections: number(64) } });
const rounds = Number(values.rounds);

const FIELDS = 'slug name tagline category pricing installCount rating author { username displayName }';
const OPERATIONS = {
  '1 agent': `{ agents(first: 1) { nodes { ${FIELDS} } } }`,
  '50 agents': `{ agents(first: 50) { nodes { ${FIELDS} } } }`,
};

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const limit = fileURLToPath(new URL('limit.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'larder-bench-'));

const request = (query) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});

async function larder(cacheEngine) {
  const env = { DATABASE_URL: 'memory://', PORT: '0', CACHE_ENGINE: cacheEngine, NODE_ENV: 'development' };
  return start(main, env);
}

/** Microseconds of the server's CPU for one of `amount` requests. */
async function measure(server, query, amount) {
  const before = server.cpuMicroseconds();
  const result = await autocannon({
    url: server.url,
    connections: Number(values.connections),
    amount,
    ...request(query),
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return (server.cpuMicroseconds() - before) / amount;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function compare(name, query, servers) {
  const costs = Object.fromEntries(Object.keys(servers).map((server) => [server, []]));
  // One round unmeasured: caches fill, and the compilers settle.
  for (let round = -1; round < rounds; round += 1) {
    process.stderr.write(`${name}: round ${Math.max(round, 0) + 1} of ${rounds}\n`);
    for (const [server, process] of Object.entries(servers)) {
      const cost = await measure(process, query, Number(values.requests));
      if (round >= 0) costs[server].push(cost);
    }
  }
  const base = median(costs.limit);
  return Object.entries(costs).map(([server, all]) => ({
    operation: name,
    server,
    'CPU µs per request': Math.round(median(all)),
    'limit ÷ it': (base / median(all)).toFixed(2),
  }));
}

const hit = await larder('envelop');
const miss = await larder('off');
try {
  const rows = [];
  for (const [name, query] of Object.entries(OPERATIONS)) {
    const file = join(scratch, 'body.json');
    writeFileSync(file, await fetch(hit.url, request(query)).then((response) => response.text()));
    const bare = await start(limit, { BODY_FILE: file });
    rows.push(...(await compare(name, query, { limit: bare, hit, miss })));
    await bare.stop();
  }
  console.table(rows);
} finally {
  await hit.stop();
  await miss.stop();
  rmSync(scratch, { recursive: true, force: true });
}
