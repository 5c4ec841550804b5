/** Compiled queries answer what graphql-js answers: over a schema whose resolvers do everything that resolvers can do. */
import fc from 'fast-check';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
  buildSchema,
  execute,
  getOperationAST,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { expect, test } from 'vitest';
import { CompiledQueries } from '../../src/graphql/execution/compiled-queries.js';

const schema = buildSchema(/* GraphQL */ `
  interface Named {
    name: String!
    friend: Named
  }
  type Person implements Named {
    name: String!
    nick: String
    age: Int!
    friend: Named
    home: Place!
    homes: [Place!]!
    maybe: [Place]
    scores: [[Int!]]
    say(word: String = "hi", loud: Boolean!, how: How): String
  }
  type Place implements Named {
    name: String!
    friend: Named
    owner: Person!
    kind: Kind
    visitors: [Any!]
  }
  input How {
    tone: Kind = WARM
    times: [Int!]! = [1]
  }
  enum Kind {
    WARM
    COLD
  }
  union Any = Person | Place
  type Query {
    person: Person
    place: Place!
    people: [Person!]
    any: Any
    named: [Named]!
  }
`);

/** What a resolver does, drawn anew for each place of the answer, and the same for both executions. */
type Deed = 'value' | 'later' | 'null' | 'throws' | 'rejects' | 'error' | 'wrong';

class World {
  readonly #seed: number;
  readonly isTame: boolean;

  constructor(seed: number, tame: boolean) {
    this.#seed = seed;
    this.isTame = tame;
  }

  number(place: string, below: number): number {
    let hash = this.#seed;
    for (const letter of place) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    hash ^= hash >>> 15;
    return (Math.imul(hash, 0x2c1b3c6d) >>> 8) % below;
  }

  deed(place: string): Deed {
    if (this.isTame) return this.number(place, 2) === 0 ? 'value' : 'later';
    const drawn = this.number(place, 24);
    if (drawn < 9) return 'value';
    if (drawn < 18) return 'later';
    return (['null', 'null', 'throws', 'rejects', 'error', 'wrong'] as const)[drawn - 18]!;
  }
}

const placeOf = ({ path }: GraphQLResolveInfo): string => {
  const keys = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse().join('.');
};

function perform(deed: Deed, value: () => unknown): unknown {
  switch (deed) {
    case 'value':
      return value();
    case 'later':
      return Promise.resolve(value());
    case 'null':
      return null;
    case 'throws':
      throw new Error('thrown');
    case 'rejects':
      return Promise.reject(new GraphQLError('rejected', { extensions: { code: 'X' } }));
    case 'error':
      return new Error('returned');
    case 'wrong':
      return { toString: null };
  }
}

function valueFor(type: unknown, world: World, place: string): unknown {
  if (isNonNullType(type)) return valueFor(type.ofType, world, place);
  if (isListType(type)) {
    const items = Array.from({ length: world.number(`${place}#`, 4) }, (_, index) => {
      const at = `${place}.${index}`;
      const deed = world.deed(at);
      if (deed === 'throws') return Promise.resolve(new Error('listed'));
      const item = perform(deed, () => valueFor(type.ofType, world, at));
      // All of a list or none: graphql-js leaves promises alone, and unheard, when an item fails that comes after them.
      return world.isTame || item instanceof Promise ? item : Promise.resolve(item);
    });
    return world.number(`${place}?`, 3) === 0 ? new Set(items) : items;
  }
  switch (String(type)) {
    case 'Int':
      return world.number(place, 100);
    case 'Kind':
      return 'WARM';
    case 'String':
      return `text at ${place}`;
    default:
      return { of: isObjectType(type) ? type.name : ['Person', 'Place'][world.number(place, 2)] };
  }
}

for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith('__')) continue;
  if (type.name === 'Named' || type.name === 'Any')
    Object.assign(type, {
      resolveType: (value: { of: string }, world: World, info: GraphQLResolveInfo) => {
        const drawn = world.isTame ? 5 : world.number(`${placeOf(info)}~`, 20);
        if (drawn === 0) return Promise.reject(new Error('no type'));
        if (drawn === 1) return 'Query';
        return drawn < 8 ? Promise.resolve(value.of) : value.of;
      },
    });
  if (type.name === 'Place')
    Object.assign(type, {
      isTypeOf: (_value: unknown, world: World, info: GraphQLResolveInfo) => {
        const drawn = world.isTame ? 5 : world.number(`${placeOf(info)}!`, 20);
        return drawn < 2 ? Promise.resolve(drawn === 0) : drawn > 2;
      },
    });
  if (!isObjectType(type)) continue;
  for (const field of Object.values(type.getFields())) {
    // Some are only read off their object.
    if (field.name === 'nick' || field.name === 'kind') continue;
    field.resolve = (_source, args, world: World, info) => {
      const place = placeOf(info);
      if (field.name === 'say') return perform(world.deed(place), () => JSON.stringify(args));
      return perform(world.deed(place), () => valueFor(field.type, world, place));
    };
  }
}

const leaf: Record<string, string[]> = {
  Person: [
    'name',
    'nick',
    'age',
    'scores',
    '__typename',
    'again: name',
    'say(loud: true)',
    'say2: say(word: $word, loud: $yes, how: { tone: COLD })',
  ],
  Place: ['name', 'kind', '__typename', 'k: kind @include(if: $yes)'],
  Named: ['name', '__typename'],
  Any: ['__typename'],
  Query: ['__typename'],
};
const composite: Record<string, [string, string][]> = {
  Query: [
    ['person', 'Person'],
    ['place', 'Place'],
    ['people', 'Person'],
    ['any', 'Any'],
    ['named', 'Named'],
    ['p2: person', 'Person'],
  ],
  Person: [
    ['friend', 'Named'],
    ['home', 'Place'],
    ['homes', 'Place'],
    ['maybe', 'Place'],
  ],
  Place: [
    ['friend', 'Named'],
    ['owner', 'Person'],
    ['visitors', 'Any'],
  ],
  Named: [['friend', 'Named']],
  Any: [],
};

const selection = (type: string, depth: number): fc.Arbitrary<string> => {
  const leaves = (leaf[type] ?? []).map((text) => fc.constant(text));
  const inner =
    depth === 0
      ? []
      : [
          ...(composite[type] ?? []).map(([field, of]) => selection(of, depth - 1).map((text) => `${field} ${text}`)),
          ...(type === 'Named' || type === 'Any'
            ? ['Person', 'Place'].map((of) => selection(of, depth - 1).map((text) => `... on ${of} ${text}`))
            : [selection(type, depth - 1).map((text) => `... @skip(if: $no) ${text}`)]),
          ...(type === 'Person' ? [fc.constant('...Common')] : []),
        ];
  const choices = [...leaves, ...inner];
  return fc.array(fc.oneof(...choices), { minLength: 1, maxLength: 5 }).map((parts) => `{ ${parts.join(' ')} }`);
};

const documents = selection('Query', 4).map(
  (text) =>
    `query ($yes: Boolean! = true, $no: Boolean!, $word: String) ${text} fragment Common on Person { name home { name @skip(if: $no) } nick }`,
);

const validFor = (text: string): DocumentNode | null => {
  const document = parse(text);
  const known = validate(schema, document).filter(({ message }) => !/never used|is not used/.test(message));
  return known.length === 0 ? document : null;
};

const variablesOf = (no: boolean): Record<string, unknown> => ({ yes: true, no, word: 'yo' });

/** Which place is null because of an error: that of the error, or the nearest above it that may be. */
function nulledBy({ path = [] }: GraphQLFormattedError, data: unknown): string {
  let at = data;
  const place = [];
  for (const key of path) {
    if (at === null || at === undefined) break;
    place.push(key);
    at = (at as Record<string | number, unknown>)[key];
  }
  return place.join('.');
}

/** The data; where something failed; and what is said of those places that failed by themselves. Of several failures below one place the first is told, in whatever order. */
function essence({ data, errors = [] }: ExecutionResult) {
  const json = errors.map((error) => error.toJSON());
  const ownFaults = json.filter(({ path = [] }, index) => nulledBy(json[index]!, data) === path.join('.'));
  return {
    data: JSON.stringify(data),
    nulled: [...new Set(json.map((error) => nulledBy(error, data)))].sort(),
    told: ownFaults
      .map((error) =>
        JSON.stringify({
          ...error,
          message: error.message.replace(/^(Expected|Abstract|Runtime).*/s, 'a value of a wrong type'),
        }),
      )
      .sort(),
  };
}

async function both(document: DocumentNode, seed: number, { tame, no }: { tame: boolean; no: boolean }) {
  const variableValues = variablesOf(no);
  const operation = getOperationAST(document)!;
  const queries = new CompiledQueries(schema);
  expect(queries.prepare({ document, operation, variables: variableValues })).toBeNull();
  const ours = queries.prepare({ document, operation, variables: variableValues })?.(new World(seed, tame));
  expect(ours).toBeDefined();
  const theirs = execute({ schema, document, contextValue: new World(seed, tame), variableValues });
  return { ours: essence((await ours)!), theirs: essence(await theirs) };
}

const RUNS = 1_000;

test.each([
  ['where all goes well', true],
  ['whatever fails, and wherever', false],
])(
  'compiled queries answer what graphql-js answers, %s',
  async (_where, tame) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(documents, fc.integer(), fc.boolean(), async (text, seed, no) => {
        const document = validFor(text);
        fc.pre(document !== null);
        const { ours, theirs } = await both(document, seed, { tame, no });
        expect(ours).toEqual(theirs);
        compared += 1;
      }),
      { numRuns: RUNS, seed: 1 },
    );
    expect(compared).toBe(RUNS);
  },
  120_000,
);

test('a list that ends with an item that fails leaves no other rejection unheard', async () => {
  const document = parse('{ people { age } }');
  const operation = getOperationAST(document)!;
  const queries = new CompiledQueries(schema);
  queries.prepare({ document, operation, variables: {} });
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  const resolve = schema.getQueryType()!.getFields()['people']!;
  const before = resolve.resolve!;
  process.on('unhandledRejection', hear);
  try {
    resolve.resolve = () => [Promise.reject(new Error('one')), new Error('two'), Promise.reject(new Error('three'))];
    const { data } = await queries.prepare({ document, operation, variables: {} })!(null);
    expect(data).toEqual({ people: null });
    await new Promise((done) => setImmediate(done));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
    resolve.resolve = before;
  }
});
