/** What answers say of scalars and enums. */
import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, type GraphQLLeafType, GraphQLString } from 'graphql';

/** @throws what the type's own serialisation throws, and for a value that it knows none for. */
export type Serialise = (value: unknown) => unknown;

/** Of the scalars of GraphQL: values that stand for themselves. Those need not be asked about. */
const STANDING = new Map<GraphQLLeafType, (value: unknown) => boolean>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  [GraphQLFloat, (value) => typeof value === 'number' && Number.isFinite(value)],
  [GraphQLInt, (value) => typeof value === 'number' && (value | 0) === value],
]);

export function serialising(type: GraphQLLeafType): Serialise {
  const serialise: Serialise = (value) => {
    const text: unknown = type.serialize(value);
    if (text == null) throw new Error(`Expected \`${type.name}.serialize()\` to return a value, returned: ${text}`);
    return text;
  };
  const stands = STANDING.get(type);
  return stands ? (value) => (stands(value) ? value : serialise(value)) : serialise;
}
