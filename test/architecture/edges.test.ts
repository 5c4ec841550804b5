import { describe, expect, test } from 'vitest';
import { faultyEdges, unusedEdges } from './edges.js';
import { read, sources } from './sources.js';

const files = new Map(sources('src').map((path) => [path.slice('src/'.length), read(path)]));

test('imports point only where the house allows', () => {
  expect(files.size).toBeGreaterThan(30);
  expect(faultyEdges(files)).toEqual([]);
});

test('what the house allows, somebody does', () => {
  expect(unusedEdges(files)).toEqual([]);
});

describe('an import is refused', () => {
  test.each([
    ['of one slice by another', 'marketplace/nfts/types.ts', '../wallets/loaders.js'],
    ['of a public.ts by a slice that is not listed', 'marketplace/nfts/types.ts', '../workspaces/public.js'],
    ['of a cache by a slice', 'marketplace/nfts/types.ts', '../../response-cache/engine.js'],
    ['of the config by a slice', 'marketplace/nfts/types.ts', '../../config.js'],
    ['of a slice by what slices stand on', 'graphql/node.ts', '../marketplace/nfts/loaders.js'],
    ['of anything of ours by the cache', 'cache/store.ts', '../errors.js'],
    ['of a package by the cache', 'cache/store.ts', 'graphql'],
    ['of GraphQL by the tracking', 'tracking/db.ts', 'graphql'],
    ['of Prisma by the response cache', 'response-cache/plugin.ts', '../platform/prisma/client.js'],
    ['of ioredis beside its places', 'monitoring/health.ts', 'ioredis'],
    ['of what lies above by the platform', 'platform/auth.ts', '../graphql/context.js'],
    ['by a file outside the house', 'attic/thing.ts', '../errors.js'],
  ])('%s', (_what, from, specifier) => {
    expect(faultyEdges(new Map([[from, `import { x } from '${specifier}';`]]))).toHaveLength(1);
    expect(faultyEdges(new Map([[from, `export type { X } from '${specifier}';`]]))).toHaveLength(1);
    expect(faultyEdges(new Map([[from, `const x = await import('${specifier}');`]]))).toHaveLength(1);
  });
});
