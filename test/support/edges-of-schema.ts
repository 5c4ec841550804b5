/** Every way through the schema to an object that has an id, read off the schema: a field that is added is among them. */
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

export interface Edge {
  /** As `Collection.owners.wallet`. */
  name: string;
  /** The type of node that it reaches. */
  to: string;
  /** What is asked of the type that it starts from. */
  select(argumentsOf: ArgumentsOf): string;
}

/** @returns `(name: value)`, or nothing, for the field that is called so. */
export type ArgumentsOf = (field: string, to: string) => string;

export function nodeTypes(schema: GraphQLSchema): string[] {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('The schema has no Node.');
  return schema
    .getPossibleTypes(node)
    .map(({ name }) => name)
    .sort();
}

/** From one type to those nodes that no other node lies before. */
export function edgesFrom(schema: GraphQLSchema, from: string): Edge[] {
  const nodes = new Set(nodeTypes(schema));
  const start = schema.getType(from);
  if (!isObjectType(start)) throw new Error(`The schema has no type ${from}.`);
  return walk(start, from);

  function walk(type: GraphQLObjectType, path: string): Edge[] {
    return Object.values(type.getFields()).flatMap((field) => {
      const name = `${path}.${field.name}`;
      const { item, wrap } = unwrap(getNamedType(field.type));
      const via = (to: string, selected: (args: ArgumentsOf) => string): Edge => ({
        ...{ name, to },
        select: (args) => `${field.name}${args(`${type.name}.${field.name}`, to)} { ${wrap(selected(args))} }`,
      });
      return possible(item).flatMap((target) => {
        if (nodes.has(target.name)) return [via(target.name, () => `... on ${target.name} { id }`)];
        return walk(target, name).map((edge) => ({ ...via(edge.to, edge.select), name: edge.name }));
      });
    });
  }

  function possible(type: GraphQLNamedType): readonly GraphQLObjectType[] {
    if (isAbstractType(type)) return schema.getPossibleTypes(type);
    return isObjectType(type) ? [type] : [];
  }
}

/** Pages are reached by their nodes and by their edges. */
function unwrap(type: GraphQLNamedType): { item: GraphQLNamedType; wrap: (selection: string) => string } {
  const items = isObjectType(type) && type.name.endsWith('Connection') ? type.getFields()['nodes'] : undefined;
  if (!items) return { item: type, wrap: (selection) => selection };
  return {
    item: getNamedType(items.type),
    wrap: (selection) => `nodes { ${selection} } edges { node { ${selection} } }`,
  };
}
