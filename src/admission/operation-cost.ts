/**
 * What an operation costs at most, known before it runs: the objects that it can bring, with the sizes of lists, and the counts it asks for. Nested lists
 * multiply. Scalars cost nothing, they lie in the objects. Fragments are worked out once for each type, so the work grows with the text alone.
 */
import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  valueFromASTUntyped,
  visit,
} from 'graphql';

interface PageSizes {
  /** Of a page of which nobody says how long it is to be. */
  readonly default: number;
  /** No page is longer: more is refused where it is asked for. */
  readonly max: number;
}

/** Of introspection, whatever it asks. */
const INTROSPECTION = 100;

/** Lists that are no pages, with how long they are taken to be: seldom longer, mostly shorter. Each has its place here. */
export const ASSUMED_SIZES: Readonly<Record<string, number>> = {
  'Query.agentCategories': 20,
  'Collection.traits': 10,
  // At most 1,000 of a collection (src/marketplace/collections/loaders.ts); dearer, a full page of collections could not be asked with theirs.
  'TraitFacet.values': 40,
  'Nft.attributes': 10,
  'User.wallets': 10,
  'User.workspaces': 10,
  'Template.steps': 10,
  'Template.agents': 10,
  'OwnershipStats.collections': 100,
  'RunSelfTestPayload.checks': 10,
};

type Variables = Readonly<Record<string, unknown>>;

interface Plan {
  /** The variables that sizes hang on. */
  readonly sizing: readonly string[];
  /** By their values. */
  readonly known: Map<string, number>;
}

/** Of one operation. Clients page by few sizes. */
const MAX_KNOWN = 50;

export class OperationCosts {
  readonly #schema: GraphQLSchema;
  readonly #pages: PageSizes;
  readonly #plans = new WeakMap<OperationDefinitionNode, Plan>();

  constructor(schema: GraphQLSchema, pages: PageSizes) {
    this.#schema = schema;
    this.#pages = pages;
  }

  /** `operation` is one of `document`, which has passed validation; `variables` are coerced. At least 1. */
  of(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
    const plan = this.#plans.get(operation) ?? { sizing: sizingVariables(document), known: new Map<string, number>() };
    this.#plans.set(operation, plan);
    const key = plan.sizing.map((name) => sizeText(variables[name])).join();
    const known = plan.known.get(key);
    if (known !== undefined) return known;
    if (plan.known.size >= MAX_KNOWN) plan.known.clear();
    const cost = new Estimate(this.#schema, this.#pages, document, variables).of(operation);
    plan.known.set(key, cost);
    return cost;
  }
}

/** Of lists, such as ids, only the length counts, and of an id nothing, which may be a long text: it is not kept. Nothing else is written like one of them. */
const sizeText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'string' ? 'id' : JSON.stringify(value);
};

const SIZING = new Set(['first', 'last', 'ids', 'if']);

function sizingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ name, value }) {
      if (SIZING.has(name.value)) visit(value, { Variable: (variable) => void names.add(variable.name.value) });
    },
  });
  return [...names];
}

class Estimate {
  readonly #schema: GraphQLSchema;
  readonly #pages: PageSizes;
  readonly #variables: Variables;
  #defaults: Variables = {};
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, Map<string, number>>();

  constructor(schema: GraphQLSchema, pages: PageSizes, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#pages = pages;
    this.#variables = variables;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  of({ operation, selectionSet, variableDefinitions = [] }: OperationDefinitionNode): number {
    this.#defaults = Object.fromEntries(
      variableDefinitions.flatMap(({ variable, defaultValue }) =>
        defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
      ),
    );
    return Math.max(1, this.#selection(selectionSet, this.#schema.getRootType(operation)!, 1));
  }

  /** Of the fields of one object, of the dearest if it is not known which it will be. `page`: how long the page is that it is, if it is one. */
  #selection(selections: SelectionSetNode, type: GraphQLCompositeType, page: number): number {
    if (isAbstractType(type))
      return Math.max(0, ...this.#schema.getPossibleTypes(type).map((one) => this.#selection(selections, one, page)));
    const known = this.#known.get(selections) ?? new Map<string, number>();
    this.#known.set(selections, known);
    const key = `${type.name} ${page}`;
    const cost = known.get(key) ?? this.#fields(selections, type, page);
    known.set(key, cost);
    return cost;
  }

  #fields({ selections }: SelectionSetNode, type: GraphQLObjectType, page: number): number {
    let sum = 0;
    for (const node of selections) {
      if (this.#isLeftOut(node.directives)) continue;
      if (node.kind === Kind.FIELD) sum += this.#field(node, type, page);
      else {
        const { typeCondition, selectionSet } =
          node.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(node.name.value)! : node;
        if (this.#concerns(typeCondition?.name.value, type)) sum += this.#selection(selectionSet, type, page);
      }
    }
    return sum;
  }

  #concerns(condition: string | undefined, type: GraphQLObjectType): boolean {
    const wanted = condition === undefined ? type : this.#schema.getType(condition);
    return wanted === type || (isAbstractType(wanted) && this.#schema.isSubType(wanted, type));
  }

  #field(node: FieldNode, parent: GraphQLObjectType, page: number): number {
    const name = node.name.value;
    if (name.startsWith('__')) return name === '__typename' ? 0 : INTROSPECTION;
    const field = parent.getFields()[name]!;
    const type = getNamedType(field.type);
    // A count is a statement of its own, and so is whatever needs to be told more.
    if (!isCompositeType(type)) return name === 'totalCount' || field.args.length > 0 ? 1 : 0;
    const asked = this.#pageOf(node, field);
    const isList = isListType(getNullableType(field.type));
    const size = isList
      ? (asked ?? (isPage(parent) ? page : (ASSUMED_SIZES[`${parent.name}.${name}`] ?? this.#pages.max)))
      : 1;
    return size * (1 + this.#selection(node.selectionSet!, type, asked ?? 1));
  }

  /** How much a field is asked for; null if it cannot be told. */
  #pageOf({ arguments: given = [] }: FieldNode, { args }: GraphQLField<unknown, unknown>): number | null {
    const ids = args.find(({ name }) => name === 'ids');
    if (ids) return Math.min(this.#pages.max, lengthOf(this.#value(given, ids)));
    const [first, last] = ['first', 'last'].map((wanted) => {
      const arg = args.find(({ name }) => name === wanted);
      return arg && this.#value(given, arg);
    });
    if (!args.some(({ name }) => name === 'first')) return null;
    const size = first ?? last ?? this.#pages.default;
    return typeof size === 'number' ? Math.min(this.#pages.max, Math.max(0, size)) : this.#pages.max;
  }

  #value(given: readonly ArgumentNode[], { name, defaultValue }: GraphQLArgument): unknown {
    const node = given.find((argument) => argument.name.value === name);
    if (!node) return defaultValue;
    return node.value.kind === Kind.VARIABLE
      ? this.#variable(node.value.name.value, defaultValue)
      : this.#literal(node);
  }

  #variable(name: string, otherwise: unknown): unknown {
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name];
    return Object.hasOwn(this.#defaults, name) ? this.#defaults[name] : otherwise;
  }

  #literal({ value }: ArgumentNode): unknown {
    return valueFromASTUntyped(value, this.#variables);
  }

  #isLeftOut(directives: readonly DirectiveNode[] = []): boolean {
    return directives.some(({ name, arguments: [condition] = [] }) => {
      if (!condition || (name.value !== 'skip' && name.value !== 'include')) return false;
      const { value } = condition;
      const holds =
        value.kind === Kind.VARIABLE ? this.#variable(value.name.value, undefined) : this.#literal(condition);
      return holds === (name.value === 'skip');
    });
  }
}

/** A list may be given as its only item. */
const lengthOf = (ids: unknown): number => (Array.isArray(ids) ? ids.length : 1);

/** One of a list: its size was said above it. */
const isPage = (type: GraphQLObjectType): boolean => type.name.endsWith('Connection');

/** Lists of objects that are neither pages nor have an assumed size. */
export function unsizedLists(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !isPage(type))
    .flatMap((type) => Object.values((type as GraphQLObjectType).getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)))
    .filter(({ field }) => !field.args.some(({ name }) => name === 'first' || name === 'ids'))
    .map(({ type, field }) => `${type.name}.${field.name}`);
}
