/** What the schema says of lifetimes: the hints of @cacheControl, by schema coordinate, with the operator's overrides. */
import { getDirective } from '@graphql-tools/utils';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** The arguments of one @cacheControl. */
export interface Hint {
  readonly maxAge?: number;
  readonly scope?: 'PUBLIC' | 'PRIVATE';
  readonly inheritMaxAge?: boolean;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
}

/** Seconds of maxAge by coordinate: `Query.agents` a field, `Agent` a type. */
export type Lifetimes = Readonly<Record<string, number>>;

export interface Hints {
  /** The empty hint where nothing is said. */
  at(coordinate: string): Hint;
  /** All of them as a text, by which two sets of hints can be told apart. */
  readonly text: string;
}

/** Longer than this, nobody is to be served what is known to be old. Seconds. */
const MAX_STALE = 60;

const SILENT: Hint = {};

/**
 * @param lifetimes take the place of the maxAge that the schema gives.
 * @throws for a hint out of bounds, and for a lifetime of something that is not in the schema, naming it.
 */
export function readHints(schema: GraphQLSchema, lifetimes: Lifetimes = {}): Hints {
  const hints = new Map<string, Hint>();
  for (const [coordinate, definition] of coordinates(schema)) {
    const stated = (getDirective(schema, definition, 'cacheControl')?.[0] ?? SILENT) as Hint;
    const override = Object.hasOwn(lifetimes, coordinate) ? { maxAge: lifetimes[coordinate]! } : SILENT;
    const hint = { ...stated, ...override };
    requireBounds(coordinate, hint);
    if (Object.keys(hint).length > 0) hints.set(coordinate, hint);
  }
  const known = hasLifetimes(schema);
  for (const coordinate of Object.keys(lifetimes))
    if (!known(coordinate)) throw new Error(`"${coordinate}" is neither a type nor a field of the schema.`);
  return { at: (coordinate) => hints.get(coordinate) ?? SILENT, text: JSON.stringify([...hints]) };
}

/** Tells whether a coordinate names something that can have a lifetime. */
export function hasLifetimes(schema: GraphQLSchema): (coordinate: string) => boolean {
  const known = new Set<string>();
  for (const [coordinate] of coordinates(schema)) known.add(coordinate);
  return (coordinate) => known.has(coordinate);
}

type Definition = GraphQLNamedType | GraphQLField<unknown, unknown>;

function* coordinates(schema: GraphQLSchema): Generator<[coordinate: string, definition: Definition]> {
  const operations = new Set([schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || (isObjectType(type) && operations.has(type))) continue;
    if (!isObjectType(type) && !isInterfaceType(type) && !isUnionType(type)) continue;
    yield [type.name, type];
    if (isUnionType(type)) continue;
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field];
  }
}

function requireBounds(coordinate: string, { maxAge = 0, staleWhileRevalidate = 0, staleIfError = 0 }: Hint): void {
  if (maxAge < 0) throw new Error(`@cacheControl of ${coordinate}: maxAge must not be negative.`);
  for (const [name, seconds] of Object.entries({ staleWhileRevalidate, staleIfError })) {
    if (seconds < 0 || seconds > MAX_STALE)
      throw new Error(`@cacheControl of ${coordinate}: ${name} must lie between 0 and ${MAX_STALE} seconds.`);
  }
}
