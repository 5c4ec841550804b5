/** Operations made from the schema, so that whatever the contract offers is tried, and whatever it comes to offer as well. */
import { encodeGlobalID } from '@pothos/plugin-relay';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

export interface Samples {
  /** Of each type of node, the key of one. */
  keys: Record<string, number>;
  /** For each field of each filter, and each argument that is required, by coordinate, a value as a literal. */
  values: Record<string, string>;
}

/** Each list in each of its orders, with and without each of its filters, forwards and backwards. */
export function listOperations(schema: GraphQLSchema, samples: Samples): string[] {
  return lists(schema).flatMap(({ type, field }) => {
    const wrap = at(type, samples);
    return orders(field).flatMap((order) =>
      ['', ...filters(field, samples).map(({ filter }) => filter)].flatMap((filter) =>
        ['first: 20', 'last: 20'].map((page) => wrap(`${field.name}(${page} ${order} ${filter}) { edges { cursor } }`)),
      ),
    );
  });
}

/** Each list in its own order, with each of its filters. */
export function filterOperations(schema: GraphQLSchema, samples: Samples): { name: string; operation: string }[] {
  return lists(schema).flatMap(({ type, field }) =>
    filters(field, samples).flatMap(({ name, filter }) => ({
      name: `${type.name}.${field.name} by ${name}`,
      operation: at(type, samples)(`${field.name}(first: 20 ${filter}) { edges { cursor } }`),
    })),
  );
}

export interface PagedOperation {
  /** `Agent.reviews`, and its order if it has one. */
  name: string;
  /** The page after a cursor; the first one, which tells its end, without. */
  page(after?: string): string;
}

/** Each list in each of its orders, as something to turn the pages of. */
export function pagedOperations(schema: GraphQLSchema, samples: Samples): PagedOperation[] {
  return lists(schema).flatMap(({ type, field }) =>
    orders(field).map((order) => ({
      name: `${type.name}.${field.name} ${order}`.trim(),
      page: (after) =>
        at(
          type,
          samples,
        )(
          `list: ${field.name}(first: 1 ${order} ${after === undefined ? '' : `after: "${after}"`}) { pageInfo { endCursor } }`,
        ),
    })),
  );
}

const lists = (schema: GraphQLSchema): { type: GraphQLObjectType; field: Field }[] =>
  objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
      .map((field) => ({ type, field })),
  );

/** The default order, and each that can be asked for. */
function orders({ args }: Field): string[] {
  const type = namedTypeOf(args, 'orderBy');
  return ['', ...(isEnumType(type) ? type.getValues().map(({ name }) => `orderBy: ${name}`) : [])];
}

/** Each field of the filter, by itself. */
function filters({ args }: Field, samples: Samples): { name: string; filter: string }[] {
  const type = namedTypeOf(args, 'filter');
  if (!isInputObjectType(type)) return [];
  return Object.keys(type.getFields()).map((field) => {
    const name = `${type.name}.${field}`;
    return { name, filter: `filter: { ${field}: ${sample(samples, name)} }` };
  });
}

function namedTypeOf(args: readonly GraphQLArgument[], name: string): GraphQLNamedType | null {
  const argument = args.find((argument) => argument.name === name);
  return argument ? getNamedType(argument.type) : null;
}

/** Everything that one node of each type shows, and what that shows in turn: each edge of the graph once at least. */
export function nodeOperations(schema: GraphQLSchema, samples: Samples): string[] {
  return objectTypes(schema)
    .filter((type) => type.name in samples.keys)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => at(type, samples)(selectField(type, field, samples, 2))),
    );
}

function select(type: GraphQLObjectType, samples: Samples, depth: number): string {
  if (depth === 0) return '__typename';
  return Object.values(type.getFields())
    .map((field) => selectField(type, field, samples, depth))
    .join(' ');
}

function selectField(parent: GraphQLObjectType, field: Field, samples: Samples, depth: number): string {
  const required = field.args
    .filter(isRequiredArgument)
    .map(({ name }) => `${name}: ${sample(samples, `${parent.name}.${field.name}.${name}`)}`);
  const call = required.length > 0 ? `${field.name}(${required.join(', ')})` : field.name;
  const type = getNamedType(field.type);
  if (isLeafType(type)) return call;
  if (!isObjectType(type)) return `${call} { __typename }`;
  return `${call} { ${select(type, samples, type.name.endsWith('Connection') ? depth : depth - 1)} }`;
}

/** Makes a selection on `type` an operation. */
function at(type: GraphQLObjectType, { keys }: Samples): (selection: string) => string {
  if (type.name === 'Query') return (selection) => `{ ${selection} }`;
  const key = keys[type.name];
  if (key === undefined) throw new Error(`Give the key of a ${type.name} to the samples: it has a list.`);
  return (selection) => `{ node(id: "${encodeGlobalID(type.name, key)}") { ... on ${type.name} { ${selection} } } }`;
}

const objectTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );

function sample({ values }: Samples, coordinate: string): string {
  const value = values[coordinate];
  if (value === undefined) throw new Error(`Give a value of ${coordinate} to the samples: the contract takes one.`);
  return value;
}
