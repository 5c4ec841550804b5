/** What is known of a query before it is executed, worked out once for each. */
import {
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getVariableValues,
  printSchema,
} from 'graphql';
import { canonicalValue } from './canonical-value.js';
import { documentDigest } from './document-digest.js';
import type { Hints } from './hints.js';
import { normalise } from './normalised-operation.js';
import { type Question, digest } from './operation-key.js';
import { type Policy, policyOf } from './policy.js';

/** Answers come in one language. */
const LOCALE = 'en';

export type Variables = Readonly<Record<string, unknown>>;

export interface Plan {
  readonly policy: Policy;
  /** The variables as the operation takes them, defaults included; null if they are not what it wants. */
  coerce(given: Variables): Variables | null;
  /**
   * What is asked with variables that were coerced.
   * @throws UnspeakableValue if one of them cannot be part of a key.
   */
  question(variables: Variables): Question;
}

export class Plans {
  readonly #schema: GraphQLSchema;
  readonly #hints: Hints;
  readonly #schemaHash: string;
  readonly #plans = new WeakMap<OperationDefinitionNode, Plan>();

  constructor(schema: GraphQLSchema, hints: Hints) {
    this.#schema = schema;
    this.#hints = hints;
    // With the lifetimes: an entry keeps those that it was made with.
    this.#schemaHash = digest([printSchema(schema), hints.text]);
  }

  /** `operation` is a query of `document`, which has passed validation. */
  of(document: DocumentNode, operation: OperationDefinitionNode): Plan {
    const plan = this.#plans.get(operation) ?? this.#make(document, operation);
    this.#plans.set(operation, plan);
    return plan;
  }

  #make(document: DocumentNode, operation: OperationDefinitionNode): Plan {
    // The text, which may be long, is not kept.
    const { variables: used } = normalise(document, operation);
    const text = documentDigest(document, operation);
    return {
      policy: policyOf(this.#schema, this.#hints, document, operation),
      coerce: (given) => getVariableValues(this.#schema, operation.variableDefinitions ?? [], given).coerced ?? null,
      question: (variables) => ({
        schema: this.#schemaHash,
        document: text,
        operationName: operation.name?.value ?? null,
        variables: canonicalValue(used.map((name) => variables[name])),
        locale: LOCALE,
      }),
    };
  }
}
