/** What `npm run contract` demands of schema.graphql, as functions that look at nothing else. */
import { CriticalityLevel, type Change, diff } from '@graphql-inspector/core';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  lexicographicSortSchema,
} from 'graphql';

/** What the code has otherwise than the contract, in either direction; lifetimes and descriptions count. */
export async function differences(contract: GraphQLSchema, code: GraphQLSchema): Promise<string[]> {
  const [planned, built] = [print(contract), print(code)];
  if (planned === built) return [];
  // Printed and read again, because the directives of code stand where the diff does not look.
  const changes = await diff(buildSchema(planned), buildSchema(built));
  if (changes.length > 0) return changes.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  // The diff knows no name for this one. The lines do.
  const onlyIn = (text: string, other: string) => text.split('\n').filter((line) => !other.split('\n').includes(line));
  return [...onlyIn(planned, built).map((line) => `- ${line}`), ...onlyIn(built, planned).map((line) => `+ ${line}`)];
}

const print = (schema: GraphQLSchema) => printSchemaWithDirectives(lexicographicSortSchema(schema));

/** The coordinates of everything in `contract` that has no description. */
export function undescribed(contract: GraphQLSchema): string[] {
  const types = Object.values(contract.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const directives = contract.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  return [
    ...directives.flatMap(({ name, description, args }) => [
      { coordinate: `@${name}`, description },
      ...args.map((arg) => ({ coordinate: `@${name}(${arg.name}:)`, description: arg.description })),
    ]),
    ...types.flatMap((type) => [{ coordinate: type.name, description: type.description }, ...members(type)]),
  ].flatMap(({ coordinate, description }) => (description?.trim() ? [] : [coordinate]));
}

interface Member {
  coordinate: string;
  description: string | null | undefined;
}

function members(type: GraphQLNamedType): Member[] {
  const named = ({ name, description }: { name: string; description?: string | null | undefined }): Member => ({
    coordinate: `${type.name}.${name}`,
    description,
  });
  if (isEnumType(type)) return type.getValues().map(named);
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(named);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    named(field),
    ...field.args.map((arg) => named({ name: `${field.name}(${arg.name}:)`, description: arg.description })),
  ]);
}

/** Changes since `released` that break clients and whose path does not stand in the changelog's section "Unreleased". */
export async function unannounced(
  released: GraphQLSchema,
  contract: GraphQLSchema,
  changelog: string,
): Promise<Pick<Change, 'path' | 'message'>[]> {
  const unreleased = changelog.split(/^## /m).find((section) => /^\[?Unreleased\b/i.test(section)) ?? '';
  const changes = await diff(released, contract);
  return changes.filter(
    ({ criticality, path = '' }) => criticality.level === CriticalityLevel.Breaking && !names(unreleased, path),
  );
}

/** `Agent.rating` is not named by `Agent.ratingSum`, nor by `Agent.rating.first`. */
function names(text: string, path: string): boolean {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return path !== '' && new RegExp(`(?<![\\w.])${escaped}(?!\\w|\\.\\w)`).test(text);
}
