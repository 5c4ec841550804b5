/** From what a resolver has returned to what the answer says (GraphQL specification, 6.4.3). */
import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type ResponsePath,
  defaultTypeResolver,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isPromise } from '@graphql-tools/utils';
import type { CompiledField } from './compiled-field.js';
import type { Run } from './run.js';
import type { Shape } from './shape.js';

/** @returns the completed value, perhaps as a promise. Throws or rejects with whatever makes it null. */
export type Complete = (run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo) => unknown;

export function completing(shape: Shape, type: GraphQLOutputType, field: CompiledField): Complete {
  if (isNonNullType(type)) return required(completing(shape, type.ofType, field), field);
  if (isListType(type)) return nullable(listing(shape, type, field));
  if (isLeafType(type)) return nullable((_run, value) => serialised(type, value));
  return nullable(isObjectType(type) ? object(shape, type, field) : abstract(shape, type, field));
}

/** @throws what the type's own serialisation throws, and for a value that it knows none for. */
export function serialised(type: GraphQLLeafType, value: unknown): unknown {
  const text: unknown = type.serialize(value);
  if (text == null) throw new Error(`Expected \`${type.name}.serialize()\` to return a value, returned: ${text}`);
  return text;
}

const nullable =
  (complete: Complete): Complete =>
  (run, value, path, info) => {
    if (value instanceof Error) throw value;
    return value == null ? null : complete(run, value, path, info);
  };

const required =
  (complete: Complete, field: CompiledField): Complete =>
  (run, value, path, info) => {
    const completed = complete(run, value, path, info);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${field.coordinate}.`);
    return completed;
  };

function listing(shape: Shape, { ofType }: GraphQLList<GraphQLOutputType>, field: CompiledField): Complete {
  const complete = completing(shape, ofType, field);
  const isRequired = isNonNullType(ofType);
  return (run, list, path, info) => {
    if (!isIterable(list))
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${field.coordinate}".`);
    const pending: PromiseLike<unknown>[] = [];
    const item = (value: unknown, index: number): unknown => {
      const itemPath = { prev: path, key: index, typename: undefined };
      const fail = (error: unknown): null => run.fail(error, field, itemPath, isRequired);
      try {
        const completed = isPromise(value)
          ? value.then((known) => complete(run, known, itemPath, info))
          : complete(run, value, itemPath, info);
        if (!isPromise(completed)) return completed;
        const caught = completed.then(undefined, fail);
        pending.push(caught);
        return caught;
      } catch (error) {
        return fail(error);
      }
    };
    let items;
    try {
      items = Array.from(list, item);
    } catch (error) {
      // Of the others nobody will hear: one that rejects must not end the process.
      for (const value of [...list, ...pending]) if (isPromise(value)) value.then(undefined, () => undefined);
      throw error;
    }
    return pending.length === 0 ? items : Promise.all(items);
  };
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

function object(shape: Shape, type: GraphQLObjectType, field: CompiledField): Complete {
  const { isTypeOf } = type;
  return (run, value, path, info) => {
    const execute = (): unknown => shape.selectionOf(field, type).execute(run, value, path);
    if (!isTypeOf) return execute();
    const verdict = isTypeOf(value, run.context, info);
    const judge = (is: boolean): unknown => {
      if (!is) throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: field.nodes });
      return execute();
    };
    return isPromise(verdict) ? verdict.then(judge) : judge(verdict);
  };
}

function abstract(shape: Shape, type: GraphQLAbstractType, field: CompiledField): Complete {
  const completions = new Map<string, Complete>();
  const completionOf = (name: string | undefined): Complete => {
    const known = completions.get(name ?? '');
    if (known) return known;
    const found = shape.schema.getType(name ?? '');
    if (!isObjectType(found) || !shape.schema.isSubType(type, found))
      throw new GraphQLError(`Abstract type "${type.name}" was resolved to "${name}", which is none of its types.`, {
        nodes: field.nodes,
      });
    const completion = object(shape, found, field);
    completions.set(found.name, completion);
    return completion;
  };
  return (run, value, path, info) => {
    const name = (type.resolveType ?? defaultTypeResolver)(value, run.context, info, type);
    return isPromise(name)
      ? name.then((known) => completionOf(known)(run, value, path, info))
      : completionOf(name)(run, value, path, info);
  };
}
