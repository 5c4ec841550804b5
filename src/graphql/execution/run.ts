/** One execution of a compiled query. */
import { type GraphQLError, type ResponsePath, getArgumentValues, locatedError, responsePathAsArray } from 'graphql';
import type { CompiledField } from './compiled-field.js';

/** `undefined` is the root. */
export type Path = ResponsePath | undefined;

export class Run {
  readonly context: unknown;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly errors: GraphQLError[] = [];
  /** Where nothing more can be said, because it is null already. */
  readonly #nulled = new Set<Path>();
  readonly #arguments = new Map<CompiledField, Record<string, unknown>>();

  constructor(context: unknown, variables: Readonly<Record<string, unknown>>) {
    this.context = context;
    this.variables = variables;
  }

  /**
   * The same for all objects of which the field is asked.
   * @throws GraphQLError if a variable has left a required one out.
   */
  argumentsOf(field: CompiledField): Readonly<Record<string, unknown>> {
    if (field.fixedArguments) return field.fixedArguments;
    const known = this.#arguments.get(field);
    if (known) return known;
    const values = getArgumentValues(field.definition, field.nodes[0]!, this.variables);
    this.#arguments.set(field, values);
    return values;
  }

  /**
   * What stands at `path` failed: it is null, and the answer says why.
   * @throws the error, if it may not be null.
   */
  fail(cause: unknown, { nodes }: CompiledField, path: Path, isRequired: boolean): null {
    const error = locatedError(cause, nodes, path && responsePathAsArray(path));
    if (isRequired) throw error;
    this.collect(error, path);
    return null;
  }

  collect(error: GraphQLError, path: Path): void {
    if (this.#isNulled(path)) return;
    this.#nulled.add(path);
    this.errors.push(error);
  }

  #isNulled(path: Path): boolean {
    if (this.#nulled.size === 0) return false;
    for (let at = path; at !== undefined; at = at.prev) if (this.#nulled.has(at)) return true;
    return this.#nulled.has(undefined);
  }
}
