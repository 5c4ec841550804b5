/** What a query asks, once @skip and @include are decided. */
import { collectFields, collectSubFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { CompiledField } from './compiled-field.js';
import { Selection } from './selection.js';

/** A query that is left to the interpreter. */
export class Uncompilable extends Error {
  override name = 'Uncompilable';
}

/** The values of the variables that decide what is asked. */
export type Decisions = Readonly<Record<string, boolean>>;

export class Shape {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, never>;
  readonly root: Selection;
  readonly #decisions: Decisions;
  readonly #onCompiled: (fields: number) => void;
  readonly #selections = new Map<CompiledField, Map<GraphQLObjectType, Selection>>();

  /**
   * @param onCompiled told of fields that were compiled, each time.
   * @throws Uncompilable
   */
  constructor(
    schema: GraphQLSchema,
    { document, operation }: { document: DocumentNode; operation: OperationDefinitionNode },
    decisions: Decisions,
    onCompiled: (fields: number) => void,
  ) {
    this.schema = schema;
    this.operation = operation;
    this.#decisions = decisions;
    this.#onCompiled = onCompiled;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments[node.name.value] = node;
    const type = schema.getQueryType()!;
    const { fields } = collectFields(schema, this.fragments, decisions, type, operation.selectionSet);
    this.root = this.#compile(type, fields);
  }

  /** What is asked of the objects of `type` that `field` leads to. Made when the first is met. */
  selectionOf(field: CompiledField, type: GraphQLObjectType): Selection {
    let ofField = this.#selections.get(field);
    if (!ofField) this.#selections.set(field, (ofField = new Map<GraphQLObjectType, Selection>()));
    let selection = ofField.get(type);
    if (!selection) ofField.set(type, (selection = this.#select(field.nodes, type)));
    return selection;
  }

  #select(nodes: readonly FieldNode[], type: GraphQLObjectType): Selection {
    const { fields } = collectSubFields(this.schema, this.fragments, this.#decisions, type, [...nodes]);
    return this.#compile(type, fields);
  }

  #compile(type: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): Selection {
    const selection = new Selection(this, type, fields);
    this.#onCompiled(selection.size);
    return selection;
  }
}
