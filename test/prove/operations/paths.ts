/** Ways from Query to a field, so that no field of the schema is left to luck. */
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';
import type { Draft } from './draft.js';
import { type Field, writeField, writeFields } from './selections.js';
import type { Source } from './source.js';

interface Step {
  readonly type: GraphQLObjectType;
  readonly field: Field;
}

/** Steps from a field of Query to the one with this coordinate, now this way and now another. */
export function drawPath(schema: GraphQLSchema, random: Random, coordinate: string): Step[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!isObjectType(type) || !field) throw new Error(`The schema has no field ${coordinate}.`);
  const path: Step[] = [{ type, field }];
  const seen = new Set([type.name]);
  for (let { type: at } = path[0]!; at !== schema.getQueryType(); at = path[0]!.type) {
    const ways = waysTo(schema, at).filter((step) => !seen.has(step.type.name));
    // Short ones more often: a root field is as near as it gets.
    const roots = ways.filter((step) => step.type === schema.getQueryType());
    if (ways.length === 0) return [];
    const step = random.pick(roots.length > 0 && random.chance(0.6) ? roots : ways);
    seen.add(step.type.name);
    path.unshift(step);
  }
  return path;
}

const waysTo = (schema: GraphQLSchema, to: GraphQLObjectType): Step[] =>
  Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && type !== schema.getMutationType() && !/^__|Payload$/.test(type.name)
      ? Object.values(type.getFields())
          .filter((field) => getNamedType(field.type) === to)
          .map((field) => ({ type, field }))
      : [],
  );

/** The fields of the path, one in the other, with little beside them. */
export function writePath(source: Source, draft: Draft, [step, ...rest]: readonly Step[]): string[] {
  if (!step) return ['__typename'];
  const { type, field } = step;
  if (rest.length === 0) return writeFields(source, draft, type, [field], 1);
  return [writeField(source, draft, type, field, () => writePath(source, draft, rest))];
}
