/* Starts the servers that are compared, each when it is first asked for. */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { DEFAULTS } from '../src/data/seed/plan.ts';
import { seed } from '../src/data/seed/seed.ts';
import { brokenBuild } from '../test/prove/broken-builds.ts';
import { startFleet } from '../test/prove/fleet/fleet.ts';
import { SECRET } from '../test/prove/fleet/server.ts';
import { SLICE } from './cases.mjs';
import { ask } from './measure.mjs';
import { LOAD_CORE, SERVER_CORE, cpuMicroseconds, pin, start } from './process.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** Half of what the demo has: cases.mjs asks for a hundred agents. */
const populate = (prisma) => seed(prisma, { ...DEFAULTS, scale: 0.5 });
/** Enough for a server that is asked for one agent. */
const populateLittle = (prisma) => seed(prisma, { ...DEFAULTS, scale: 0.1 });

/**
 * As production starts it: rates are limited, the log has its lines. Only the limit is so high that the bench itself is not refused: by default a stranger
 * has 10,000 hits a minute.
 */
const GUARDED = { RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'info' };

const FLEETS = {
  larder: { instances: 1, redis: false, populate },
  'larder-fleet': { instances: 2, redis: true, populate },
  'larder-guarded': { instances: 1, redis: false, populate: populateLittle, env: GUARDED },
  'larder-untold': { instances: 1, redis: false, populate: populateLittle, broken: brokenBuild('tells nobody') },
};

/** Others lean on its data. */
const FIRST = 'larder';

export class Servers {
  #scratch;
  #say;
  #started = new Map();
  #bundles = null;

  /** @param scratch a directory for what they read. */
  constructor(scratch, say) {
    this.#scratch = scratch;
    this.#say = say;
  }

  async get(name) {
    if (!this.#started.has(name)) this.#started.set(name, this.#start(name));
    return { ...(await this.#started.get(name)), name };
  }

  all(names) {
    return Promise.all(names.map((name) => this.get(name)));
  }

  /** A peer with our schema and our loaders over a database. */
  async overPostgres(peer, env) {
    const marketplace = await this.program('marketplace');
    this.#say(`starting ${peer} over PostgreSQL`);
    return await start(marketplace, { PEER: peer, AUTH_SECRET: SECRET, BENCH_PACKAGE: here('package.json'), ...env });
  }

  /** The others would only take room in the caches of the processor. */
  async keepOnly(names) {
    for (const [name, server] of [...this.#started].reverse()) {
      if (name === FIRST || names.includes(name)) continue;
      this.#started.delete(name);
      await stopStarted(server);
    }
  }

  async stop() {
    await this.keepOnly([]);
    await stopStarted(this.#started.get(FIRST));
  }

  async #start(name) {
    if (name in FLEETS) {
      this.#say(`starting ${name}`);
      return await startLarder(FLEETS[name]);
    }
    const [first, kind] = name.split('-');
    if (kind === 'postgres')
      return await this.overPostgres(first, { DATABASE_URL: (await this.get(FIRST)).databaseUrl });
    const env = { SLICE_FILE: await this.#slice() };
    if (kind === 'redis') env.REDIS_URL = (await this.get('larder-fleet')).redisUrl;
    const slice = await this.program('slice');
    this.#say(`starting ${name}`);
    if (name === 'larder-slice') return await start(slice, env);
    if (name === 'larder-untracked') return await start(slice, { ...env, TRACKING: 'off' });
    return await start(here(`servers/${first}.mjs`), env);
  }

  /** What Larder answers is the data of those that serve it from memory. */
  async #slice() {
    const file = join(this.#scratch, 'slice.json');
    const { url } = await this.get(FIRST);
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const { body } = await ask(url, { ...asked, body: JSON.stringify({ query: SLICE }) });
    writeFileSync(file, JSON.stringify(JSON.parse(body).data.agents.nodes));
    return file;
  }

  /** The file of a program that is made of our sources. */
  async program(name) {
    return (await (this.#bundles ??= bundle()))(name);
  }
}

/** One that did not start has stopped. */
async function stopStarted(server) {
  const started = await server?.catch(() => null);
  await started?.stop();
}

/** On the servers' core; `databaseUrl` is of a superuser, `others` are the instances beside the one that is measured. */
export async function startLarder(options) {
  const fleet = await startFleet({ ...options, isDirect: true });
  for (const { pid } of fleet.instances) pin(pid, SERVER_CORE);
  if (fleet.redis) pin(fleet.redis.pid, LOAD_CORE);
  const [first, ...others] = fleet.instances.map(({ name, url, pid }) => ({
    name,
    url: `${url}/graphql`,
    pid,
    cpuMicroseconds: () => cpuMicroseconds(pid),
  }));
  return {
    ...first,
    others,
    databaseUrl: fleet.databaseUrl,
    redisUrl: fleet.redis && `redis://127.0.0.1:${fleet.redis.port}`,
    stop: () => fleet.stop(),
  };
}

/** Those of our servers that are made of our sources. They lie where these find their packages, and the peers' must be of the same graphql. */
async function bundle() {
  const outdir = here('../node_modules/.cache/larder-bench');
  const graphql = here('node_modules/graphql');
  rmSync(graphql, { recursive: true, force: true });
  symlinkSync(here('../node_modules/graphql'), graphql);
  await build({
    entryPoints: {
      slice: here('servers/larder-slice.mjs'),
      marketplace: here('servers/marketplace.mjs'),
      statementCosts: here('servers/statement-costs.mjs'),
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    define: { 'import.meta.url': JSON.stringify(new URL('../src/platform/migrations.ts', import.meta.url).href) },
  });
  return (name) => join(outdir, `${name}.mjs`);
}
