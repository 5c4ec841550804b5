/** What is worked out of queries for the next time is bounded, however much of it strangers have the server work out. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DocumentNode, type OperationDefinitionNode, buildSchema, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { OperationCosts } from '../../src/admission/operation-cost.js';
import { CompiledQueries } from '../../src/graphql/execution/compiled-queries.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
function heapBytes(): number {
  for (let times = 0; times < 4; times += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}
const MB = 1024 * 1024;

const NAMES = Array.from({ length: 60 }, (_, index) => `field${index}`);
const schema = buildSchema(/* GraphQL */ `
  type Query {
    nodes(ids: [ID!]!): [Node]!
  }
  type Node {
    friend: Node
    ${NAMES.map((name) => `${name}: Int`).join('\n')}
  }
`);
interface Row {
  field0: number;
  friend: () => Row;
}
const row: Row = { field0: 7, friend: () => row };
schema.getQueryType()!.getFields()['nodes']!.resolve = () => [row];

const parsed = (text: string) => {
  const document = parse(text);
  return { document, operation: getOperationAST(document)! };
};
function execute(queries: CompiledQueries, query: { document: DocumentNode; operation: OperationDefinitionNode }) {
  const run = queries.prepare({ ...query, variables: {} });
  return run && (run({}) as { data: { nodes: Record<string, unknown>[] } }).data;
}

test('compiled queries take no more memory the more of them there are, and each is answered still', () => {
  const level = (inner: string) => `${NAMES.join(' ')} ${inner}`;
  const nested = [1, 2, 3].reduce((inner) => level(`friend { ${inner} }`), level(''));
  const make = (number: number) => parsed(`query Q${number} { nodes(ids: []) { ${nested} } }`);
  const documents = Array.from({ length: 300 }, (_, number) => make(number));
  const queries = new CompiledQueries(schema);
  const before = heapBytes();
  for (const query of documents) {
    expect(execute(queries, query)).toBeNull();
    expect(execute(queries, query)?.nodes[0]).toMatchObject({
      field0: 7,
      friend: { friend: { friend: { field0: 7 } } },
    });
  }
  // 72,000 fields.
  expect(heapBytes() - before).toBeLessThan(45 * MB);
  for (const query of documents.slice(0, 3)) expect(execute(queries, query)?.nodes).toHaveLength(1);
});

test('a query whose few words name very many fields is compiled once at most, and left to the interpreter after that', () => {
  const levels = [0, 1, 2, 3, 4].map((n) => {
    const inner = `{ ...L${n + 1} }`;
    return `fragment L${n} on Node { a: friend ${inner} b: friend ${inner} c: friend ${inner} d: friend ${inner} }`;
  });
  const query = parsed(`{ nodes(ids: []) { ...L0 } } ${levels.join(' ')} fragment L5 on Node { field0 }`);
  const queries = new CompiledQueries(schema);
  execute(queries, query);
  expect(execute(queries, query)?.nodes[0]).toMatchObject({ d: { c: { b: { a: { a: { field0: 7 } } } } } });
  for (let times = 0; times < 3; times += 1) expect(execute(queries, query)).toBeNull();
});

test('of what was compiled the variables of whoever asked first are not kept, nor of a cost the ids', () => {
  const [queries, costs] = [new CompiledQueries(schema), new OperationCosts(schema, { default: 20, max: 100 })];
  const documents = Array.from({ length: 20 }, (_, number) =>
    parsed(`query Q${number}($id: ID!, $more: ID!) { nodes(ids: [$id, $more]) { field0 } }`),
  );
  const ask = (length: number, number: number) => {
    for (const { document, operation } of documents) {
      const variables = { id: `${'x'.repeat(length)}${number}`, more: `${number}` };
      // As JSON.parse makes them.
      const given = JSON.parse(JSON.stringify(variables)) as typeof variables;
      expect(costs.of(document, operation, given)).toBe(2);
      queries.prepare({ document, operation, variables: given });
    }
  };
  ask(1, 0);
  const before = heapBytes();
  for (let number = 1; number <= 20; number += 1) ask(100_000, number);
  expect(heapBytes() - before).toBeLessThan(1 * MB);
});
