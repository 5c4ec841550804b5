/**
 * What the schema lets the cache do with an operation, before anything is executed: by the coordinates of what it asks for, never by
 * its response keys, and whatever @skip and @include may leave of it.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  isAbstractType,
  isCompositeType,
  visit,
} from 'graphql';
import type { Hint, Hints } from './hints.js';
import { type Limits, UNLIMITED, narrow } from './limits.js';

export interface Policy {
  readonly limits: Limits;
  /**
   * Response keys at the root whose lifetime is that of the types which are found there, such as `node`: unless one is found in each,
   * there is none.
   */
  readonly awaited: ReadonlySet<string>;
  /** Why the response is never stored; null if it may be. */
  readonly refusal: string | null;
}

export function policyOf(
  schema: GraphQLSchema,
  hints: Hints,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Policy {
  const incremental = incrementalDirective(document);
  if (incremental) return { limits: UNLIMITED, awaited: new Set(), refusal: `@${incremental} delivers in parts` };
  const walk = new Walk(schema, hints, document);
  walk.root(operation.selectionSet, schema.getQueryType()!);
  return walk.policy();
}

/** An answer that comes in parts is none that could be stored, wherever in the document the directive stands. */
function incrementalDirective(document: DocumentNode): string | null {
  let found: string | null = null;
  visit(document, {
    Directive: ({ name }) => {
      if (name.value === 'defer' || name.value === 'stream') found = name.value;
    },
  });
  return found;
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #hints: Hints;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Selections that were walked, by the types they were walked on. A document can spread the same ones 2^n times. */
  readonly #walked = new Map<SelectionSetNode, Set<GraphQLCompositeType>>();
  readonly #awaited = new Set<string>();
  #limits = UNLIMITED;
  #refusal: string | null = null;

  constructor(schema: GraphQLSchema, hints: Hints, document: DocumentNode) {
    this.#schema = schema;
    this.#hints = hints;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  policy(): Policy {
    return { limits: this.#limits, awaited: this.#awaited, refusal: this.#refusal ?? this.#lackOfLifetime() };
  }

  #lackOfLifetime(): string | null {
    const { maxAge } = this.#limits;
    if (maxAge === null) return this.#awaited.size > 0 ? null : 'nothing in it has a lifetime';
    return maxAge.seconds > 0 ? null : `${maxAge.setBy} has a lifetime of 0 seconds`;
  }

  root(selections: SelectionSetNode, type: GraphQLCompositeType): void {
    const fields: FieldNode[] = [];
    // All of them before anything below: a fragment that stands at the root and elsewhere counts as standing at the root.
    this.#eachField(selections, type, (field) => fields.push(field));
    for (const field of fields) this.#rootField(field, type);
  }

  /** Only fields that have a lifetime, or whose types have, are stored; it is them who say how stale an answer may be served. */
  #rootField(node: FieldNode, parent: GraphQLCompositeType): void {
    const field = this.#fieldOf(node, parent);
    if (!field) return;
    const { coordinate, hint, type } = field;
    const typeHint = isCompositeType(type) ? this.#hints.at(type.name) : {};
    this.#take(coordinate, { staleWhileRevalidate: 0, staleIfError: 0, ...hint });
    this.#takeType(type, hint);
    this.#descend(node, type);
    if (hint.maxAge !== undefined || (typeHint.maxAge !== undefined && !hint.inheritMaxAge)) return;
    if (isAbstractType(type)) this.#awaited.add(node.alias?.value ?? node.name.value);
    else this.#refusal ??= `${coordinate} has no lifetime`;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): void {
    // A field of an interface is executed as that of the object: each of them may say more, and return a narrower type.
    for (const owner of this.#owners(parent)) {
      const field = this.#fieldOf(node, owner);
      if (!field) continue;
      this.#take(field.coordinate, field.hint);
      this.#takeType(field.type, field.hint);
      this.#descend(node, field.type);
    }
  }

  #owners(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    return isAbstractType(type) ? [type, ...this.#schema.getPossibleTypes(type)] : [type];
  }

  #fieldOf(node: FieldNode, owner: GraphQLCompositeType) {
    const name = node.name.value;
    if (name === '__typename' || !('getFields' in owner)) return null;
    const type = owner.getFields()[name]?.type;
    const coordinate = `${owner.name}.${name}`;
    // Introspection (`__schema`) stands in no type.
    return { coordinate, hint: this.#hints.at(coordinate), type: type ? getNamedType(type) : null };
  }

  #descend(node: FieldNode, type: unknown): void {
    if (!node.selectionSet || !isCompositeType(type)) return;
    this.#eachField(node.selectionSet, type, (field, parent) => this.#field(field, parent));
  }

  #takeType(type: unknown, { inheritMaxAge = false }: Hint): void {
    if (isCompositeType(type)) this.#take(type.name, withoutInherited(this.#hints.at(type.name), inheritMaxAge));
  }

  #take(coordinate: string, hint: Hint): void {
    this.#limits = narrow(this.#limits, coordinate, hint);
  }

  #eachField(
    selections: SelectionSetNode,
    type: GraphQLCompositeType,
    take: (field: FieldNode, parent: GraphQLCompositeType) => void,
  ): void {
    const types = this.#walked.get(selections) ?? new Set();
    if (types.has(type)) return;
    this.#walked.set(selections, types.add(type));
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) take(selection, type);
      else this.#eachField(...this.#fragmentOf(selection, type), take);
    }
  }

  #fragmentOf(
    selection: Exclude<SelectionSetNode['selections'][number], FieldNode>,
    type: GraphQLCompositeType,
  ): [SelectionSetNode, GraphQLCompositeType] {
    const { typeCondition, selectionSet } =
      selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value)! : selection;
    const condition = typeCondition && this.#schema.getType(typeCondition.name.value);
    // What is an object already is not widened by a fragment on one of its interfaces.
    const narrower = isCompositeType(condition) && isAbstractType(type) ? condition : type;
    return [selectionSet, narrower];
  }
}

/** A field that takes the maxAge of its parent has nothing to do with that of its type; with its scope it has. */
export const withoutInherited = (hint: Hint, inheritMaxAge: boolean): Hint =>
  inheritMaxAge ? Object.fromEntries(Object.entries(hint).filter(([name]) => name !== 'maxAge')) : hint;
