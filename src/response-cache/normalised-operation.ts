/** One spelling for all documents that ask for the same in the same order. */
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from 'graphql';

interface NormalisedOperation {
  /**
   * The operation and the fragments that it uses, in the order of their first use. White space, comments, the order of arguments and the names
   * of fragments and variables are gone. Aliases and the order of fields stay: they show in the answer.
   */
  readonly text: string;
  /** The variables that it uses, by their given names, in the order of their first use. */
  readonly variables: readonly string[];
}

/** `operation` must have passed validation. */
export function normalise(document: DocumentNode, operation: OperationDefinitionNode): NormalisedOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const fragmentNames = new Numbering('f');
  const variableNames = new Numbering('v');
  const rename = (node: ASTNode): string => print(renamed(sorted(node), fragmentNames, variableNames));

  const texts = [rename(withoutSignature(operation))];
  // Grows while fragments name further ones.
  for (let index = 0; index < fragmentNames.names.length; index += 1)
    texts.push(rename(fragments.get(fragmentNames.names[index]!)!));
  return { text: texts.join('\n'), variables: variableNames.names };
}

/** The name is a part of the key by itself, and the values of the variables have their defaults in them. */
const withoutSignature = ({ kind, operation, directives, selectionSet, loc }: OperationDefinitionNode): ASTNode => ({
  kind,
  operation,
  selectionSet,
  ...(directives && { directives }),
  ...(loc && { loc }),
});

/** Before anything is numbered, so that order makes no difference to numbers either. */
const sorted = (root: ASTNode): ASTNode =>
  visit(root, {
    leave(node) {
      if (node.kind === Kind.FIELD || node.kind === Kind.DIRECTIVE)
        return { ...node, arguments: byName(node.arguments ?? []) };
      if (node.kind === Kind.OBJECT) return { ...node, fields: byName(node.fields) };
      if (node.kind === Kind.STRING) return { ...node, block: false };
      return undefined;
    },
  });

const renamed = (root: ASTNode, fragments: Numbering, variables: Numbering): ASTNode =>
  visit(root, {
    Variable: (node) => ({ ...node, name: { kind: Kind.NAME, value: variables.of(node.name.value) } }),
    FragmentSpread: (node) => ({ ...node, name: { kind: Kind.NAME, value: fragments.of(node.name.value) } }),
    FragmentDefinition: (node) => ({ ...node, name: { kind: Kind.NAME, value: fragments.of(node.name.value) } }),
  });

const byName = <Node extends { readonly name: { readonly value: string } }>(nodes: readonly Node[]): Node[] =>
  [...nodes].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));

/** Names by the order in which they are first asked for. */
class Numbering {
  readonly #prefix: string;
  readonly #numbers = new Map<string, number>();
  readonly names: string[] = [];

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  of(name: string): string {
    const number = this.#numbers.get(name) ?? this.names.push(name) - 1;
    this.#numbers.set(name, number);
    return `${this.#prefix}${number}`;
  }
}
