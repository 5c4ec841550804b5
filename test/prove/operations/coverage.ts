/** How often each field of each object type was in an answer with something in it. */
import { type GraphQLSchema, isObjectType } from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';
import type { Answered } from './answer.js';
import { pickWeighted } from './pick-weighted.js';

/** What only mutations answer with, which no cache keeps. */
const isAsked = (type: string) => !/^__|Payload$|^(Mutation|SelfTestCheck)$/.test(type);

export class Coverage {
  readonly #seen = new Map<string, number>();
  readonly #given = new Map<string, number>();

  constructor(schema: GraphQLSchema) {
    for (const type of Object.values(schema.getTypeMap()))
      if (isObjectType(type) && isAsked(type.name))
        for (const field of Object.keys(type.getFields())) this.#seen.set(`${type.name}.${field}`, 0);
  }

  see({ type, node, value }: Answered): void {
    if (value === null || (Array.isArray(value) && value.length === 0)) return;
    const coordinate = `${type.name}.${node.name.value}`;
    this.#seen.set(coordinate, (this.#seen.get(coordinate) ?? 0) + 1);
  }

  count(type: string, field: string): number {
    return this.#seen.get(`${type}.${field}`) ?? 0;
  }

  /** Whether something that may be left out, such as an argument, is given this time: more likely as long as it was given seldom. */
  gives(random: Random, coordinate: string): boolean {
    const times = this.#given.get(coordinate) ?? 0;
    const isGiven = random.chance(0.3 + 0.6 / (1 + times / 5));
    if (isGiven) this.#given.set(coordinate, times + 1);
    return isGiven;
  }

  /** The fields that were answered less than `times`, with how often they were. */
  below(times: number): string[] {
    return [...this.#seen].filter(([, count]) => count < times).map(([field, count]) => `${field} (${count})`);
  }

  /** A field that was answered seldom. */
  pickSeldom(random: Random): string {
    return pickWeighted(random, [...this.#seen], ([, count]) => 1 / (1 + count) ** 2)[0];
  }
}
