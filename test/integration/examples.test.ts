import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { EXAMPLES } from '../../src/graphiql/examples.js';
import { type TestApp, startApp } from '../support/app.js';

/** So many SQL statements an example needs at most, whatever its pages. */
const STATEMENTS: Record<string, number> = {
  Collections: 6,
  Tokens: 12,
  Person: 7,
  Agents: 7,
  Templates: 4,
  Search: 3,
  Mine: 8,
  Install: 13,
};

const operationName = (document: DocumentNode): string => {
  const [definition] = document.definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? '') : '';
};

/** The same operation with pages of another size. */
const resized = (document: DocumentNode, first: number): string =>
  print(
    visit(document, {
      Argument: (node) =>
        node.name.value === 'first' && node.value.kind === Kind.INT
          ? { ...node, value: { ...node.value, value: String(first) } }
          : undefined,
    }),
  );

describe('the examples of GraphiQL, on the demo data', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await startApp();
    await seed(app.prisma, { ...DEFAULTS, scale: 0.2 });
    token = await app.token('demo');
  });
  afterAll(() => app.close());

  const examples = EXAMPLES.map((example) => ({ ...example, document: parse(example.query) }));

  it.each(examples.map((example) => [operationName(example.document), example] as const))(
    '%s answers without an error, at the same number of statements for small and large pages, and the same again when it is compiled',
    async (name, { document, variables, signedIn }) => {
      for (const first of [2, 20]) {
        const run = () => app.execute(resized(document, first), variables, signedIn ? { token } : {});
        const { result, statements } = await app.countStatements(run);
        expect(result.errors).toEqual([]);
        for (const answer of Object.values<unknown>(result.data)) expect(answer).not.toBeNull();
        expect(statements.length).toBeLessThanOrEqual(STATEMENTS[name] ?? 0);
        if (name === 'Install') continue;
        const again = await app.countStatements(run);
        expect(again.result.data).toEqual(result.data);
        // Answers of a server come in any order; what a list has brought by then is not asked for one by one.
        const either = new Set([...statements, ...again.statements]);
        expect(either.size).toBeLessThanOrEqual(STATEMENTS[name] ?? 0);
        expect(again.statements.length).toBeLessThanOrEqual(STATEMENTS[name] ?? 0);
      }
    },
  );
});
