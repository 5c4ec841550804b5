/** Who may import whom in src. An edge that is not here is a fault; a new one is a decision, so it is made here. */
import ts from 'typescript';

interface Edges {
  /** Besides its own folder: folders (with a slash) and files of src, or everything. */
  may: readonly string[] | 'everything';
  /** Packages that it must not know. */
  never?: readonly string[];
  /** If given, it may import no other package. */
  packages?: readonly string[];
}

const DRIVERS = ['ioredis', 'pg', '@electric-sql/pglite', '@prisma/adapter-pg', 'pglite-prisma-adapter'];
const GRAPHQL = ['graphql', 'graphql-yoga', '@pothos/core'];

const HOUSE: Record<string, Edges> = {
  'main.ts': { may: 'everything' },
  'serve.ts': { may: 'everything' },
  'workers.ts': { may: ['monitoring/metrics/'] },
  'app.ts': { may: 'everything' },
  // A part of the composition root: it puts the cache together.
  'cache-engine.ts': { may: 'everything' },
  // Parts of it as well: what operators see and do.
  'cache-control.ts': { may: 'everything' },
  'observer.ts': { may: 'everything' },
  'operator.ts': { may: 'everything' },
  'admission/': { may: ['errors.ts', 'sockets/'], never: [...DRIVERS, '@prisma/client'] },
  'dashboard.ts': { may: 'everything' },
  'cache-upkeep.ts': { may: 'everything' },
  'commands/': { may: ['config.ts', 'platform/', 'data/'], never: GRAPHQL },
  'data/': { may: ['graphql/inputs.ts', 'platform/'], never: GRAPHQL },
  'indexer/': {
    may: [
      'config.ts',
      'errors.ts',
      'graphql/inputs.ts',
      'graphql/collection-source.ts',
      'platform/',
      'tracking/',
      'data/',
    ],
    never: GRAPHQL,
  },
  'marketplace/': { may: ['errors.ts', 'graphql/', 'tracking/', 'platform/prisma/'], never: DRIVERS },
  'graphiql/': { may: [], never: DRIVERS },
  'monitoring/': { may: [], never: DRIVERS },
  'response-cache/': {
    may: [
      'cache/',
      'cdn/cdn-marks.ts',
      // What the front and the server behind it must agree on.
      'graphql/document-bytes.ts',
      'graphql/json-requests.ts',
      'sockets/',
    ],
    never: ['@prisma/client', 'pg'],
  },
  'sockets/': { may: [], packages: ['lru-cache'] },
  'cdn/': { may: ['cache/', 'config.ts', 'platform/breaker.ts'], packages: [] },
  'graphql/': { may: ['errors.ts', 'tracking/', 'platform/'], never: DRIVERS },
  'tracking/': { may: ['cache/', 'platform/database-errors.ts', 'platform/prisma/'], never: [...GRAPHQL, 'ioredis'] },
  'cache/redis/': { may: ['cache/'], packages: ['ioredis', 'cockatiel'] },
  'cache/': { may: [], packages: ['lru-cache'] },
  'platform/': { may: ['config.ts', 'errors.ts'], never: ['graphql-yoga', '@pothos/core'] },
  'config.ts': { may: ['setting.ts'], packages: ['zod'] },
  'setting.ts': { may: [], packages: ['zod'] },
  'errors.ts': { may: [], packages: ['graphql'] },
};

/** Slices that need a rule of another slice, which offers it in its public.ts. */
const NEIGHBOURS = ['templates → agents', 'templates → workspaces', 'workspaces → agents'];

/** The only places that speak to Redis. */
const REDIS = ['platform/redis.ts', 'response-cache/', 'cache/redis/'];

/** What `files` (path in src → source) import and may not, each with the way to go instead. */
export function faultyEdges(files: ReadonlyMap<string, string>): string[] {
  return importsIn(files).flatMap(({ from, name }) => {
    const fault = name.startsWith('.') ? faultOfPath(from, resolve(from, name)) : faultOfPackage(from, name);
    return fault === null ? [] : [`${from} imports ${name}: ${fault}`];
  });
}

/** What `files` may import, and none of them does. */
export function unusedEdges(files: ReadonlyMap<string, string>): string[] {
  const imports = importsIn(files).map(({ from, name }) => ({
    zone: zoneOf(from),
    to: name.startsWith('.') ? resolve(from, name) : name,
    pair: `${sliceOf(from)} → ${sliceOf(resolve(from, name))}`,
  }));
  const isUsed = (zone: string, place: string) => imports.some((one) => one.zone === zone && one.to.startsWith(place));
  return [
    ...Object.entries(HOUSE).flatMap(([zone, { may, packages = [] }]) =>
      [...(may === 'everything' ? [] : may), ...packages]
        .filter((place) => !isUsed(zone, place))
        .map((place) => `${zone} → ${place}`),
    ),
    ...NEIGHBOURS.filter((pair) => !imports.some((one) => one.pair === pair)),
  ];
}

const importsIn = (files: ReadonlyMap<string, string>): { from: string; name: string }[] =>
  [...files].flatMap(([from, source]) =>
    ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => ({ from, name: fileName })),
  );

function faultOfPath(from: string, to: string): string | null {
  const zone = zoneOf(from);
  if (zone === null)
    return 'this file lies in no folder of the house; give it one, with its edges, in test/architecture/edges.ts';
  const slices = [sliceOf(from), sliceOf(to)];
  if (slices[0] && slices[1] && slices[0] !== slices[1]) return faultOfNeighbour(slices.join(' → '), to);
  if (slices[1] && from.startsWith('marketplace/')) return null;
  const { may } = HOUSE[zone]!;
  if (may === 'everything' || [zone, ...may].some((place) => to.startsWith(place))) return null;
  return `${zone} may import only ${['its own files', ...may].join(', ')}; pass it in as an argument, from app.ts`;
}

function faultOfNeighbour(pair: string, to: string): string | null {
  if (NEIGHBOURS.includes(pair) && to.endsWith('/public.ts')) return null;
  return (
    'slices meet by model name, or by fields that one adds to a type of another; if one needs a rule of the other, ' +
    'the owner offers it in public.ts, and the pair is listed in test/architecture/edges.ts'
  );
}

function faultOfPackage(from: string, name: string): string | null {
  const zone = zoneOf(from);
  if (zone === null || name.startsWith('node:')) return null;
  const is = (known: string) => name === known || name.startsWith(`${known}/`);
  if (is('ioredis') && !REDIS.some((place) => from.startsWith(place))) return `only ${REDIS.join(', ')} speak to Redis`;
  const { never = [], packages } = HOUSE[zone]!;
  if (never.some(is)) return `${zone} must not know it; leave that to the folder whose business it is`;
  if (packages && !packages.some(is)) return `${zone} may use only ${packages.join(', ')} and node:`;
  return null;
}

const zoneOf = (path: string): string | null => Object.keys(HOUSE).find((place) => path.startsWith(place)) ?? null;

const sliceOf = (path: string): string | null => /^marketplace\/([^/]+)\//.exec(path)?.[1] ?? null;

const resolve = (from: string, specifier: string): string =>
  new URL(specifier, `file:///${from}`).pathname.slice(1).replace(/\.js$/, '.ts');
