/* Measures what a request costs each server, beside the limit, in interleaved rounds. See README.md. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { DEFAULTS } from '../src/data/seed/plan.ts';
import { seed } from '../src/data/seed/seed.ts';
import { signToken } from '../src/platform/auth.ts';
import { startFleet } from '../test/prove/fleet/fleet.ts';
import { SECRET } from '../test/prove/fleet/server.ts';
import { CASES, SLICE } from './cases.mjs';
import { chart } from './chart.mjs';
import { LOAD_CORE, SERVER_CORE, cpuMicroseconds, pin, start } from './process.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
const requests = Number(values.requests ?? (values.quick ? 5_000 : 20_000));
const connections = Number(values.connections);
const WARM_REQUESTS = 3_000;
const PEERS = ['mercurius', 'apollo', 'yoga'];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'larder-bench-'));
const ends = [() => rmSync(scratch, { recursive: true, force: true })];
const say = (line) => process.stderr.write(`${line}\n`);

/** As the bench calls them, by what they are. */
async function startServers() {
  const servers = new Map();
  say('starting Larder, alone and as two instances with Redis');
  for (const [name, options] of Object.entries({
    larder: { instances: 1, redis: false },
    'larder-fleet': { instances: 2, redis: true },
  })) {
    const fleet = await startFleet({ ...options, isDirect: true, populate: (prisma) => seed(prisma, DEFAULTS) });
    ends.push(() => fleet.stop());
    const [first] = fleet.instances;
    for (const { pid } of fleet.instances) pin(pid, SERVER_CORE);
    servers.set(name, {
      name,
      url: `${first.url}/graphql`,
      databaseUrl: fleet.databaseUrl,
      cpuMicroseconds: () => cpuMicroseconds(first.pid),
    });
  }
  const answer = await ask(servers.get('larder').url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SLICE }),
  });
  const file = join(scratch, 'slice.json');
  writeFileSync(file, JSON.stringify(JSON.parse(answer.body).data.agents.nodes));
  const startOne = async (name, file, env) => {
    say(`starting ${name}`);
    const server = await start(file, env);
    ends.push(server.stop);
    servers.set(name, { ...server, name });
  };
  for (const name of PEERS) await startOne(name, here(`servers/${name}.mjs`), { SLICE_FILE: file });
  const { slice, marketplace } = await bundled();
  await startOne('larder-slice', slice, { SLICE_FILE: file });
  await startOne('larder-untracked', slice, { SLICE_FILE: file, TRACKING: 'off' });
  const DATABASE_URL = servers.get('larder').databaseUrl;
  for (const name of PEERS)
    await startOne(`${name}-postgres`, marketplace, { PEER: name, DATABASE_URL, BENCH_PACKAGE: here('package.json') });
  return servers;
}

/** Those of our servers that are made of our sources. They lie where these find their packages, and the peers' must be of the same graphql. */
async function bundled() {
  const outdir = here('../node_modules/.cache/larder-bench');
  const graphql = here('node_modules/graphql');
  rmSync(graphql, { recursive: true, force: true });
  symlinkSync(here('../node_modules/graphql'), graphql);
  await build({
    entryPoints: { slice: here('servers/larder-slice.mjs'), marketplace: here('servers/marketplace.mjs') },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    define: { 'import.meta.url': JSON.stringify(new URL('../src/platform/migrations.ts', import.meta.url).href) },
  });
  return { slice: join(outdir, 'slice.mjs'), marketplace: join(outdir, 'marketplace.mjs') };
}

async function ask(url, { method, headers, body, query }) {
  const address = query === undefined ? url : `${url}?query=${encodeURIComponent(query)}`;
  const response = await fetch(address, { method, headers: { 'accept-encoding': 'identity', ...headers }, body });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

/** Microseconds of the server's CPU for one of `amount` requests. */
async function measure(server, { method, headers, body, query, anew }, amount, status) {
  const url = query === undefined ? server.url : `${server.url}?query=${encodeURIComponent(query)}`;
  const requests = anew && [{ setupRequest: (request) => ({ ...request, body: anew() }) }];
  const before = server.cpuMicroseconds();
  const result = await autocannon({ url, connections, amount, method, headers, body, requests });
  const cpu = (server.cpuMicroseconds() - before) / amount;
  const right = result.statusCodeStats[status]?.count ?? 0;
  if (right !== amount)
    throw new Error(`${amount - right} of ${amount} requests to ${server.name} were not answered with ${status}`);
  return { cpu, p50: result.latency.p50, p99: result.latency.p99, perSecond: amount / result.duration };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

let questions = 0;

const askingAnew = (anew) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(anew((questions += 1))),
  anew: () => JSON.stringify(anew((questions += 1))),
});

async function runCase(servers, { name, request, anew, mostOf, withToken, tagged, servers: names, goal }) {
  request ??= askingAnew(anew);
  const token = withToken && (await signToken(SECRET, { user: 'demo', role: 'USER', ttlSeconds: 3_600 }));
  const headers = { ...request.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const asked = { ...request, headers };
  const larder = servers.get(names.includes('larder') ? 'larder' : names[0]);
  // Until its compressed form is there.
  let answer;
  for (let n = 0; n < 20; n += 1) answer = await ask(larder.url, asked);
  const status = tagged ? 304 : 200;
  if (tagged) headers['if-none-match'] = answer.headers.get('etag');
  const file = join(scratch, 'body');
  const coded = answer.headers.get('content-encoding') === 'br';
  writeFileSync(file, coded ? await rawBody(larder.url, asked) : answer.body);
  const limit = await start(here('servers/limit.mjs'), { BODY_FILE: file, STATUS: String(status) });
  try {
    const compared = [['limit', limit], ...names.map((server) => [server, servers.get(server)])];
    const found = Object.fromEntries(compared.map(([server]) => [server, []]));
    if (anew)
      await requireSame(
        names.map((server) => [server, servers.get(server)]),
        asked,
      );
    for (const [, server] of compared) await measure(server, asked, WARM_REQUESTS, status);
    for (let round = 1; round <= rounds; round += 1) {
      say(`${name}: round ${round} of ${rounds}`);
      for (const [server, process] of compared) found[server].push(await measure(process, asked, requests, status));
    }
    // Compared with the limit of the same round.
    return compared.map(([server]) => ({
      name,
      bytes: status === 304 ? 0 : coded ? Number(answer.headers.get('content-length')) : answer.body.length,
      server,
      cpu: median(found[server].map(({ cpu }) => cpu)),
      ratio: median(found[server].map(({ cpu }, round) => found.limit[round].cpu / cpu)),
      goal: goal[server] ?? null,
      ofPeer:
        mostOf && server !== 'limit'
          ? median(found[server].map(({ cpu }, round) => cpu / found[mostOf.peer][round].cpu))
          : null,
      mostOfPeer: mostOf && server.startsWith('larder') ? mostOf : null,
      perSecond: Math.round(median(found[server].map(({ perSecond }) => perSecond))),
      p50: median(found[server].map(({ p50 }) => p50)),
      p99: median(found[server].map(({ p99 }) => p99)),
    }));
  } finally {
    await limit.stop();
  }
}

/** All of them answer the same, so that their work is the same. */
async function requireSame(compared, asked) {
  const answers = [];
  for (const [server, { url }] of compared) answers.push([server, JSON.parse((await ask(url, asked)).body).data]);
  for (const [server, data] of answers)
    if (JSON.stringify(data) !== JSON.stringify(answers[0][1])) throw new Error(`${server} answers something else`);
}

/** As it comes over the wire: fetch would decode it. */
async function rawBody(url, { headers, body }) {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    sent.on('response', (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    });
    sent.on('error', reject).end(body);
  });
}

function page(rows) {
  const cells = rows.map(({ name, bytes, server, cpu, ratio, goal, ofPeer, mostOfPeer, perSecond, p50, p99 }) =>
    [
      name,
      bytes,
      server,
      cpu.toFixed(1),
      ratio.toFixed(2),
      goal === null ? '' : `≥ ${goal}${ratio >= goal ? '' : ' **missed**'}`,
      mostOfPeer === null ? '' : `${ofPeer.toFixed(2)} of ${mostOfPeer.peer}`,
      perSecond,
      p50,
      p99,
    ].join(' | '),
  );
  return [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; do not edit. ${cpus()[0].model}, ${cpus().length} cores, shared; Node ${process.version}.`,
    `${rounds} rounds of ${requests} requests over ${connections} connections, interleaved; medians. How: [README.md](README.md).`,
    '',
    '![CPU per request](results.svg)',
    '',
    '| case | bytes | server | CPU µs | limit ÷ it | goal | beside | requests/s | p50 ms | p99 ms |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...cells.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

try {
  pin(process.pid, LOAD_CORE);
  const servers = await startServers();
  const rows = [];
  for (const one of CASES.filter(({ name }) => name.includes(values.only))) rows.push(...(await runCase(servers, one)));
  console.table(
    rows.map(({ name, server, cpu, ratio, goal, ofPeer, p99 }) => ({
      name,
      server,
      cpu: cpu.toFixed(1),
      ratio: ratio.toFixed(2),
      ofPeer: ofPeer?.toFixed(2),
      goal,
      p99,
    })),
  );
  if (!values.quick && values.only === '') {
    writeFileSync(here('RESULTS.md'), page(rows));
    writeFileSync(here('results.svg'), chart(rows));
  }
} finally {
  for (const end of ends.reverse()) await end();
}
