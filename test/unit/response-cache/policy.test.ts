import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Lifetimes, readHints } from '../../../src/response-cache/hints.js';
import { lifetimeOf } from '../../../src/response-cache/limits.js';
import { policyOf } from '../../../src/response-cache/policy.js';

const schema = buildSchema(`
  directive @cacheControl(
    maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean, staleWhileRevalidate: Int, staleIfError: Int
  ) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
  interface Node { id: ID! owner: Node }
  type Agent implements Node @cacheControl(maxAge: 120) {
    id: ID!
    name: String
    score: Int @cacheControl(maxAge: 5)
    installed: Boolean @cacheControl(scope: PRIVATE)
    reviews: [Review!]!
    owner: User
  }
  type Review { text: String agent: Agent @cacheControl(inheritMaxAge: true) }
  type User implements Node @cacheControl(maxAge: 60, scope: PRIVATE) { id: ID! name: String owner: Node }
  type Plain implements Node { id: ID! secret: String @cacheControl(scope: PRIVATE) owner: Plain price: Price }
  type Price @cacheControl(staleIfError: 0) { amount: Int }
  type Query {
    agent: Agent
    agents: [Agent!]! @cacheControl(maxAge: 300, staleWhileRevalidate: 60, staleIfError: 30)
    brief: Agent @cacheControl(maxAge: 300, inheritMaxAge: true)
    long: Review @cacheControl(maxAge: 300, staleIfError: 60)
    plain: Plain @cacheControl(maxAge: 300, staleIfError: 60)
    me: User @cacheControl(maxAge: 300)
    silent: Plain
    count: Int
    node: Node
    known: Node @cacheControl(maxAge: 10)
  }
  type Mutation { write: Agent }
`);

function policy(text: string, lifetimes: Lifetimes = {}) {
  const document = parse(text);
  const { limits, refusal, awaited } = policyOf(
    schema,
    readHints(schema, lifetimes),
    document,
    getOperationAST(document)!,
  );
  return { ...limits, refusal, awaited: [...awaited], lifetime: lifetimeOf(limits) };
}
const maxAge = (text: string, lifetimes?: Lifetimes) => policy(text, lifetimes).maxAge;
const privateBy = (text: string) => policy(text).privateBy;

describe('the lifetime of an operation', () => {
  it('is the smallest maxAge of its fields and their types, and names who set it', () => {
    expect(maxAge('{ agent { name } }')).toEqual({ seconds: 120, setBy: 'Agent' });
    expect(maxAge('{ agents { name } }')).toEqual({ seconds: 120, setBy: 'Agent' });
    expect(maxAge('{ agents { name score } }')).toEqual({ seconds: 5, setBy: 'Agent.score' });
    expect(maxAge('{ long { text } }')).toEqual({ seconds: 300, setBy: 'Query.long' });
  });

  it('is inherited by fields that return objects and say nothing', () => {
    expect(maxAge('{ plain { owner { owner { id } } } }')).toEqual({ seconds: 300, setBy: 'Query.plain' });
  });

  it('is not shortened by a type whose field takes that of its parent', () => {
    expect(maxAge('{ long { agent { name } } }')).toEqual({ seconds: 300, setBy: 'Query.long' });
    expect(maxAge('{ long { agent { score } } }')).toEqual({ seconds: 5, setBy: 'Agent.score' });
  });

  it.each([
    '{ silent { id } }',
    '{ count }',
    '{ agents { name } count }',
    '{ agents { name } ...F } fragment F on Query { silent { id } }',
  ])('is none where a root field has none: %s', (text) => {
    expect(policy(text).refusal).toMatch(/^Query\.(silent|count) has no lifetime$/);
  });

  it('is none for what is only about the schema', () => {
    expect(policy('{ __typename }').refusal).toBe('nothing in it has a lifetime');
    expect(policy('{ __schema { types { name } } }').refusal).toBe('Query.__schema has no lifetime');
    expect(policy('{ __typename agents { name } }').refusal).toBeNull();
  });

  it('waits for the types that are found where a root field says only "a node"', () => {
    expect(policy('{ a: node { id } }')).toMatchObject({ refusal: null, awaited: ['a'], maxAge: null });
    expect(policy('{ known { id } }')).toMatchObject({ refusal: null, awaited: [] });
  });

  it('is what the operator says, by field or by type', () => {
    expect(maxAge('{ agents { name } }', { Agent: 7 })).toEqual({ seconds: 7, setBy: 'Agent' });
    expect(maxAge('{ agents { name } }', { 'Query.agents': 3, Agent: 7 })).toEqual({
      seconds: 3,
      setBy: 'Query.agents',
    });
    expect(policy('{ count }', { 'Query.count': 9 }).refusal).toBeNull();
    expect(policy('{ agents { name } }', { Agent: 0 }).refusal).toBe('Agent has a lifetime of 0 seconds');
  });
});

describe('PRIVATE', () => {
  it.each([
    ['a field', '{ agents { installed } }', 'Agent.installed'],
    ['a type', '{ me { name } }', 'User'],
    ['a type further down', '{ agents { owner { name } } }', 'User'],
    ['a field under an alias', '{ agents { name: installed } }', 'Agent.installed'],
    ['a fragment', '{ agents { ...F } } fragment F on Agent { installed }', 'Agent.installed'],
    [
      'an inline fragment on an interface',
      '{ agents { ... on Node { ... on Agent { installed } } } }',
      'Agent.installed',
    ],
    [
      'a fragment within a fragment',
      '{ ...Q } fragment Q on Query { agents { ...F } } fragment F on Agent { x: installed }',
      'Agent.installed',
    ],
    ['a field that is skipped', '{ agents { name installed @skip(if: true) } }', 'Agent.installed'],
    [
      'a field that is not included',
      'query ($x: Boolean!) { agents { name installed @include(if: $x) } }',
      'Agent.installed',
    ],
    ['a fragment for a type that may not come', '{ known { ... on Plain { secret } } }', 'Plain.secret'],
  ])('wins wherever it stands: %s', (_what, text, by) => {
    expect(privateBy(text)).toBe(by);
  });

  it('is no matter of names: a public field under the name of a private one stays public', () => {
    expect(privateBy('{ agents { installed: name } }')).toBeNull();
    expect(privateBy('{ me: agents { name } }')).toBeNull();
  });

  it('counts for a field of an interface if one of its objects has it, and for the narrower type that an object returns', () => {
    expect(privateBy('{ known { owner { id } } }')).toBe('User');
  });

  it('counts in a fragment that stands at the root and elsewhere, and only for the operation that is asked for', () => {
    const document = parse('query A { agents { name } } query B { me { name } }');
    const hints = readHints(schema);
    expect(policyOf(schema, hints, document, getOperationAST(document, 'A')!).limits.privateBy).toBeNull();
    expect(policyOf(schema, hints, document, getOperationAST(document, 'B')!).limits.privateBy).toBe('User');
  });
});

describe('how stale an answer may be served', () => {
  it('is said by root fields; what they do not say is 0', () => {
    expect(policy('{ agents { name } }').lifetime).toEqual({ maxAge: 120, staleWhileRevalidate: 60, staleIfError: 30 });
    expect(policy('{ agent { name } }').lifetime).toEqual({ maxAge: 120, staleWhileRevalidate: 0, staleIfError: 0 });
    expect(policy('{ agents { name } long { text } }').lifetime).toMatchObject({
      staleWhileRevalidate: 0,
      staleIfError: 30,
    });
  });

  it('can only be lowered below the root', () => {
    expect(policy('{ plain { id } }').lifetime).toMatchObject({ staleIfError: 60 });
    expect(policy('{ plain { price { amount } } }').lifetime).toMatchObject({ staleIfError: 0 });
  });
});

describe('an answer in parts', () => {
  it.each([
    '{ agents { ... @defer { name } } }',
    '{ ...F } fragment F on Query { agents { name ... @defer { score } } }',
  ])('is never stored: %s', (text) => {
    expect(policy(text).refusal).toBe('@defer delivers in parts');
  });
});

it('a document that spreads fragments in each other 2^60 times is looked at once', () => {
  const fragments = Array.from({ length: 60 }, (_, n) => `fragment F${n} on Agent { ...F${n + 1} ...F${n + 1} }`);
  const text = `{ agents { ...F0 } } ${fragments.join(' ')} fragment F60 on Agent { score }`;
  expect(maxAge(text)).toEqual({ seconds: 5, setBy: 'Agent.score' });
});

describe('hints', () => {
  it.each([
    ['type Query { a: Int @cacheControl(maxAge: -1) }', 'Query.a: maxAge must not be negative'],
    [
      'type Query { a: Int @cacheControl(maxAge: 1, staleIfError: 61) }',
      'Query.a: staleIfError must lie between 0 and 60',
    ],
    [
      'type A @cacheControl(staleWhileRevalidate: -1) { b: Int } type Query { a: A }',
      'A: staleWhileRevalidate must lie',
    ],
  ])('out of bounds are refused: %s', (sdl, fault) => {
    const directive =
      'directive @cacheControl(maxAge: Int, staleIfError: Int, staleWhileRevalidate: Int) on FIELD_DEFINITION | OBJECT';
    expect(() => readHints(buildSchema(`${directive} ${sdl}`))).toThrow(fault);
  });

  it.each(['Query.nothing', 'Nothing', 'Mutation.write', 'Mutation', 'CacheControlScope', '__Schema', 'ID'])(
    'of what no answer holds are refused: %s',
    (coordinate) => {
      expect(() => readHints(schema, { [coordinate]: 1 })).toThrow(`"${coordinate}" is neither a type nor a field`);
    },
  );
});
