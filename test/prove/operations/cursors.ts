/** Cursors of earlier answers, by the list and the order that they belong to. */
import { type FieldNode, Kind } from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';
import type { Answered } from './answer.js';

/** Older ones go first: they still work, and what they point at has often gone. */
const KEPT = 20;
const NAMES = new Set(['cursor', 'startCursor', 'endCursor']);

export class Cursors {
  readonly #known = new Map<string, string[]>();

  see({ node, value, list }: Answered, variables: Readonly<Record<string, unknown>>): void {
    if (!list || typeof value !== 'string' || !NAMES.has(node.name.value)) return;
    const place = `${list.type.name}.${list.node.name.value} ${orderOf(list.node, variables)}`;
    const known = this.#known.get(place) ?? [];
    this.#known.set(place, [...known.filter((cursor) => cursor !== value), value].slice(-KEPT));
  }

  /** `order`: what stands in `orderBy`; empty for the default. Null: none is known. */
  pick(random: Random, list: string, order: string): string | null {
    const known = this.#known.get(`${list} ${order}`) ?? [];
    return known.length > 0 ? random.pick(known) : null;
  }
}

function orderOf(node: FieldNode, variables: Readonly<Record<string, unknown>>): string {
  const value = node.arguments?.find(({ name }) => name.value === 'orderBy')?.value;
  if (value?.kind === Kind.ENUM) return value.value;
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : null;
  return typeof given === 'string' ? given : '';
}
