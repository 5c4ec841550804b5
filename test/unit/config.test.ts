import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';

const SECRET = 'x'.repeat(32);

function faults(
  variables: Record<string, string>,
  hasLifetime?: (coordinate: string) => boolean,
  heapBytes?: number,
): string {
  try {
    readConfig(variables, hasLifetime, heapBytes);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

test('nothing set is a laptop: an embedded database, no Redis, GraphiQL, and a secret that is made once and kept', () => {
  expect(readConfig({})).toMatchObject({
    production: false,
    http: { host: '127.0.0.1', port: 4000, corsOrigins: ['*'], graphiql: true, introspection: true },
    database: { kind: 'embedded', directory: '.data' },
    redisUrls: null,
    cache: { engine: 'larder', consistency: 'strict', memoryBytes: 64 * 1024 * 1024, lifetimes: {} },
    auth: { keys: { kind: 'kept', file: join('.data', 'auth-secret') }, issuer: null, audience: null },
    seed: true,
    logLevel: 'info',
  });
});

test('production is closed until opened: no CORS origin, no GraphiQL, no domain that may sign, nothing made up', () => {
  const { http, auth, seed } = readConfig({ NODE_ENV: 'production', AUTH_SECRET: SECRET });
  expect(seed).toBe(false);
  expect(readConfig({ NODE_ENV: 'production', AUTH_SECRET: SECRET, SEED: 'on' }).seed).toBe(true);
  expect(http).toMatchObject({ corsOrigins: [], graphiql: false, introspection: false });
  expect(auth).toMatchObject({ keys: { kind: 'secret', secret: SECRET }, signInDomains: [] });
});

test('limits: none for a laptop, 100 points a minute for strangers in production, ten times as many for members', () => {
  const none = { strangersPerMinute: 0, membersPerMinute: 0, trustProxy: null };
  expect(readConfig({}).limits).toMatchObject(none);
  const production = { NODE_ENV: 'production', AUTH_SECRET: SECRET };
  expect(readConfig(production).limits).toMatchObject({ strangersPerMinute: 100, membersPerMinute: 1_000 });
  expect(readConfig({ ...production, RATE_LIMIT_PER_MINUTE: '0' }).limits).toMatchObject(none);
  const own = { RATE_LIMIT_PER_MINUTE: '5', RATE_LIMIT_MEMBERS_PER_MINUTE: '7' };
  expect(readConfig(own).limits).toMatchObject({ strangersPerMinute: 5, membersPerMinute: 7 });
});

test.each([
  ['0', null],
  ['2', 2],
  ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
])('TRUST_PROXY=%s is understood', (text, trustProxy) => {
  expect(readConfig({ TRUST_PROXY: text }).limits.trustProxy).toEqual(trustProxy);
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ PORT: '', REDIS_URL: '', DATABASE_URL: '', AUTH_SECRET: '' })).toMatchObject({
    http: { port: 4000 },
    redisUrls: null,
    database: { kind: 'embedded' },
  });
});

test('lists are separated by commas', () => {
  const config = readConfig({
    REDIS_URL: 'redis://a:6379, rediss://b:6379',
    CORS_ORIGINS: 'https://a.example,https://b.example',
    SIGN_IN_DOMAINS: 'a.example, b.example:8080',
  });
  expect(config.redisUrls).toEqual(['redis://a:6379', 'rediss://b:6379']);
  expect(config.http.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
  expect(config.auth.signInDomains).toEqual(['a.example', 'b.example:8080']);
});

test('all pages may call where CORS_ORIGINS is *', () => {
  expect(readConfig({ CORS_ORIGINS: '*' }).http.corsOrigins).toEqual(['*']);
  expect(readConfig({ CORS_ORIGINS: 'http://localhost:3000' }).http.corsOrigins).toEqual(['http://localhost:3000']);
});

test.each([
  ['memory://', { kind: 'memory' }],
  ['postgres://u:p@db/x', { kind: 'server', url: 'postgres://u:p@db/x', poolSize: 10, waitSeconds: 30 }],
])('DATABASE_URL=%s is understood', (url, database) => {
  expect(readConfig({ DATABASE_URL: url }).database).toEqual(database);
});

test('lifetimes are overridden by field and by type', () => {
  const { cache } = readConfig({ CACHE_LIFETIMES: 'Query.agents=60, Agent=0' });
  expect(cache.lifetimes).toEqual({ 'Query.agents': 60, Agent: 0 });
});

test('a config cannot be changed after it was read', () => {
  const config = readConfig({});
  expect(() => Object.assign(config, { production: true })).toThrow(TypeError);
  expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
});

test('an indexer is an address and a key; documents of tokens come through a gateway that may be another', () => {
  expect(readConfig({}).indexer).toEqual({ ipfsGateway: 'https://ipfs.io/ipfs/' });
  const own = {
    INDEXER_URL: 'https://{network}.example/nft/v3',
    INDEXER_API_KEY: 'k',
    IPFS_GATEWAY: 'http://ipfs:8080',
  };
  expect(readConfig(own).indexer).toEqual({ url: own.INDEXER_URL, apiKey: 'k', ipfsGateway: 'http://ipfs:8080' });
});

describe('what is wrong is refused by name', () => {
  test.each([
    ['NODE_ENV', 'prod', /development/],
    ['PORT', '4000x', /: must be a whole number from 0 to 65535$/],
    ['PORT', '-1', /whole number/],
    ['PORT', '65536', /: must be a whole number from 0 to 65535$/],
    ['DATABASE_URL', 'mysql://db/x', /postgresql:\/\//],
    ['DATABASE_URL', 'memory', /memory:\/\//],
    ['DATABASE_POOL', '0', /must be a whole number from 1 to 1000$/],
    ['DATABASE_WAIT_SECONDS', 'soon', /whole number/],
    ['REDIS_URL', 'http://redis', /redis:\/\/ or rediss:\/\//],
    ['REDIS_URL', 'redis://a,b', /redis:\/\/ or rediss:\/\//],
    ['REDIS_URL', ',', /must name at least one address$/],
    ['CACHE_ENGINE', 'apollo', /larder.*envelop/],
    ['CACHE_CONSISTENCY', 'eventual', /strict.*bounded/],
    ['CACHE_LIFETIMES', 'Query.agents', /must be a list such as Query.agents=60,Agent=120/],
    ['CACHE_LIFETIMES', 'Agent=1.5', /whole seconds from 0 to 604800$/],
    ['CACHE_LIFETIMES', 'Agent=604801', /whole seconds/],
    ['CACHE_LIFETIMES', 'Agent=-1', /whole seconds/],
    ['CACHE_LIFETIMES', 'Agent=1,Agent=2', /must name each field or type once$/],
    ['AUTH_SECRET', 'too short', /32 characters/],
    ['AUTH_JWKS_URL', 'keys.json', /https:\/\//],
    ['CORS_ORIGINS', 'example.com', /write https:\/\/shop\.example$/],
    ['CORS_ORIGINS', 'https://a.example/', /neither a path nor a slash at the end: write https:\/\/a\.example$/],
    ['CORS_ORIGINS', 'https://b.example,https://a.example/app', /: write https:\/\/a\.example$/],
    ['CORS_ORIGINS', 'https://A.example:443', /: write https:\/\/a\.example$/],
    ['CORS_ORIGINS', 'https://u:hunter2@a.example', /: write https:\/\/a\.example$/],
    ['CORS_ORIGINS', 'file:///index.html', /: write https:\/\/shop\.example$/],
    [
      'SIGN_IN_DOMAINS',
      'https://a.example',
      /without https:\/\/ and slashes: write shop\.example or shop\.example:8080$/,
    ],
    ['SIGN_IN_DOMAINS', 'b.example,a.example/', /without https/],
    ['SIGN_IN_DOMAINS', '*.example', /must be domains/],
    ['SEED', 'no', /off/],
    ['LOG_LEVEL', 'loud', /debug/],
    ['RATE_LIMIT_PER_MINUTE', '-1', /whole number/],
    ['TRUST_PROXY', 'true', /how many proxies/],
    ['TRUST_PROXY', '10.0.0.0/33', /networks/],
    ['TRUST_PROXY', '17', /0 to 9/],
    ['MAX_IN_FLIGHT', '0', /whole number/],
    ['INDEXER_URL', 'eth-mainnet.example', /https:\/\/ or http:\/\/$/],
    ['INDEXER_URL', 'file:///etc/passwd', /https:\/\/ or http:\/\/$/],
    ['IPFS_GATEWAY', 'ipfs://here', /https:\/\/ or http:\/\/$/],
    ['GRAPHIQL', 'true', /on/],
    ['INTROSPECTION', 'yes', /on/],
  ])('%s=%s', (name, value, why) => {
    const message = faults({ [name]: value });
    expect(message).toMatch(new RegExp(`^  ${name}: `, 'm'));
    expect(message).toMatch(why);
    expect(message.split('\n')).toHaveLength(2);
  });

  test('AUTH_SECRET beside AUTH_JWKS_URL, because a token must not choose how it is checked', () => {
    expect(faults({ AUTH_SECRET: SECRET, AUTH_JWKS_URL: 'https://keys.example' })).toMatch(/AUTH_JWKS_URL: .*not both/);
  });

  test('production without a key', () => {
    expect(faults({ NODE_ENV: 'production' })).toMatch(/AUTH_SECRET: production needs/);
  });

  test('a lifetime of what the schema does not have', () => {
    const message = faults({ CACHE_LIFETIMES: 'Query.agents=60,Query.agent5=1' }, (name) => name === 'Query.agents');
    expect(message).toMatch(/^ {2}CACHE_LIFETIMES: the schema has no Query\.agent5 /m);
    expect(message.split('\n')).toHaveLength(2);
  });

  test('more memory for the cache than half of the heap', () => {
    // As Node tells it: with the young generation.
    const told = (settings: Record<string, string>, oldMb: number) =>
      faults(settings, () => true, (oldMb + 96) * 2 ** 20);
    expect(told({ CACHE_MEMORY_MB: '201' }, 400)).toMatch(
      /^ {2}CACHE_MEMORY_MB: 201 MB .* 400 MB; .* NODE_OPTIONS=--max-old-space-size=402$/m,
    );
    expect(told({ CACHE_MEMORY_MB: '200' }, 400)).toBe('none');
    expect(told({}, 127)).toMatch(/CACHE_MEMORY_MB: 64 MB/);
    expect(told({ CACHE_ENGINE: 'off' }, 127)).toBe('none');
  });

  test('all of it together', () => {
    const message = faults(
      { NODE_ENV: 'production', PORT: 'x', SEED: 'x', REDIS_URL: 'x', CORS_ORIGINS: 'x', CACHE_LIFETIMES: 'Agnet=1' },
      () => false,
    );
    for (const name of ['PORT', 'SEED', 'REDIS_URL', 'CORS_ORIGINS', 'CACHE_LIFETIMES', 'AUTH_SECRET'])
      expect(message).toMatch(new RegExp(`^  ${name}: `, 'm'));
  });

  test('without repeating a value, which may be a secret', () => {
    expect(faults({ AUTH_SECRET: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db' })).not.toContain('hunter2');
  });
});

describe('a CDN', () => {
  test.each([
    [
      { CDN: 'fastly', CDN_SERVICE_ID: 's1', CDN_TOKEN: 't' },
      { kind: 'fastly', maxAge: 300, serviceId: 's1', token: 't', apiUrl: 'https://api.fastly.com' },
    ],
    [
      { CDN: 'cloudflare', CDN_ZONE_ID: 'z1', CDN_TOKEN: 't', CDN_API_URL: 'http://proxy/v4/', CDN_MAX_AGE: '60' },
      { kind: 'cloudflare', maxAge: 60, zoneId: 'z1', token: 't', apiUrl: 'http://proxy/v4' },
    ],
    [
      { CDN: 'varnish', CDN_PURGE_URL: 'http://a:6081, http://b:6081' },
      { kind: 'varnish', maxAge: 300, purgeUrls: ['http://a:6081', 'http://b:6081'] },
    ],
  ])('has what it needs: %o', (variables, cdn) => {
    expect(readConfig(variables).cdn).toEqual(cdn);
  });

  test('is none unless it is named', () => {
    expect(readConfig({}).cdn).toBeNull();
  });

  test.each([
    [{ CDN: 'akamai' }, ['CDN:']],
    [{ CDN: 'constructor' }, ['CDN:']],
    [{ CDN: 'fastly' }, ['CDN_SERVICE_ID: CDN=fastly needs it', 'CDN_TOKEN: CDN=fastly needs it']],
    [{ CDN: 'varnish', CDN_PURGE_URL: 'http://a', CDN_TOKEN: 't' }, ['CDN_TOKEN: CDN=varnish does not read it']],
    [{ CDN_ZONE_ID: 'z1', CDN_MAX_AGE: '5' }, ['CDN_ZONE_ID: needs CDN', 'CDN_MAX_AGE: needs CDN']],
    [{ CDN: 'fastly', CDN_SERVICE_ID: '../x', CDN_TOKEN: 't' }, ['CDN_SERVICE_ID: must be an id']],
    [{ CDN: 'varnish', CDN_PURGE_URL: 'ftp://a', CDN_MAX_AGE: '0' }, ['CDN_PURGE_URL: must', 'CDN_MAX_AGE: must']],
    [{ CDN: 'varnish', CDN_PURGE_URL: 'http://a', CACHE_ENGINE: 'off' }, ['CDN: only CACHE_ENGINE=larder']],
  ])('that lacks something, or has something else, is told with all other faults: %o', (variables, told) => {
    const text = faults({ ...variables, PORT: 'none' });
    for (const fault of ['PORT:', ...told]) expect(text).toContain(fault);
  });
});
