/* Measures what a request costs each server, in rounds that take turns, and writes what came of it. See README.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { chart, groupsOf } from './chart.mjs';
import { manyEntries } from './many-entries.mjs';
import { LOAD_CORE, pin } from './process.mjs';
import { redisHits } from './redis-hits.mjs';
import { requestsOf } from './requests.mjs';
import { resultsPage } from './results-page.mjs';
import { Servers } from './servers.mjs';
import { statementCosts } from './statement-costs.mjs';
import { statements } from './statements.mjs';
import { zipf } from './zipf.mjs';

/** Each has a name, the servers that it needs of those that are shared, and `run`, which resolves with `{ goals, rows, tables, bars }`. */
const PARTS = [...CASES.map(requestsOf), statements, statementCosts, redisHits, zipf, manyEntries];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: '' },
    to: { type: 'string' },
  },
});
const settings = {
  isQuick: values.quick,
  rounds: Number(values.rounds ?? (values.quick ? 2 : 5)),
  requests: Number(values.requests ?? (values.quick ? 1_500 : 20_000)),
  connections: Number(values.connections),
};

const say = (line) => process.stderr.write(`${line}\n`);
const scratch = mkdtempSync(join(tmpdir(), 'larder-bench-'));
const servers = new Servers(scratch, say);
const found = [];
try {
  pin(process.pid, LOAD_CORE);
  const parts = PARTS.filter(({ name }) => name.includes(values.only));
  for (const [index, part] of parts.entries()) {
    await servers.keepOnly(parts.slice(index).flatMap(({ needs }) => needs));
    const startedAt = performance.now();
    found.push(await part.run({ ...settings, servers, scratch, say }));
    say(`${part.name}: took ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
  const isWhole = !values.quick && values.only === '';
  if (isWhole || values.to !== undefined) {
    const folder = values.to ?? import.meta.dirname;
    writeFileSync(join(folder, 'RESULTS.md'), resultsPage(found, settings));
    writeFileSync(join(folder, 'results.svg'), chart(found.flatMap(groupsOf)));
  }
} finally {
  // What was measured before a part has failed is not lost.
  show(found);
  await servers.stop();
  rmSync(scratch, { recursive: true, force: true });
}

function show(found) {
  const rows = found.flatMap(({ rows = [] }) => rows);
  if (rows.length > 0)
    console.table(
      rows.map(({ name, server, cpu, ofLimit, p99 }) => ({
        name,
        server,
        cpu: cpu.toFixed(1),
        'limit ÷ it': ofLimit?.toFixed(2),
        p99: Math.round(p99),
      })),
    );
  for (const { title, heads, rows } of found.flatMap(({ tables = [] }) => tables)) {
    console.log(title);
    console.table(rows.map((cells) => Object.fromEntries(heads.map((head, index) => [head, cells[index]]))));
  }
  console.table(
    found
      .flatMap(({ goals }) => goals)
      .map(({ what, server, goal, seen, isMet }) => ({ what, server, goal, seen, isMet })),
  );
}
