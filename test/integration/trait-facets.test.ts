import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Collection } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createCollection } from '../support/tokens.js';

interface Facet {
  traitType: string;
  values: { value: string; count: number }[];
}

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
});
afterAll(() => app.close());

/** A collection with `values` of each of `types`, the last one the most frequent. */
async function collectionWith(types: number, values: number): Promise<Collection> {
  const collection = await createCollection(app.prisma);
  await app.prisma.$executeRaw`
    INSERT INTO "Trait" ("collectionId", "traitType", value, "nftCount")
    SELECT ${collection.id}::int, 'Type ' || lpad(t::text, 3, '0'), 'Value ' || v, v
    FROM generate_series(1, ${types}::int) AS t, generate_series(1, ${values}::int) AS v`;
  await app.poll();
  return collection;
}

async function ask({ address }: Collection) {
  const { data, errors, headers } = await app.execute<{ collection: { traits: Facet[] } }>(
    'query ($address: String!) { collection(address: $address) { traits { traitType values { value count } } } }',
    { address },
  );
  expect(errors).toEqual([]);
  return { facets: data!.collection.traits, cache: headers.get('x-cache') };
}

const countsOf = ({ values }: Facet) => values.map(({ count }) => count);
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

test('of the 5,000 values of a type the 100 most frequent are shown, and no others are read', async () => {
  const collection = await collectionWith(1, 5_000);
  await app.prisma.$executeRaw`VACUUM ANALYZE "Trait"`;
  const { result, sent } = await app.countStatements(() => ask(collection));
  expect(result.facets).toHaveLength(1);
  expect(countsOf(result.facets[0]!)).toEqual(down(5_000, 4_901));

  const { query, params } = sent.find((statement) => statement.query.includes('"Trait"'))!;
  const [explained] = await app.prisma.$queryRawUnsafe<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
    ...(JSON.parse(params) as unknown[]),
  );
  const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
  const scans = flatten(explained!['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === 'Trait');
  const read = scans.reduce((rows, node) => rows + node['Actual Rows'] * node['Actual Loops'], 0);
  expect(read).toBeGreaterThanOrEqual(100);
  expect(read).toBeLessThan(110);
});

test('of 150 types the first 100 by name are shown, with 1,000 values together', async () => {
  const { facets } = await ask(await collectionWith(150, 40));
  expect(facets.map(({ traitType }) => traitType)).toEqual(
    down(100, 1)
      .reverse()
      .map((t) => `Type ${String(t).padStart(3, '0')}`),
  );
  for (const facet of facets) expect(countsOf(facet)).toEqual(down(40, 31));
});

test('what is within the bounds is shown whole; of equals the first by name come first, and what no token has is not there', async () => {
  const collection = await collectionWith(10, 99);
  const key = { collectionId: collection.id, traitType: 'Type 001' };
  await app.prisma.trait.createMany({
    data: [
      { ...key, value: 'b', nftCount: 50 },
      { ...key, value: 'a', nftCount: 50 },
      { ...key, traitType: 'Type 002', value: 'none', nftCount: 0 },
      { ...key, traitType: 'Of none', value: 'none', nftCount: 0 },
    ],
  });
  await app.poll();
  const { facets } = await ask(collection);
  expect(facets).toHaveLength(10);
  const [first, ...others] = facets;
  for (const facet of others) expect(countsOf(facet)).toEqual(down(99, 1));
  expect(first!.values).toHaveLength(100);
  expect(first!.values.filter(({ count }) => count === 50).map(({ value }) => value)).toEqual(['Value 50', 'a', 'b']);
  expect(first!.values.map(({ value }) => value)).not.toContain('Value 1');
});

test('a value that was left out is shown as soon as enough tokens have it', async () => {
  const collection = await collectionWith(1, 101);
  expect(countsOf((await ask(collection)).facets[0]!)).toEqual(down(101, 2));
  expect(await ask(collection)).toMatchObject({ cache: 'HIT' });
  const where = { collectionId: collection.id, value: 'Value 1' };
  await app.prisma.trait.updateMany({ where, data: { nftCount: 1_000 } });
  await app.poll();
  expect((await ask(collection)).facets[0]!.values[0]).toEqual({ value: 'Value 1', count: 1_000 });
});
