/** Walks through an answer together with the document that asked for it. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  typeFromAST,
} from 'graphql';

export interface Answered {
  /** The object's own type, never an interface. */
  readonly type: GraphQLObjectType;
  readonly node: FieldNode;
  readonly value: unknown;
  /** The field of the nearest connection that this is in. */
  readonly list: { readonly type: GraphQLObjectType; readonly node: FieldNode } | null;
}

type See = (answered: Answered) => void;
type Answer = Readonly<Record<string, unknown>>;

/** Shows `see` each field of each object in `data`, once for every time that the document asks for it. */
export function walkAnswer(
  schema: GraphQLSchema,
  document: DocumentNode,
  { data, operationName }: { data: Answer; operationName: string | null },
  see: See,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const operation = operations.find(({ name }) => operationName === null || name?.value === operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw new Error('The document does not have the operation that was answered.');
  walkObject(root, operation.selectionSet, data, null);

  function walkObject(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    object: Answer,
    list: Answered['list'],
  ) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) walkField(type, selection, object, list);
      else {
        const { typeCondition, selectionSet } =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)! : selection;
        const condition = typeCondition && typeFromAST(schema, typeCondition);
        const concerns =
          !condition || condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
        if (concerns) walkObject(type, selectionSet, object, list);
      }
    }
  }

  function walkField(type: GraphQLObjectType, node: FieldNode, object: Answer, list: Answered['list']) {
    const key = (node.alias ?? node.name).value;
    const field = type.getFields()[node.name.value];
    // Left out by @include or @skip; or __typename.
    if (!(key in object) || !field) return;
    const value = object[key];
    see({ type, node, value, list });
    const named = getNamedType(field.type);
    if (!isCompositeType(named) || !node.selectionSet) return;
    const within = named.name.endsWith('Connection') ? { type, node } : list;
    for (const child of (Array.isArray(value) ? value : [value]) as (Answer | null)[]) {
      if (child === null) continue;
      const own = isObjectType(named) ? named : schema.getType(child['__typename'] as string);
      if (isObjectType(own)) walkObject(own, node.selectionSet, child, within);
    }
  }
}
