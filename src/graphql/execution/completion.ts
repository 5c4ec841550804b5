/** From what a resolver has returned to what the answer says (GraphQL specification, 6.4.3). */
import {
  type GraphQLAbstractType,
  GraphQLError,
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
import { isPromise } from './is-promise.js';
import type { CompiledField } from './compiled-field.js';
import type { Run } from './run.js';
import type { Selection } from './selection.js';
import { serialising } from './serialisation.js';
import type { Shape } from './shape.js';

/** @returns the completed value, perhaps as a promise. Throws or rejects with whatever makes it null. */
export type Complete = (run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo) => unknown;

export function completing(shape: Shape, type: GraphQLOutputType, field: CompiledField): Complete {
  if (isNonNullType(type)) return required(completing(shape, type.ofType, field), field);
  if (isListType(type)) return nullable(listing(shape, type, field));
  if (isLeafType(type)) {
    const serialise = serialising(type);
    return nullable((_run, value) => serialise(value));
  }
  return nullable(isObjectType(type) ? object(shape, type, field) : abstract(shape, type, field));
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
    const values: readonly unknown[] = Array.isArray(list) ? list : Array.from(list);
    const items: unknown[] = [];
    let pending: PromiseLike<unknown>[] | null = null;
    try {
      for (let index = 0; index < values.length; index += 1) {
        const value = values[index];
        const itemPath = { prev: path, key: index, typename: undefined };
        const completed = completedItem(run, value, itemPath, info);
        items.push(completed);
        if (isPromise(completed)) (pending ??= []).push(completed);
      }
    } catch (error) {
      // Of the others nobody will hear: one that rejects must not end the process.
      for (const value of [...values, ...(pending ?? [])]) if (isPromise(value)) value.then(undefined, () => undefined);
      throw error;
    }
    return pending === null ? items : Promise.all(items);
  };

  function completedItem(run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo): unknown {
    try {
      const completed = isPromise(value)
        ? value.then((known) => complete(run, known, path, info))
        : complete(run, value, path, info);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => run.fail(error, field, path, isRequired));
    } catch (error) {
      return run.fail(error, field, path, isRequired);
    }
  }
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

function object(shape: Shape, type: GraphQLObjectType, field: CompiledField): Complete {
  const { isTypeOf } = type;
  let selection: Selection | null = null;
  const execute: Complete = (run, value, path) =>
    (selection ??= shape.selectionOf(field, type)).execute(run, value, path);
  if (!isTypeOf) return execute;
  return (run, value, path, info) => {
    const verdict = isTypeOf(value, run.context, info);
    const judge = (is: boolean): unknown => {
      if (!is) throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: field.nodes });
      return execute(run, value, path, info);
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
