/** The only reader of the environment. Everything is validated here, before anything is built; all faults are told together. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  MAX_LIFETIME_SECONDS,
  domain,
  fraction,
  integer,
  lifetimes,
  list,
  origin,
  pathSegment,
  seconds,
  trustProxy,
  url,
} from './setting.js';

const environment = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  DATABASE_URL: z
    .string()
    .refine((text) => text === 'memory://' || (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)), {
      error: 'must be memory:// or start with postgresql://',
    })
    .optional(),
  DATA_DIR: z.string().default('.data'),
  WORKERS: integer(1, 64).default(1),
  DATABASE_POOL: integer(1, 1_000).default(10),
  DATABASE_WAIT_SECONDS: integer(0, 3_600).default(30),
  REDIS_URL: list.pipe(z.array(url('redis:', 'rediss:')).min(1, 'must name at least one address')).optional(),
  CACHE_ENGINE: z.enum(['larder', 'envelop', 'off']).default('larder'),
  CACHE_CONSISTENCY: z.enum(['strict', 'bounded']).default('strict'),
  CACHE_MEMORY_MB: integer(1, 65_536).default(64),
  CACHE_LIFETIMES: lifetimes.optional(),
  CDN: z.enum(['fastly', 'cloudflare', 'varnish']).optional(),
  CDN_MAX_AGE: integer(1, MAX_LIFETIME_SECONDS).default(300),
  CDN_SERVICE_ID: pathSegment.optional(),
  CDN_ZONE_ID: pathSegment.optional(),
  CDN_TOKEN: z.string().optional(),
  CDN_API_URL: url('https:', 'http:').optional(),
  CDN_PURGE_URL: list.pipe(z.array(url('https:', 'http:')).min(1, 'must name at least one address')).optional(),
  INDEXER_URL: url('https:', 'http:').optional(),
  INDEXER_API_KEY: z.string().optional(),
  IPFS_GATEWAY: url('https:', 'http:').default('https://ipfs.io/ipfs/'),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  AUTH_JWKS_URL: url('https:', 'http:').optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  SIGN_IN_DOMAINS: list.pipe(z.array(domain)).optional(),
  CORS_ORIGINS: list.pipe(z.array(origin)).optional(),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000).optional(),
  RATE_LIMIT_MEMBERS_PER_MINUTE: integer(0, 10_000_000).optional(),
  TRUST_PROXY: trustProxy.optional(),
  MAX_IN_FLIGHT: integer(1, 1_000_000).default(2_000),
  MAX_CONNECTIONS: integer(1, 1_000_000).default(10_000),
  KEEP_ALIVE_SECONDS: integer(1, 3_600).default(75),
  READY_LINGER_SECONDS: seconds(300).default(0.5),
  DRAIN_SECONDS: seconds(600).default(10),
  SEED: z.enum(['on', 'off']).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_HITS: fraction.default(0.01),
  SLOW_MS: integer(1, 600_000).default(500),
  CHECK_HITS: fraction.default(0.001),
  WARM_UP: z.enum(['off', 'on', 'wait']).default('on'),
  WARM_UP_SECONDS: integer(1, 600).default(10),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('https:', 'http:').optional(),
  OTEL_TRACES_SAMPLER_ARG: fraction.default(1),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  GRAPHIQL: z.enum(['on', 'off']).optional(),
  INTROSPECTION: z.enum(['on', 'off']).optional(),
  TRUSTED_DOCUMENTS: z.string().default('persisted'),
  OPERATIONS: z.enum(['any', 'trusted']).default('any'),
});

/** What is wrong between variables. Looked at even when one of them is wrong by itself, so that all is told at once. */
function contradictions({ NODE_ENV, AUTH_SECRET, AUTH_JWKS_URL, WORKERS, DATABASE_URL }: NodeJS.ProcessEnv): string[] {
  const faults: string[] = [];
  if (AUTH_SECRET && AUTH_JWKS_URL) faults.push('AUTH_JWKS_URL: give either AUTH_SECRET or AUTH_JWKS_URL, not both');
  if (NODE_ENV === 'production' && !AUTH_SECRET && !AUTH_JWKS_URL)
    faults.push('AUTH_SECRET: production needs AUTH_SECRET or AUTH_JWKS_URL');
  if (Number(WORKERS) > 1 && !DATABASE_URL?.startsWith('postgres'))
    faults.push(
      'WORKERS: the embedded database takes one process at a time; for more, set DATABASE_URL to a PostgreSQL server',
    );
  return faults;
}

/** The largest share of the old generation that the cache may use. */
const CACHE_SHARE = 0.5;
/** Node’s limit of the heap holds the young generation, too: three times the semi-space, which `npm start` sets to 32 MB. Subtracted. */
const YOUNG_MB = 3 * 32;

/** Responses lie in the heap. A process whose heap is full is ended by Node. */
function tooLarge(
  { CACHE_MEMORY_MB: askedMb, CACHE_ENGINE }: z.output<typeof environment>,
  heapBytes: number,
): string[] {
  const oldMb = Math.floor(heapBytes / 2 ** 20) - YOUNG_MB;
  if (CACHE_ENGINE === 'off' || askedMb <= CACHE_SHARE * oldMb) return [];
  const neededMb = Math.ceil(askedMb / CACHE_SHARE);
  return [
    `CACHE_MEMORY_MB: ${askedMb} MB are more than half of Node’s heap, ${oldMb} MB; give less, or start it with NODE_OPTIONS=--max-old-space-size=${neededMb}`,
  ];
}

/** What each CDN needs, and what else it may be given. */
const CDN_SETTINGS = new Map([
  ['fastly', { needs: ['CDN_SERVICE_ID', 'CDN_TOKEN'], takes: ['CDN_API_URL'] }],
  ['cloudflare', { needs: ['CDN_ZONE_ID', 'CDN_TOKEN'], takes: ['CDN_API_URL'] }],
  ['varnish', { needs: ['CDN_PURGE_URL'], takes: [] as string[] }],
]);
const CDN_VARIABLES = ['CDN_SERVICE_ID', 'CDN_ZONE_ID', 'CDN_TOKEN', 'CDN_API_URL', 'CDN_PURGE_URL'];

/** A setting that nobody reads is one that somebody relies on. */
function faultsOfCdn(given: NodeJS.ProcessEnv): string[] {
  const { CDN, CACHE_ENGINE = 'larder' } = given;
  if (!CDN) return [...CDN_VARIABLES, 'CDN_MAX_AGE'].filter((name) => given[name]).map((name) => `${name}: needs CDN`);
  const settings = CDN_SETTINGS.get(CDN);
  if (!settings) return [];
  const { needs, takes } = settings;
  return [
    ...needs.filter((name) => !given[name]).map((name) => `${name}: CDN=${CDN} needs it`),
    ...CDN_VARIABLES.filter((name) => given[name] && !needs.includes(name) && !takes.includes(name)).map(
      (name) => `${name}: CDN=${CDN} does not read it`,
    ),
    ...(CACHE_ENGINE === 'larder' ? [] : ['CDN: only CACHE_ENGINE=larder can tell a CDN what to forget']),
  ];
}

function unknownLifetimes({ CACHE_LIFETIMES }: NodeJS.ProcessEnv, isKnown: (coordinate: string) => boolean): string[] {
  const { data = {} } = lifetimes.safeParse(CACHE_LIFETIMES);
  const unknown = Object.keys(data).filter((coordinate) => !isKnown(coordinate));
  return unknown.map((coordinate) => `CACHE_LIFETIMES: the schema has no ${coordinate} that answers could hold`);
}

export type DatabaseConfig =
  | { kind: 'embedded'; directory: string }
  | { kind: 'memory' }
  | { kind: 'server'; url: string; poolSize: number; waitSeconds: number };

/** `kept`: nobody gave a secret; one is made at the first start and kept in a file, where `npm run token` finds it. */
export type TokenKeys =
  { kind: 'secret'; secret: string } | { kind: 'kept'; file: string } | { kind: 'jwks'; url: string };

export interface AuthConfig {
  keys: TokenKeys;
  issuer: string | null;
  audience: string | null;
  /** Hosts (with port) whose Sign-In-with-Ethereum messages link wallets. */
  signInDomains: readonly string[];
}

/** A cache between us and who asks that is told what to forget. */
export type CdnConfig = (
  | { kind: 'fastly'; apiUrl: string; serviceId: string; token: string }
  | { kind: 'cloudflare'; apiUrl: string; zoneId: string; token: string }
  | { kind: 'varnish'; purgeUrls: readonly string[] }
) & {
  /** It may keep an answer for so long without asking. Seconds. */
  maxAge: number;
};

interface CacheConfig {
  engine: 'larder' | 'envelop' | 'off';
  /** `bounded`: writes are answered at once, and other instances show them when they read on. */
  consistency: 'strict' | 'bounded';
  memoryBytes: number;
  /** Seconds, by the field (`Query.agents`) or type (`Agent`) whose @cacheControl they override. */
  lifetimes: Readonly<Record<string, number>>;
  /** `wait`: the server is not ready before. */
  warmUp: { mode: 'off' | 'on' | 'wait'; budgetMs: number };
}

interface LimitsConfig {
  /** Points a minute, for each address of strangers and each signed-in viewer; 0: no limit. */
  strangersPerMinute: number;
  membersPerMinute: number;
  /** How many proxies stand before the server, or where; null: none. */
  trustProxy: number | readonly string[] | null;
  /** Requests that may be inside at a time, in each process. */
  maxInFlight: number;
  maxConnections: number;
}

/** What becomes of connections, and how a process ends. Milliseconds. */
interface ConnectionsConfig {
  /** How long one that nobody uses is kept open. */
  keepAliveMs: number;
  /** After a signal all is answered for so long as before, while balancers learn that we are going. */
  lingerMs: number;
  /** Then requests under way have so long to end. */
  drainMs: number;
  /** However that goes: so long after the signal the process ends. */
  hardStopMs: number;
}

export interface Config {
  production: boolean;
  http: {
    host: string;
    port: number;
    corsOrigins: readonly string[];
    graphiql: boolean;
    /** Whether the `X-Request-Id` and the `traceparent` of a request are kept: they come from a proxy of ours, or from ourselves. */
    takesRequestIds: boolean;
    /** Whether the schema may be asked for, and errors guess at names. */
    introspection: boolean;
  };
  database: DatabaseConfig;
  /** Processes that serve. */
  workers: number;
  redisUrls: readonly string[] | null;
  cache: CacheConfig;
  cdn: CdnConfig | null;
  auth: AuthConfig;
  limits: LimitsConfig;
  connections: ConnectionsConfig;
  /** Without address or key collections cannot be added or refreshed. */
  indexer: { url: string | undefined; apiKey: string | undefined; ipfsGateway: string };
  /** `folder`: where the documents are that are known beforehand. `onlyTrusted`: others are refused. */
  operations: { folder: string; onlyTrusted: boolean };
  seed: boolean;
  logLevel: string;
  monitoring: {
    /** The part of the hits that gets a line in the log. */
    logHits: number;
    /** Operations that take longer are slow. */
    slowMs: number;
    /** The part of the hits that is executed afresh and compared. */
    checkHits: number;
    /** Whoever has it may read the metrics. */
    metricsToken: string | null;
    /** Where they are sent by OTLP over HTTP, and the share of those that nobody began before us. Null: none are made. */
    traces: { endpoint: string; share: number } | null;
  };
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The environment, and what `.env` in the working directory adds to it. */
function environmentVariables(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/**
 * What is left out by those who do not serve, and is not looked at then:
 * @param hasLifetime tells the fields and types of the schema.
 * @param heapBytes that Node lets the process have.
 * @throws ConfigError that names every faulty variable.
 */
export function readConfig(
  variables: NodeJS.ProcessEnv = environmentVariables(),
  hasLifetime: (coordinate: string) => boolean = () => true,
  heapBytes = Infinity,
): Config {
  // An empty variable counts as unset: that is what `NAME=` in a .env file means to people.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path[0]?.toString()}: ${message}`),
    ...unknownLifetimes(given, hasLifetime),
    ...(parsed.success ? tooLarge(parsed.data, heapBytes) : []),
    ...contradictions(given),
    ...faultsOfCdn(given),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(`These environment variables are wrong (see .env.example):\n  ${faults.join('\n  ')}`);
  }
  const env = parsed.data;
  const { LOG_HITS: logHits, SLOW_MS: slowMs, CHECK_HITS: checkHits, METRICS_TOKEN: metricsToken = null } = env;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = env;
  const production = env.NODE_ENV === 'production';
  const graphiql = env.GRAPHIQL ? env.GRAPHIQL === 'on' : !production;
  return frozen({
    production,
    http: {
      host: env.HOST,
      port: env.PORT,
      // In development any page may call; in production none but those named.
      corsOrigins: env.CORS_ORIGINS ?? (production ? [] : ['*']),
      graphiql,
      takesRequestIds: !production || (env.TRUST_PROXY ?? 0) !== 0,
      // GraphiQL is of no use without.
      introspection: env.INTROSPECTION ? env.INTROSPECTION === 'on' : graphiql,
    },
    database: databaseConfig(env),
    workers: env.WORKERS,
    redisUrls: env.REDIS_URL ?? null,
    cache: {
      engine: env.CACHE_ENGINE,
      consistency: env.CACHE_CONSISTENCY,
      memoryBytes: env.CACHE_MEMORY_MB * 1024 * 1024,
      lifetimes: env.CACHE_LIFETIMES ?? {},
      warmUp: { mode: env.WARM_UP, budgetMs: env.WARM_UP_SECONDS * 1_000 },
    },
    cdn: cdnConfig(env),
    auth: {
      keys: tokenKeys(env),
      issuer: env.AUTH_ISSUER ?? null,
      audience: env.AUTH_AUDIENCE ?? null,
      signInDomains:
        env.SIGN_IN_DOMAINS ?? (production ? [] : [`localhost:${env.PORT}`, `127.0.0.1:${env.PORT}`, 'localhost:3000']),
    },
    limits: limitsConfig(env, production),
    connections: connectionsConfig(env),
    indexer: { url: env.INDEXER_URL, apiKey: env.INDEXER_API_KEY, ipfsGateway: env.IPFS_GATEWAY },
    operations: { folder: env.TRUSTED_DOCUMENTS, onlyTrusted: env.OPERATIONS === 'trusted' },
    // Nobody's production is to begin with made-up data.
    seed: env.SEED ? env.SEED === 'on' : !production,
    logLevel: env.LOG_LEVEL,
    monitoring: { logHits, slowMs, checkHits, metricsToken, traces: endpoint ? { endpoint, share } : null },
  });
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(value);
}

type Environment = z.infer<typeof environment>;

function tokenKeys(env: Environment): TokenKeys {
  if (env.AUTH_JWKS_URL) return { kind: 'jwks', url: env.AUTH_JWKS_URL };
  if (env.AUTH_SECRET) return { kind: 'secret', secret: env.AUTH_SECRET };
  return { kind: 'kept', file: join(env.DATA_DIR, 'auth-secret') };
}

/** Of points a minute in production, where nobody said otherwise. */
const STRANGERS_PER_MINUTE = 100;
/** Members may ask for so many times as much. */
const MEMBERS_FACTOR = 10;

/** For all that comes after the last answer: leaving the fleet, closing the database. With what is set if nothing is, 30 s after the signal. */
const CLOSING_MS = 19_500;

function connectionsConfig(env: Environment): ConnectionsConfig {
  const [lingerMs, drainMs] = [env.READY_LINGER_SECONDS * 1_000, env.DRAIN_SECONDS * 1_000];
  return {
    keepAliveMs: env.KEEP_ALIVE_SECONDS * 1_000,
    lingerMs,
    drainMs,
    hardStopMs: lingerMs + drainMs + CLOSING_MS,
  };
}

function limitsConfig(env: Environment, production: boolean): LimitsConfig {
  const strangersPerMinute = env.RATE_LIMIT_PER_MINUTE ?? (production ? STRANGERS_PER_MINUTE : 0);
  return {
    strangersPerMinute,
    membersPerMinute: env.RATE_LIMIT_MEMBERS_PER_MINUTE ?? MEMBERS_FACTOR * strangersPerMinute,
    trustProxy: env.TRUST_PROXY === 0 ? null : (env.TRUST_PROXY ?? null),
    maxInFlight: env.MAX_IN_FLIGHT,
    maxConnections: env.MAX_CONNECTIONS,
  };
}

function databaseConfig(env: Environment): DatabaseConfig {
  if (env.DATABASE_URL === undefined) return { kind: 'embedded', directory: env.DATA_DIR };
  if (env.DATABASE_URL === 'memory://') return { kind: 'memory' };
  return { kind: 'server', url: env.DATABASE_URL, poolSize: env.DATABASE_POOL, waitSeconds: env.DATABASE_WAIT_SECONDS };
}

/** Who needs what has been looked at by now. */
function cdnConfig(env: Environment): CdnConfig | null {
  const { CDN: kind, CDN_MAX_AGE: maxAge, CDN_TOKEN: token = '', CDN_API_URL } = env;
  const at = (url: string) => (CDN_API_URL ?? url).replace(/\/+$/, '');
  switch (kind) {
    case 'fastly':
      return { kind, maxAge, token, serviceId: env.CDN_SERVICE_ID!, apiUrl: at('https://api.fastly.com') };
    case 'cloudflare':
      return { kind, maxAge, token, zoneId: env.CDN_ZONE_ID!, apiUrl: at('https://api.cloudflare.com/client/v4') };
    case 'varnish':
      return { kind, maxAge, purgeUrls: env.CDN_PURGE_URL! };
    case undefined:
      return null;
  }
}
