import fc from 'fast-check';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { UnspeakableValue, canonicalValue } from '../../../src/response-cache/canonical-value.js';
import { readHints } from '../../../src/response-cache/hints.js';
import { type Question, type Scope, digest, operationKey } from '../../../src/response-cache/operation-key.js';
import { Plans } from '../../../src/response-cache/plan.js';

const RUNS = { numRuns: 2_000 };

const sdl = `
  enum Order { NAME AGE }
  input Range { from: Int = 1 to: Int }
  type Agent { id: ID! name(short: Boolean = false, by: Order): String friends(first: Int = 10, range: Range): [Agent!] }
  type Query { agent(slug: String!, order: Order = NAME): Agent agents(first: Int, after: String): [Agent!] }
`;
const schema = buildSchema(sdl);
const plans = new Plans(schema, readHints(schema));

type Variables = Record<string, unknown>;

function keyOf(text: string, variables: Variables = {}, operationName?: string, by = plans, for_ = schema): string {
  const document = parse(text);
  expect(validate(for_, document)).toEqual([]);
  const plan = by.of(document, getOperationAST(document, operationName)!);
  return operationKey(plan.question(plan.coerce(variables)!), { kind: 'PUBLIC' });
}

describe('one key has all spellings of', () => {
  const plain =
    '{ agent(slug: "a", order: AGE) { id name(short: true, by: NAME) friends(range: { from: 2, to: 3 }) { id } } }';

  it.each([
    ['white space', plain.replaceAll(' ', '\n   ')],
    ['commas and comments', plain.replaceAll(' id ', ' id, # the id\n')],
    ['the order of arguments', plain.replace('slug: "a", order: AGE', 'order: AGE slug: "a"')],
    ['the order of fields in an input', plain.replace('from: 2, to: 3', 'to: 3, from: 2')],
    ['strings', plain.replace('"a"', '"\\u0061"')],
    ['block strings', plain.replace('"a"', '"""a"""')],
    ['the word "query"', `query ${plain}`],
  ])('%s', (_what, text) => {
    expect(keyOf(text)).toBe(keyOf(plain));
  });

  it('fragments, by any name and in any order, with others and other operations beside them', () => {
    const a =
      'query Q { agents { ...A ...B } } fragment A on Agent { id } fragment B on Agent { name friends { ...A } }';
    const b = `fragment Name on Agent { name friends { ...Id } } query Q { agents { ...Id ...Name } } fragment Id on Agent { id }
      query Other { agents { id } }`;
    expect(keyOf(b, {}, 'Q')).toBe(keyOf(a));
  });

  it('variables, by any name, defined in any order, of any nullability', () => {
    const a = 'query ($slug: String!, $by: Order) { agent(slug: $slug) { name(by: $by) } }';
    const b = 'query ($x: Order, $y: String! = "z") { agent(slug: $y) { name(by: $x) } }';
    expect(keyOf(b, { x: 'AGE', y: 'a' })).toBe(keyOf(a, { slug: 'a', by: 'AGE' }));
  });

  it('values: a default given or left out, the order of fields, what is not of the operation', () => {
    const text = 'query ($first: Int = 5, $range: Range) { agents(first: $first) { friends(range: $range) { id } } }';
    const key = keyOf(text, { first: 5, range: { from: 1, to: 2 } });
    expect(keyOf(text, { range: { to: 2 } })).toBe(key);
    expect(keyOf(text, { range: { to: 2, from: 1 }, unknown: 1 })).toBe(key);
  });
});

describe('keys differ by', () => {
  const plain = '{ agents(first: 5) { id name } }';

  it.each([
    ['a field more', plain.replace('id', 'id friends { id }')],
    ['the order of fields, which shows in the answer', plain.replace('id name', 'name id')],
    ['an alias', plain.replace('name', 'title: name')],
    ['a value', plain.replace('5', '6')],
    ['the type of a value', plain.replace('(first: 5)', '(after: "5")')],
    ['null where nothing was', plain.replace('first: 5', 'first: 5, after: null')],
    ['@skip', plain.replace('id name', 'id name @skip(if: true)')],
    ['the name of the operation', `query Named ${plain}`],
  ])('%s', (_what, text) => {
    expect(keyOf(text)).not.toBe(keyOf(plain));
  });

  it('which operation of a document is asked for', () => {
    const text = 'query A { agents { id } } query B { agents { id } }';
    expect(keyOf(text, {}, 'A')).not.toBe(keyOf(text, {}, 'B'));
  });

  it('two variables whose values are exchanged', () => {
    const text = 'query ($a: String!, $b: String!) { a: agent(slug: $a) { id } b: agent(slug: $b) { id } }';
    expect(keyOf(text, { a: '1', b: '2' })).not.toBe(keyOf(text, { a: '2', b: '1' }));
  });

  it('null and nothing', () => {
    const text = 'query ($after: String) { agents(after: $after) { id } }';
    expect(keyOf(text, { after: null })).not.toBe(keyOf(text));
  });

  it('the schema, and its lifetimes', () => {
    const changed = buildSchema(sdl.replace('name(short: Boolean = false', 'name(short: Boolean = true'));
    expect(keyOf(plain, {}, undefined, new Plans(changed, readHints(changed)), changed)).not.toBe(keyOf(plain));
    const longer = new Plans(schema, readHints(schema, { Agent: 60 }));
    expect(keyOf(plain, {}, undefined, longer)).not.toBe(keyOf(plain));
  });
});

it('variables that are not what the operation wants have no key', () => {
  const document = parse('query ($first: Int!) { agents(first: $first) { id } }');
  const plan = plans.of(document, getOperationAST(document)!);
  expect(plan.coerce({})).toBeNull();
  expect(plan.coerce({ first: 'x' })).toBeNull();
});

/** Any text, halves of characters included, which UTF-8 does not tell apart. */
const text = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const PLAIN = { noNullPrototype: true } as const;

interface Operation extends Omit<Question, 'variables'> {
  variables: unknown[];
  scope: Scope;
}

const keyOfOperation = ({ variables, scope, ...question }: Operation): string =>
  operationKey({ ...question, variables: canonicalValue(variables) }, scope);

const operation: fc.Arbitrary<Operation> = fc.record(
  {
    schema: text,
    document: text,
    operationName: fc.option(text),
    variables: fc.array(value, { maxLength: 3 }),
    scope: fc.oneof(
      fc.constant({ kind: 'PUBLIC' } as const),
      fc.record(
        {
          kind: fc.constant('PRIVATE' as const),
          viewer: fc.option(fc.dictionary(text, fc.oneof(text, fc.integer()), { noNullPrototype: true })),
        },
        PLAIN,
      ),
    ),
    locale: text,
  },
  PLAIN,
);

/** Equality by another way than spelling: as structures, -0 apart from 0. */
const same = (a: unknown, b: unknown): boolean => {
  try {
    expect(a).toStrictEqual(b);
    return true;
  } catch {
    return false;
  }
};

describe('keys of any operations', () => {
  it('are equal for equal ones and for no others', () => {
    fc.assert(
      fc.property(operation, operation, (a, b) => {
        expect(keyOfOperation(structuredClone(a))).toBe(keyOfOperation(a));
        if (!same(a, b)) expect(keyOfOperation(a)).not.toBe(keyOfOperation(b));
      }),
      RUNS,
    );
  });

  it('differ where one part differs', () => {
    const part = fc.constantFrom<keyof Operation>(
      'schema',
      'document',
      'operationName',
      'variables',
      'scope',
      'locale',
    );
    fc.assert(
      fc.property(operation, operation, part, (a, b, name) => {
        fc.pre(!same(a[name], b[name]));
        expect(keyOfOperation({ ...a, [name]: b[name] })).not.toBe(keyOfOperation(a));
      }),
      RUNS,
    );
  });

  it('do not run together where text moves from one part to the next', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        fc.pre(b !== '');
        expect(digest([a + b, c])).not.toBe(digest([a, b + c]));
        expect(digest([a, b])).not.toBe(digest([a + b]));
      }),
      RUNS,
    );
  });
});

it('halves of characters are told apart, which UTF-8 would not', () => {
  expect(digest(['\ud800'])).not.toBe(digest(['\ud801']));
});

describe('one spelling for values', () => {
  it('does not depend on the order of fields', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value), (fields) => {
        const reversed = Object.fromEntries(Object.entries(fields).reverse());
        expect(canonicalValue(reversed)).toBe(canonicalValue(fields));
      }),
      RUNS,
    );
  });

  it('tells the kinds of values apart', () => {
    const values = [
      '1',
      1,
      1n,
      -0,
      0,
      null,
      'null',
      undefined,
      'undefined',
      [],
      {},
      [null],
      [undefined],
      true,
      'true',
      new Date(0),
      new Date(0).toJSON(),
    ];
    expect(new Set(values.map(canonicalValue)).size).toBe(values.length);
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a stream', new ReadableStream()],
    ['a map', new Map()],
  ])('has none for %s, even inside of others', (_what, value) => {
    expect(() => canonicalValue({ a: [value] })).toThrow(UnspeakableValue);
  });
});
