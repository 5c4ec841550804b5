/** A field of a query, with all that can be known of it before it is executed. */
import {
  BREAK,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type ResponsePath,
  TypeNameMetaFieldDef,
  type ValueNode,
  getArgumentValues,
  getNullableType,
  isLeafType,
  isNonNullType,
  visit,
} from 'graphql';
import { isPromise } from './is-promise.js';
import { type Complete, completing } from './completion.js';
import { type Serialise, serialising } from './serialisation.js';
import type { Path, Run } from './run.js';
import { type Shape, Uncompilable } from './shape.js';

export class CompiledField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  /** The arguments where no variable is among them: the same each time. Null: they are not known before. */
  readonly fixedArguments: Readonly<Record<string, unknown>> | null;
  readonly #shape: Shape;
  readonly #name: string;
  readonly #isRequired: boolean;
  readonly #complete: Complete;
  readonly #serialise: Serialise | null;
  readonly #isTypeName: boolean;

  constructor(shape: Shape, parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]) {
    this.#shape = shape;
    this.key = key;
    this.nodes = nodes;
    this.parentType = parentType;
    this.#name = nodes[0]!.name.value;
    this.#isTypeName = this.#name === TypeNameMetaFieldDef.name;
    this.definition = this.#isTypeName ? TypeNameMetaFieldDef : definitionOf(parentType, this.#name);
    this.fixedArguments = fixedArgumentsOf(this.definition, nodes[0]!);
    const { type, resolve } = this.definition;
    this.#isRequired = isNonNullType(type);
    this.#complete = completing(shape, type, this);
    const nullable = getNullableType(type);
    this.#serialise = resolve === undefined && isLeafType(nullable) ? serialising(nullable) : null;
  }

  /** The property that it shows, if it is only read off the object: most of all are. Null for all others. */
  get property(): string | null {
    return this.#serialise && !this.#isTypeName ? this.#name : null;
  }

  /** `Type.field` */
  get coordinate(): string {
    return `${this.parentType.name}.${this.#name}`;
  }

  /**
   * @param readable the same as `source`, or what of it is there to be read.
   * @throws the error of the field, if it may not be null.
   */
  execute(run: Run, source: unknown, readable: unknown, parent: Path): unknown {
    if (this.#isTypeName) return this.parentType.name;
    if (this.#serialise !== null && isObject(readable)) {
      const value = readable[this.#name];
      if (isPlain(value)) return this.#read(run, this.#serialise, value, parent);
    }
    return this.#resolve(run, source, this.#pathIn(parent));
  }

  #read(run: Run, serialise: Serialise, value: unknown, parent: Path): unknown {
    try {
      return serialise(value);
    } catch (error) {
      return run.fail(error, this, this.#pathIn(parent), this.#isRequired);
    }
  }

  #resolve(run: Run, source: unknown, path: ResponsePath): unknown {
    try {
      const info = this.#infoOf(run, path);
      const value = this.#valueOf(run, source, info);
      if (!isPromise(value)) return this.#completed(run, value, path, info);
      return value.then(
        (known) => this.#caught(run, known, path, info),
        (error: unknown) => run.fail(error, this, path, this.#isRequired),
      );
    } catch (error) {
      return run.fail(error, this, path, this.#isRequired);
    }
  }

  #caught(run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo): unknown {
    try {
      return this.#completed(run, value, path, info);
    } catch (error) {
      return run.fail(error, this, path, this.#isRequired);
    }
  }

  #completed(run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo): unknown {
    const completed = this.#complete(run, value, path, info);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error: unknown) => run.fail(error, this, path, this.#isRequired));
  }

  #valueOf(run: Run, source: unknown, info: GraphQLResolveInfo): unknown {
    const { resolve } = this.definition;
    if (resolve) return resolve(source, run.argumentsOf(this), run.context, info);
    if (!isObject(source)) return undefined;
    const value = source[this.#name];
    return typeof value === 'function'
      ? (value as (...given: unknown[]) => unknown).call(source, run.argumentsOf(this), run.context, info)
      : value;
  }

  #pathIn(prev: Path): ResponsePath {
    return { prev, key: this.key, typename: this.parentType.name };
  }

  #infoOf(run: Run, path: ResponsePath): GraphQLResolveInfo {
    const { schema, fragments, operation } = this.#shape;
    return {
      fieldName: this.#name,
      fieldNodes: this.nodes,
      returnType: this.definition.type,
      parentType: this.parentType,
      path,
      schema,
      fragments,
      rootValue: undefined,
      operation,
      variableValues: run.variables,
    };
  }
}

function definitionOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const definition = type.getFields()[name];
  // Introspection, which nobody asks often.
  if (!definition) throw new Uncompilable();
  return definition;
}

function fixedArgumentsOf(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Readonly<Record<string, unknown>> | null {
  for (const { value } of node.arguments ?? []) if (usesVariables(value)) return null;
  try {
    return Object.freeze(getArgumentValues(definition, node));
  } catch {
    // Told of by each execution, where it fails.
    return null;
  }
}

function usesVariables(value: ValueNode): boolean {
  let found = false;
  visit(value, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Nothing that has to be called, awaited or thrown. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'object'
    ? value !== null && !isPromise(value) && !(value instanceof Error)
    : value !== undefined && typeof value !== 'function';
