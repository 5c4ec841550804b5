/** What is asked of objects of one type: its fields in the order of the answer. */
import type { FieldNode, GraphQLObjectType } from 'graphql';
import { isPromise } from './is-promise.js';
import { Properties, forReading } from '../../tracking/observed-rows.js';
import { CompiledField } from './compiled-field.js';
import type { Path, Run } from './run.js';
import type { Shape } from './shape.js';

type Answer = Record<string, unknown>;

export class Selection {
  readonly #fields: readonly CompiledField[];
  /** How many fields it has. */
  readonly size: number;
  /** Null: nothing is only read. */
  readonly #properties: Properties | null;

  constructor(shape: Shape, type: GraphQLObjectType, nodes: ReadonlyMap<string, readonly FieldNode[]>) {
    this.#fields = Array.from(nodes, ([key, ofKey]) => new CompiledField(shape, type, key, ofKey));
    this.size = this.#fields.length;
    const read = this.#fields.map(({ property }) => property).filter((property) => property !== null);
    this.#properties = read.length > 0 ? new Properties(read) : null;
  }

  /**
   * The fields of `source`, which stands at `path`.
   * @throws (or rejects with) the error of a field that may not be null.
   */
  execute(run: Run, source: unknown, path: Path): Answer | Promise<Answer> {
    const answer: Answer = {};
    const isReadable = this.#properties !== null && typeof source === 'object' && source !== null;
    const readable = isReadable ? forReading(source, this.#properties) : source;
    let waiting: Waiting | null = null;
    try {
      for (const field of this.#fields) {
        const value = field.execute(run, source, readable, path);
        // In its place, so that the order is that of the fields.
        answer[field.key] = value;
        if (isPromise(value)) (waiting ??= new Waiting()).add(field.key, value);
      }
    } catch (error) {
      // The others may fail as well, which somebody has to hear.
      if (waiting)
        return waiting.fill(answer).finally(() => {
          throw error;
        });
      throw error;
    }
    return waiting ? waiting.fill(answer) : answer;
  }
}

/** Values that are still to come. */
class Waiting {
  readonly #keys: string[] = [];
  readonly #values: PromiseLike<unknown>[] = [];

  add(key: string, value: PromiseLike<unknown>): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  fill(answer: Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let left = this.#keys.length;
      this.#values.forEach((value, index) => {
        value.then((known) => {
          answer[this.#keys[index]!] = known;
          left -= 1;
          if (left === 0) resolve(answer);
        }, reject);
      });
    });
  }
}
