/** A document while it is written: its variables, fragments and names. */
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';

/** The server refuses more than 15. */
const MAX_ALIASES = 12;

export class Draft {
  readonly variables: Record<string, unknown> = {};
  readonly #declarations: string[] = [];
  readonly #fragments: string[] = [];
  readonly #random: Random;
  #names = 0;
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The value as it stands in the document: a literal, or a variable that carries it. */
  value(type: GraphQLInputType, value: unknown): string {
    if (this.#random.chance(0.3)) return this.variable(type.toString(), value);
    if (value === null || value === undefined) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable) && Array.isArray(value))
      return `[${value.map((item) => this.value(nullable.ofType, item)).join(', ')}]`;
    if (isInputObjectType(nullable)) {
      const fields = nullable.getFields();
      const parts = Object.entries(value).map(([name, part]) => `${name}: ${this.value(fields[name]!.type, part)}`);
      return `{ ${parts.join(', ')} }`;
    }
    return isEnumType(nullable) && typeof value === 'string' ? value : JSON.stringify(value);
  }

  variable(type: string, value: unknown): string {
    const name = this.#name('v');
    this.variables[name] = value;
    this.#declarations.push(`$${name}: ${type}`);
    return `$${name}`;
  }

  /** A spread of a new fragment. */
  fragment(type: GraphQLNamedType, selections: readonly string[]): string {
    const name = this.#name('F');
    this.#fragments.push(`fragment ${name} on ${type.name} { ${selections.join(' ')} }`);
    return `...${name}`;
  }

  /** `name: `, or nothing when there are enough. */
  alias(): string | null {
    if (this.#aliases === MAX_ALIASES) return null;
    this.#aliases += 1;
    return `${this.#name('a')}: `;
  }

  document(name: string | null, selections: readonly string[]): string {
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(', ')})` : '';
    const head = name === null && declared === '' ? '' : `query ${name ?? ''}${declared} `;
    return [`${head}{ ${selections.join(' ')} }`, ...this.#fragments].join('\n');
  }

  #name(kind: string): string {
    this.#names += 1;
    return `${kind}${this.#names}`;
  }
}
