/** The cost of an operation, as it is told before it runs, against what it then brings. */
import fc from 'fast-check';
import { type GraphQLSchema, getNamedType, isCompositeType, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ASSUMED_SIZES, unsizedLists } from '../../src/admission/operation-cost.js';
import { Random } from '../../src/data/seed/random.js';
import { createTestDatabase } from '../support/test-database.js';
import { type Reply, VIEWERS } from './asking.js';
import { walkAnswer } from './operations/answer.js';
import { readContract } from './operations/contract.js';
import { Coverage } from './operations/coverage.js';
import { Cursors } from './operations/cursors.js';
import { drawOperation } from './operations/draw-operation.js';
import type { Operation } from './operations/operation.js';
import type { Source } from './operations/source.js';
import { Stage } from './stage.js';

const schema = readContract();
let stage: Stage;
let source: Omit<Source, 'random'>;
beforeAll(async () => {
  stage = await Stage.open(await createTestDatabase(), { engine: 'off' });
  source = { schema, rows: await stage.rows(), cursors: new Cursors(), coverage: new Coverage(schema) };
});
afterAll(() => stage.close());

/** The objects that an answer holds, and the counts. */
function sizeOf(contract: GraphQLSchema, operation: Operation, { data }: Reply): number {
  let size = 0;
  walkAnswer(contract, parse(operation.document), { data: data!, operationName: operation.operationName }, (field) => {
    const { type, node, value } = field;
    const named = getNamedType(type.getFields()[node.name.value]!.type);
    if (node.name.value === 'totalCount') size += 1;
    if (!isCompositeType(named) || value === null) return;
    size += Array.isArray(value) ? value.filter((item) => item !== null).length : 1;
  });
  return size;
}

test('no operation brings more than its cost', { timeout: 300_000 }, async () => {
  let [asked, brought, tight] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
      const random = new Random(String(seed), 'cost');
      const operation = drawOperation({ ...source, random });
      const authorization = await stage.tokens.authorization(random.pick(VIEWERS));
      const reply = await stage.askFresh(operation, { authorization });
      if (!reply.data) return;
      const [cost, size] = [Number(reply.headers.get('x-operation-cost')), sizeOf(schema, operation, reply)];
      expect(cost, operation.document).toBeGreaterThanOrEqual(Math.max(1, size));
      asked += 1;
      brought += size;
      if (cost === size) tight += 1;
    }),
    { numRuns: 1_500, seed: 1 },
  );
  console.log(`${asked} operations brought ${brought} objects; for ${tight} the cost was what they brought`);
  // Else it would be no wonder.
  expect(asked).toBeGreaterThan(1_000);
  expect(brought).toBeGreaterThan(5_000);
  expect(tight).toBeGreaterThan(20);
});

test('every list that is no page has an assumed size, and nothing else has', () => {
  expect(Object.keys(ASSUMED_SIZES).sort()).toEqual(unsizedLists(schema).sort());
});
