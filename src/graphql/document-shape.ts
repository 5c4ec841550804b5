/**
 * How large a document is where size costs, looked at before it is validated. Each fragment is walked once however often it is spread, so the work grows
 * with the text alone, and not with what a few fragments within fragments would become.
 */
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

export interface Limits {
  /** Fields within fields. Introspection has a limit of its own (graphql-js: MaxIntrospectionDepthRule). */
  readonly depth: number;
  /** Other names for fields: without a limit, one request asks the same a hundred times. */
  readonly aliases: number;
  /** Times that one selection says the same. */
  readonly duplicates: number;
  /** In the whole document. */
  readonly directives: number;
  /** Of one operation. */
  readonly rootFields: number;
}

interface Excess {
  readonly message: string;
  readonly node: ASTNode;
}

/** What a selection comes to with its fragments in their places. */
interface Shape {
  readonly depth: number;
  readonly aliases: number;
  /** How often each response key stands at its first level. */
  readonly keys: ReadonlyMap<string, number>;
}

const EMPTY: Shape = { depth: 0, aliases: 0, keys: new Map() };
const INTROSPECTION = new Set(['__schema', '__type']);

/** The first way in which `document` is larger than `limits`; null if it is not. It need not be valid. */
export function excessOf(document: DocumentNode, limits: Limits): Excess | null {
  return excessOfDirectives(document, limits.directives) ?? new Walk(document, limits).excess();
}

function excessOfDirectives(document: DocumentNode, most: number): Excess | null {
  let count = 0;
  visit(document, { Directive: () => void (count += 1) });
  return count > most ? { message: `has ${count} directives; at most ${most} are answered`, node: document } : null;
}

class Walk {
  readonly #limits: Limits;
  readonly #operations: OperationDefinitionNode[] = [];
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #shapes = new Map<FragmentDefinitionNode, Shape>();
  #excess: Excess | null = null;

  constructor(document: DocumentNode, limits: Limits) {
    this.#limits = limits;
    for (const node of document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) this.#operations.push(node);
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  excess(): Excess | null {
    for (const fragment of this.#fragments.values()) this.#shapeOf(fragment);
    for (const operation of this.#operations) this.#operation(operation);
    return this.#excess;
  }

  #operation(node: OperationDefinitionNode): void {
    const { depth, aliases, keys } = this.#selection(node.selectionSet);
    const limits = this.#limits;
    const roots = [...keys.values()].reduce((sum, count) => sum + count, 0);
    this.#hold(depth, limits.depth, node, `nests fields more than ${limits.depth} deep`);
    this.#hold(aliases, limits.aliases, node, `has more than ${limits.aliases} aliases`);
    this.#hold(roots, limits.rootFields, node, `has more than ${limits.rootFields} fields at its root`);
  }

  #hold(size: number, most: number, node: ASTNode, message: string): void {
    if (size > most) this.#excess ??= { message, node };
  }

  #shapeOf(fragment: FragmentDefinitionNode): Shape {
    const known = this.#shapes.get(fragment);
    if (known) return known;
    // One that spreads itself is refused by validation, and adds nothing until then.
    this.#shapes.set(fragment, EMPTY);
    const shape = this.#selection(fragment.selectionSet);
    this.#shapes.set(fragment, shape);
    return shape;
  }

  #selection({ selections }: SelectionSetNode): Shape {
    const keys = new Map<string, number>();
    let [depth, aliases] = [0, 0];
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const inner = node.selectionSet ? this.#selection(node.selectionSet) : EMPTY;
        depth = Math.max(depth, INTROSPECTION.has(node.name.value) ? 1 : 1 + inner.depth);
        aliases += inner.aliases + (node.alias ? 1 : 0);
        this.#count(keys, (node.alias ?? node.name).value, 1, node);
        continue;
      }
      const inner = this.#spread(node);
      depth = Math.max(depth, inner.depth);
      aliases += inner.aliases;
      for (const [key, count] of inner.keys) this.#count(keys, key, count, node);
    }
    return { depth, aliases, keys };
  }

  #spread(node: Exclude<SelectionSetNode['selections'][number], { kind: Kind.FIELD }>): Shape {
    if (node.kind === Kind.INLINE_FRAGMENT) return this.#selection(node.selectionSet);
    const fragment = this.#fragments.get(node.name.value);
    return fragment ? this.#shapeOf(fragment) : EMPTY;
  }

  #count(keys: Map<string, number>, key: string, times: number, node: ASTNode): void {
    const { duplicates } = this.#limits;
    const count = (keys.get(key) ?? 0) + times;
    keys.set(key, count);
    this.#hold(count, duplicates, node, `says "${key}" more than ${duplicates} times in one selection`);
  }
}
