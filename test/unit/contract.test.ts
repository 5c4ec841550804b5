import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { differences, unannounced, undescribed } from '../contract/rules.js';

const CACHE_CONTROL = 'directive @cacheControl(maxAge: Int) on FIELD_DEFINITION';
const schema = (sdl: string) => buildSchema(`${CACHE_CONTROL}\n${sdl}`);
const AGENT = 'type Query { "The agent." agent(slug: String!): String @cacheControl(maxAge: 300) }';

describe('code and contract', () => {
  test('agree when only the order of definitions differs', async () => {
    const contract = schema('type Query { a: Int b: Int } enum E { X Y }');
    const code = schema('enum E { Y X } type Query { b: Int a: Int }');
    expect(await differences(contract, code)).toEqual([]);
  });

  test.each([
    ['a field that the code lacks', 'type Query { a: Int b: Int }', 'type Query { a: Int }', /Query\.b: .*removed/],
    ['a field that the contract lacks', 'type Query { a: Int }', 'type Query { a: Int b: Int }', /Query\.b: .*added/],
    ['another nullability', 'type Query { a: Int }', 'type Query { a: Int! }', /Query\.a: .*Int!/],
    [
      'another default',
      'type Query { a(b: Int = 1): Int }',
      'type Query { a(b: Int = 2): Int }',
      /Query\.a\.b: Default/,
    ],
    ['another description', 'type Query { "A." a: Int }', 'type Query { "B." a: Int }', /Query\.a: .*description/],
    [
      'a lifetime that the code lacks',
      AGENT,
      AGENT.replace('@cacheControl(maxAge: 300)', ''),
      /Query\.agent.*cacheControl/,
    ],
    ['another lifetime', AGENT, AGENT.replace('300', '301'), /Query\.agent\.@cacheControl\.maxAge/],
  ])('differ by %s', async (_what, contract, code, named) => {
    expect((await differences(schema(contract), schema(code))).join('\n')).toMatch(named);
  });
});

describe('descriptions', () => {
  test('are demanded of every type, field, argument, enum value, input field and directive', () => {
    const bare = schema(`
      interface Node { id: ID! } union U = A scalar S enum E { X } input I { y: Int }
      type A implements Node { id: ID! } type Query { a(b: I): U }`);
    expect(undescribed(bare).sort()).toEqual(
      [
        ...['@cacheControl', '@cacheControl(maxAge:)', 'A', 'A.id', 'E', 'E.X', 'I', 'I.y', 'Node', 'Node.id'],
        ...['Query', 'Query.a', 'Query.a(b:)', 'S', 'U'],
      ].sort(),
    );
  });

  test('must say something', () => {
    expect(undescribed(buildSchema('"Q." type Query { " " a: Int "B." b: Int }'))).toEqual(['Query.a']);
  });
});

describe('a breaking change', () => {
  const released = schema('type Query { agent: Agent } type Agent { rating: Float! ratingSum: Int! }');
  const contract = schema('type Query { agent: Agent } type Agent { ratingSum: Int! }');
  const paths = async (changelog: string) => (await unannounced(released, contract, changelog)).map(({ path }) => path);

  test('is refused while the changelog does not name its path', async () => {
    expect(await paths('')).toEqual(['Agent.rating']);
  });

  test('is accepted once it stands under "Unreleased"', async () => {
    expect(await paths('# Changelog\n\n## [Unreleased]\n\n- Take `Agent.rating` from the reviews.\n')).toEqual([]);
  });

  test('is not announced by an older section, nor by a longer path', async () => {
    expect(await paths('## Unreleased\n\n- Nothing.\n\n## 1.0.0\n\n- `Agent.rating` is gone.\n')).toEqual([
      'Agent.rating',
    ]);
    expect(await paths('## Unreleased\n\n- `Agent.ratingSum`, `Agent.rating.first`\n')).toEqual(['Agent.rating']);
  });

  test('is not seen in an addition or a new description', async () => {
    const grown = schema('type Query { agent: Agent new: Int } type Agent { "R." rating: Float! ratingSum: Int! }');
    expect(await unannounced(released, grown, '')).toEqual([]);
  });
});
