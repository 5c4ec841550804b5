/**
 * Queries that are asked again are executed by what was worked out the first time: which fields of which types they ask for, how each is resolved and
 * completed. The answers are those of graphql-js, whose interpreter works it out anew for each object of each answer, and executes whatever is not compiled.
 *
 * Closures, and no generated code. Why not graphql-jit: README.md.
 */
import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import { type Compiled, CompiledRoom, type Shapes } from './compiled-room.js';
import { isPromise } from './is-promise.js';
import { Run } from './run.js';
import { type Decisions, Shape, Uncompilable } from './shape.js';

/** An operation is worth compiling when it is asked again. */
const WORTH_IT = 2;
/** Each variable that decides what is asked may double the shapes of a query. */
const MAX_DECIDING = 4;

/** A query of a document that has passed validation. */
export interface AskedQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param context what resolvers are given. */
export type Execute = (context: unknown) => Promise<ExecutionResult> | ExecutionResult;

interface Known {
  times: number;
  /** The variables of its @skip and @include; null: it cannot be compiled. */
  readonly deciding: readonly string[] | null;
  readonly shapes: Shapes;
}

export class CompiledQueries {
  readonly #schema: GraphQLSchema;
  /** For as long as somebody remembers the document. */
  readonly #known = new WeakMap<OperationDefinitionNode, Known>();
  readonly #room = new CompiledRoom();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @returns what executes it, which never throws or rejects; null if it is not compiled (yet): somebody else is to execute it. */
  prepare(asked: AskedQuery): Execute | null {
    const shape = this.#shapeOf(asked);
    return shape && ((context) => execute(shape, new Run(context, asked.variables)));
  }

  #shapeOf(asked: AskedQuery): Shape | null {
    const { document, operation, variables } = asked;
    if (operation.operation !== OperationTypeNode.QUERY) return null;
    let known = this.#known.get(operation);
    if (!known) this.#known.set(operation, (known = { times: 0, deciding: decidingIn(document), shapes: new Map() }));
    known.times += 1;
    if (known.times < WORTH_IT || known.deciding === null) return null;
    const values = known.deciding.map((name) => variables[name]);
    // An explicit null is an error, and graphql-js tells it.
    if (!values.every((value) => typeof value === 'boolean')) return null;
    const key = values.join();
    const found = known.shapes.get(key);
    if (found === null) return null;
    if (found) {
      this.#room.use(found.place);
      return found.shape;
    }
    const decisions = Object.fromEntries(known.deciding.map((name, index) => [name, values[index]!]));
    const place = this.#room.enter(known.shapes, key);
    const shape = this.#compile(asked, decisions, this.#room.growthOf(place));
    const compiled: Compiled | null = shape && this.#room.has(place) ? { shape, place } : null;
    known.shapes.set(key, compiled);
    return shape;
  }

  #compile(asked: AskedQuery, decisions: Decisions, onCompiled: (fields: number) => void): Shape | null {
    try {
      return new Shape(this.#schema, asked, decisions, onCompiled);
    } catch (error) {
      if (error instanceof Uncompilable) return null;
      throw error;
    }
  }
}

function execute({ root }: Shape, run: Run): Promise<ExecutionResult> | ExecutionResult {
  const answer = (data: Record<string, unknown> | null): ExecutionResult =>
    run.errors.length === 0 ? { data } : { errors: run.errors, data };
  const fail = (error: unknown): ExecutionResult => {
    run.collect(error as GraphQLError, undefined);
    return answer(null);
  };
  try {
    const data = root.execute(run, undefined, undefined);
    return isPromise(data) ? data.then(answer, fail) : answer(data);
  } catch (error) {
    return fail(error);
  }
}

/** Null: it has a key that would be no property of an answer, or too many variables decide. */
function decidingIn(document: DocumentNode): readonly string[] | null {
  const names = new Set<string>();
  let strange = 0;
  const decide = ({ name, arguments: given = [] }: DirectiveNode | ConstDirectiveNode): void => {
    if (name.value !== 'skip' && name.value !== 'include') strange += 1;
    for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
  };
  visit(document, {
    Directive: decide,
    Field: ({ alias }) => {
      if (alias?.value === '__proto__') strange += 1;
    },
  });
  return strange === 0 && names.size <= MAX_DECIDING ? [...names] : null;
}
