/**
 * schema.graphql is the contract: written first, reviewed, and the only place where descriptions stand. The code says
 * which types and fields it has, with their lifetimes; `npm run contract` compares the two. What the server shows in
 * introspection and GraphiQL are the contract's words.
 */
import {
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

type Described = Pick<
  GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLEnumValue | GraphQLInputField,
  'name' | 'description'
>;

/** Gives each type, field, argument and enum value of `schema` its description in `contract`. */
export function describe(schema: GraphQLSchema, contract: GraphQLSchema): GraphQLSchema {
  for (const directive of schema.getDirectives()) {
    const source = contract.getDirective(directive.name);
    if (!source) continue;
    directive.description = source.description;
    describeAll(directive.args, source.args);
  }
  for (const type of Object.values(schema.getTypeMap())) {
    const source = contract.getType(type.name);
    if (!source || type.name.startsWith('__')) continue;
    type.description = source.description;
    if (isEnumType(type) && isEnumType(source)) describeAll(type.getValues(), source.getValues());
    if (isInputObjectType(type) && isInputObjectType(source))
      describeAll(Object.values(type.getFields()), Object.values(source.getFields()));
    if (isComposite(type) && isComposite(source)) {
      const fields = source.getFields();
      describeAll(Object.values(type.getFields()), Object.values(fields));
      for (const field of Object.values(type.getFields())) describeAll(field.args, fields[field.name]?.args ?? []);
    }
  }
  return schema;
}

const isComposite = (type: unknown): type is GraphQLObjectType | GraphQLInterfaceType =>
  isObjectType(type) || isInterfaceType(type);

function describeAll(targets: readonly Described[], sources: readonly Described[]): void {
  const descriptions = new Map(sources.map(({ name, description }) => [name, description]));
  for (const target of targets) target.description = descriptions.get(target.name) ?? target.description;
}
